#pragma once
// Slows down who tries passwords: per account and address, per address, per account. Behind the door of server/accounts.
//
// Every try fills three buckets, which drain with time; a right password empties the first and takes its drops out of the others. A full
// bucket makes wait until the next drop has drained, so nobody is locked out for good. While an account's own bucket is full (many
// addresses try it), an address has one try instead of five: its owner, somewhere else, still gets in.

#include <chrono>
#include <optional>
#include <string>
#include <unordered_map>

#include "lib/base/clock.h"

namespace allmende::accounts {

class Attempts {
 public:
  explicit Attempts(const Clock& clock) : clock_(clock) {}

  // Counts a try in advance, so that tries at the same time count too. Returns how long to wait when there are too many; it is then not
  // counted.
  std::optional<std::chrono::seconds> begin(const std::string& account, const std::string& address);
  // The try was right.
  void succeeded(const std::string& account, const std::string& address);

 private:
  struct Bucket {
    double level = 0;
    Duration at{0};
  };
  struct Limit {
    double size;
    Duration drain;  // of one drop
  };
  using Buckets = std::unordered_map<std::string, Bucket>;

  double levelNow(const Bucket& bucket, Limit limit) const;
  double level(const Buckets& buckets, const std::string& key, Limit limit) const;
  void add(Buckets& buckets, const std::string& key, Limit limit, double drops);
  void makeRoom(Buckets& buckets, Limit limit) const;

  static constexpr Limit kPair{5, std::chrono::seconds{30}};
  static constexpr Limit kAddress{30, std::chrono::seconds{10}};
  static constexpr Limit kAccount{50, std::chrono::seconds{30}};
  static constexpr double kPairUnderAttack = 1;
  static constexpr std::size_t kMostBuckets = 20'000;  // of each kind; the emptiest go first

  const Clock& clock_;
  Buckets pairs_, addresses_, accounts_;
};

// The part of an address that one person holds: an IPv6 network of 64 bits, else the whole.
std::string placeOf(const std::string& address);

}  // namespace allmende::accounts
