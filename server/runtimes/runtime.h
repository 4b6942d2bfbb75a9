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

enum class RuntimeState : std::uint8_t { Queued, Starting, Ready, Stopping, Stopped };
std::string_view nameOf(RuntimeState state);  // "queued", "starting", "ready", "stopping", "stopped"

// Every word there is for why a runtime ended, with what it means.
struct EndWord {
  std::string_view word;
  std::string_view says;
};
inline constexpr EndWord kEndWords[] = {
    {"stopped", "its person stopped it"},
    {"stopped_by_operator", "whoever runs the server stopped it; the message says why"},
    {"cancelled", "its person took it out of the queue"},
    {"idle", "nothing ran in it for the time that its tier allows"},
    {"needed", "nothing ran in it, and others waited for a place"},
    {"lifetime", "its time was over"},
    {"quota", "the compute units of its person were used up"},
    {"policy", "a rule of the commons stopped it; the message says which and why"},
    {"out_of_memory", "it ran out of memory as a whole"},
    {"exited", "the program that holds it ended by itself"},
    {"killed", "it was killed from inside or by the operator"},
    {"engine_gone", "whatever runs the sandboxes stopped or lost it"},
    {"start_failed", "it did not come up"},
};

struct Runtime {
  RuntimeId id;
  AccountId owner;
  std::string name;  // its person's; empty: that which everything uses unless told otherwise
  RuntimeState state = RuntimeState::Starting;
  Instant startedAt;  // while it is queued or starts: when it was asked for
  Limits limits;
  std::string tier;  // its name, as it was when it started
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
  std::optional<RuntimeId> runtime;
};

constexpr auto fieldsOf(Type<KernelModel>) {
  return record("Kernel", field("id", &KernelModel::id, "A UUID."), field("name", &KernelModel::name, "The kernelspec's name."),
      field("last_activity", &KernelModel::lastActivity, "When it last did something for somebody."),
      field("execution_state", &KernelModel::executionState, "starting, idle, busy, restarting, dead."),
      field("connections", &KernelModel::connections, "Open sockets."), field("reason", &KernelModel::reason, "Why it is dead."),
      field("runtime", &KernelModel::runtime, "In which it runs."));
}

}  // namespace allmende::runtimes
