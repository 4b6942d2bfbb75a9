#pragma once
// Accelerators, such as graphics processors: which kinds the machine has, and which one a person wants in each of their runtimes. Part of
// the door server/runtimes/runtimes.h.

#include <map>
#include <string>
#include <vector>

#include "server/quota/quota.h"
#include "server/runtimes/runtime.h"

namespace allmende::runtimes {

class Accelerators {
 public:
  static constexpr std::size_t kMostWishes = 20;  // of one account

  struct Kind {
    std::string kind;  // "nvidia.com/gpu"
    std::int64_t count = 0;
    std::int64_t free = 0;
  };

  Accelerators(store::Database& database, engines::Engine& engine, quota::Admission& admission)
      : database_(database), engine_(engine), admission_(admission) {}

  // What the machine has. Fails with Unavailable when its node cannot be asked.
  Task<Result<std::vector<Kind>>> list();
  // What an account wants from the next start on, by the name of the runtime.
  Task<Result<std::map<std::string, std::string>>> wishes(AccountId of);
  // Wants that kind in the runtime of that name; with "" none. InvalidInput for a kind that the tier or the machine does not have.
  Task<Result<>> wish(AccountId of, std::string name, std::string kind, quota::Tier tier);
  // The kind for a runtime that starts now; "" = none. Fails as wish() does when it cannot be had any more.
  Task<Result<std::string>> demanded(AccountId of, std::string name, quota::Tier tier);
  // The wish goes with the runtime's name.
  Task<Result<>> rename(AccountId of, std::string from, std::string to);

 private:
  Task<Result<>> check(std::string kind, quota::Tier tier);
  store::Database& database_;
  engines::Engine& engine_;
  quota::Admission& admission_;
};

// The kind of a device: "nvidia.com/gpu" of "nvidia.com/gpu=0".
std::string kindOf(const std::string& device);

}  // namespace allmende::runtimes
