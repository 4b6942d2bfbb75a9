#pragma once
// The values of previews. Part of the door server/previews/previews.h.

#include <cstdint>
#include <string>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/id.h"
#include "server/runtimes/runtimes.h"

namespace allmende::previews {

// The first label of its host name, so of letters that such a name may have.
struct PreviewKind {
  static constexpr std::string_view prefix = "app-";
  static constexpr std::string_view name = "preview";
};
using PreviewId = Id<PreviewKind>;

struct Preview {
  PreviewId id;
  AccountId owner;
  runtimes::RuntimeId runtime;  // whose end is its end
  std::uint16_t port = 0;
  Instant madeAt;
  std::vector<AccountId> viewers;  // who sees it beside its owner
};

// Something in a runtime that takes connections.
struct ListeningPort {
  std::uint16_t port = 0;
  std::string program;  // what listens, as it was started; empty when that cannot be seen
};

}  // namespace allmende::previews
