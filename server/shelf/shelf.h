#pragma once
// What clients leave with us for later: named JSON texts of an account. JupyterLab's settings and workspaces, Jupyter's config sections.
//
// Nothing here is read by the server; it is only kept and given back.

#include <optional>
#include <string>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/result.h"
#include "lib/base/task.h"
#include "lib/store/store.h"
#include "server/journal/journal.h"

namespace allmende::shelf {

enum class Kind : std::uint8_t { Config, LabSettings, LabWorkspace };

inline constexpr std::size_t kLargestText = 1U << 20U;
inline constexpr int kMostTexts = 500;  // of one account

struct Item {
  std::string name;
  std::string text;
  Instant createdAt;
  Instant changedAt;
};

class Shelf {
 public:
  Shelf(store::Database& database, const Clock& clock) : database_(database), clock_(clock) {}

  Task<Result<std::optional<Item>>> find(AccountId of, Kind kind, std::string name);
  Task<Result<std::vector<Item>>> list(AccountId of, Kind kind);
  // Fails with InvalidInput for a name over 200 bytes, OverLimit for a text over 1 MB or an account's 501st.
  Task<Result<>> put(AccountId of, Kind kind, std::string name, std::string text);
  Task<Result<>> forgetAccount(AccountId of);
  // Fails with NotFound when it is not there.
  Task<Result<>> remove(AccountId of, Kind kind, std::string name);

 private:
  store::Database& database_;
  const Clock& clock_;
};

}  // namespace allmende::shelf
