#pragma once
// Ids that more than one room speaks of. Part of the door server/journal/journal.h.

#include "lib/base/id.h"

namespace allmende {

struct AccountKind {
  static constexpr std::string_view prefix = "acc_";
  static constexpr std::string_view name = "account";
};
using AccountId = Id<AccountKind>;

struct GroupKind {
  static constexpr std::string_view prefix = "grp_";
  static constexpr std::string_view name = "group";
};
using GroupId = Id<GroupKind>;

}  // namespace allmende
