#pragma once
// The values of runtimes. Part of the door server/runtimes/runtimes.h.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lib/base/clock.h"
#include "lib/base/record.h"
#include "server/engines/engines.h"
#include "server/journal/journal.h"

namespace allmende::runtimes {

using engines::Limits;
using engines::RuntimeId;
using engines::Usage;

enum class RuntimeState : std::uint8_t { Starting, Ready, Stopping, Stopped };
std::string_view nameOf(RuntimeState state);  // "starting", "ready", "stopping", "stopped"

struct Runtime {
  RuntimeId id;
  AccountId owner;
  RuntimeState state = RuntimeState::Starting;
  Instant startedAt;
  Limits limits;
  // Of a stopped runtime: why, in a word and a sentence. Of a ready one: the last thing its owner should know ("memory_ran_out").
  std::string reason;
  std::string message;

  Instant endsAt() const { return startedAt + std::chrono::seconds(limits.lifetimeSeconds); }
};

// A kernel as Jupyter's API shows it.
struct KernelModel {
  std::string id;
  std::string name;
  std::string lastActivity;
  std::string executionState = "starting";
  std::int64_t connections = 0;
  std::optional<std::string> reason;
};

constexpr auto fieldsOf(Type<KernelModel>) {
  return record("Kernel", field("id", &KernelModel::id, "A UUID."), field("name", &KernelModel::name, "The kernelspec's name."),
      field("last_activity", &KernelModel::lastActivity, "When it last did something for somebody."),
      field("execution_state", &KernelModel::executionState, "starting, idle, busy, restarting, dead."),
      field("connections", &KernelModel::connections, "Open sockets."), field("reason", &KernelModel::reason, "Why it is dead."));
}

}  // namespace allmende::runtimes
