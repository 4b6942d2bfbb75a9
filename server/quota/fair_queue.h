#pragma once
// Who is next. Part of the door server/quota/quota.h. A pure value: time comes in, nothing goes out.

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/clock.h"

namespace allmende::quota {

struct Waiting {
  std::string id;
  std::int64_t memoryBytes = 0;
  std::string device{};   // the kind of accelerator; "" = none
  double weight = 1;      // of the tier
  double usedLately = 0;  // compute units, those of long ago counting less: see Ledger::usedLately; as it was at `since`
  Duration since{0};      // of Clock::sinceStart()
};

// Everybody's claim grows with the time they wait; faster with a heavier tier, slower the more they have used lately, which fades by half
// each day, also while they wait:
//
//   claim = (waited + 30 s) · weight / (1 + (usedLately / kOrdinaryUse)²)
//
// So light users pass heavy ones, and yet nobody waits for ever: what was used fades, every claim grows without bound, and that of whoever
// comes new begins low. The greatest claim goes first; while it does not fit, nothing smaller slips past it, or large wishes would starve.
// Who waits for an accelerator that is in use holds up nobody but those who wait for the same.
class FairQueue {
 public:
  static constexpr double kOrdinaryUse = 1;  // units: who has used this much waits twice as long as a newcomer
  static constexpr Duration kHalfLife = std::chrono::hours{24};
  static constexpr std::size_t kMost = 20'000;

  // False when the queue is full.
  bool join(Waiting one);
  void leave(const std::string& id);
  // How many accelerators of a kind are free.
  using FreeDevices = std::function<std::int64_t(const std::string& kind)>;
  // The one to go first at `now`, if there is one and its memory is within `room`.
  std::optional<Waiting> take(Duration now, std::int64_t room, const FreeDevices& free = {});
  // Whether some wait for memory alone.
  bool someWaitForMemory(const FreeDevices& free) const;

  // Among those that wait for the same accelerator, or for none. 1 = next; nullopt when it does not wait.
  struct Place {
    std::size_t number = 0;
    std::size_t of = 0;
  };
  std::optional<Place> placeOf(const std::string& id, Duration now) const;
  std::size_t size() const { return waiting_.size(); }
  bool empty() const { return waiting_.empty(); }
  Duration longestWait(Duration now) const;

 private:
  std::vector<Waiting> waiting_;  // in the order of their coming
};

double claimOf(const Waiting& one, Duration now);

}  // namespace allmende::quota
