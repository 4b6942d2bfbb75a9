#pragma once
// Signs of one person with several accounts: who signs in by the same browser, and who takes up another's work on it when the other has
// used up the units. Part of the door server/enforcement/enforcement.h. Nothing of it is kept where an operator did not ask for it, and
// nothing longer than 14 days; an address on the network is never a sign.

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/result.h"
#include "lib/base/task.h"
#include "lib/store/store.h"
#include "server/journal/journal.h"

namespace allmende::enforcement {

class Devices {
 public:
  static constexpr std::chrono::hours kShared{7 * 24};
  static constexpr std::chrono::hours kKept{14 * 24};

  Devices(store::Database& database, const Clock& clock) : database_(database), clock_(clock) {}

  // Somebody has signed in by a browser that shows `device`: gives what it is to show from then on, which is another one when it showed
  // none, or none that we could have given.
  Task<Result<std::string>> signedIn(AccountId who, std::string device);
  // Who else signed in within seven days by a browser that this account signed in by.
  Task<Result<std::vector<AccountId>>> others(AccountId who);
  Task<Result<>> handOver(AccountId from, AccountId to);
  // How often within 14 days it took up another's work.
  Task<Result<std::int64_t>> handOversTo(AccountId to);
  Task<Result<>> sweep();

 private:
  store::Database& database_;
  const Clock& clock_;
};

// Which cells ran last, by a hash under a key that is made anew at each start, and who has used up the units: in memory alone.
class LastCells {
 public:
  static constexpr Duration kTakenUp{600'000};          // after the units were used up
  static constexpr std::size_t kMostCells = 64;         // of one account
  static constexpr std::size_t kMostAccounts = 10'000;  // the one that has been silent longest is forgotten for another
  static constexpr std::size_t kLeastCell = 80;         // bytes; shorter ones stand in every lesson

  LastCells();
  void ran(const AccountId& who, std::string_view source, Duration now);
  void usedUp(const AccountId& who, Duration now);
  // Of `others`, who used up the units a moment ago and had run that very cell. Once for each time they were used up.
  std::optional<AccountId> handedOver(std::string_view source, const std::vector<AccountId>& others, Duration now);
  bool hasAnybodyUsedUp(Duration now);

 private:
  struct Person {
    std::deque<std::string> cells;  // hashes, the last one last
    Duration at{0};
    std::optional<Duration> usedUpAt;
  };
  std::string hashOf(std::string_view source) const;

  std::string key_;
  std::map<AccountId, Person> people_;
};

}  // namespace allmende::enforcement
