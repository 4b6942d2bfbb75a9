#pragma once
// Part of the door lib/link/link.h.

#include "lib/base/id.h"

namespace allmende::link {

struct RuntimeKind {
  static constexpr std::string_view prefix = "rt_";
  static constexpr std::string_view name = "runtime";
};
using RuntimeId = Id<RuntimeKind>;

}  // namespace allmende::link
