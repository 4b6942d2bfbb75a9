#pragma once
// Callers that were read from the database a moment ago, so that not every request asks it. Behind the door of server/accounts.

#include <optional>
#include <string>
#include <unordered_map>

#include "lib/base/clock.h"
#include "server/accounts/account.h"

namespace allmende::accounts {

class KnownCallers {
 public:
  explicit KnownCallers(const Clock& clock) : clock_(clock) {}

  // `hash` is that of the cookie or token.
  std::optional<Caller> find(const std::string& hash) const;

  // Read the mark before asking the database: an answer that was asked for before something was forgotten is not kept.
  std::uint64_t mark() const { return forgotten_; }
  void keep(const std::string& hash, const Caller& caller, std::optional<Instant> expiresAt, std::uint64_t mark);

  void forget(const std::string& hash);
  void forgetAccount(const AccountId& id);

 private:
  struct Known {
    Caller caller;
    Duration readAt;
    std::optional<Instant> expiresAt;
  };
  static constexpr Duration kKept{10'000};  // also how late another server of the same database hears of a revocation
  static constexpr std::size_t kMost = 20'000;

  const Clock& clock_;
  std::unordered_map<std::string, Known> known_;
  std::uint64_t forgotten_ = 0;
};

}  // namespace allmende::accounts
