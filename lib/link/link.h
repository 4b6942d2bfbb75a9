#pragma once
// What server and node say to each other: JSON texts over one WebSocket on the node's Unix socket.
//
// Each side's first text is its Hello. Then the server asks, the node answers every ask once by its number, and sends events unasked.
// A struct's record name is its name on the wire. A new field or message raises the minor number, a changed one the major;
// different majors refuse each other at connect.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "lib/base/json.h"
#include "lib/base/record.h"
#include "lib/base/result.h"
#include "lib/link/observe.h"
#include "lib/link/reach.h"
#include "lib/link/runtime_id.h"

namespace allmende::link {

struct Version {
  int major = 0;
  int minor = 0;
  bool operator==(const Version&) const = default;
};
inline constexpr Version kLinkVersion{1, 4};

struct Hello {
  int major = kLinkVersion.major;
  int minor = kLinkVersion.minor;
  std::string program;  // "allmende-server 0.1.0"
  bool operator==(const Hello&) const = default;
};

// Fails with Conflict, in a sentence for the operator, when `theirs` has another major than kLinkVersion.
Result<> agreeOnVersion(const Hello& theirs);

// What a runtime may do in the network. Nothing from outside ever reaches it, and it never reaches another runtime or its machine.
struct Network {
  std::string access{kNoNetwork};
  std::vector<std::string> reach;         // see readReach()
  std::int64_t uploadBytesPerSecond = 0;  // 0 = as fast as the machine
  std::int64_t downloadBytesPerSecond = 0;
  bool operator==(const Network&) const = default;
};

// What one runtime may use. The defaults hold for everybody until there are tiers.
struct Limits {
  std::int64_t memoryBytes = std::int64_t{2} << 30;
  double cpus = 1;
  std::int64_t diskBytes = std::int64_t{5} << 30;
  std::int64_t pids = 512;
  std::int64_t lifetimeSeconds = 12 * 3600;
  Network network;
  std::int64_t driveBytes = 0;  // what the account's files may have together; 0 = as much as there is room for
  // Accelerators: where they are asked for the kind of each ("nvidia.com/gpu"), where they hold the device ("nvidia.com/gpu=0").
  std::vector<std::string> devices;
  bool operator==(const Limits&) const = default;
};

struct Runtime {
  RuntimeId id;
  std::string owner;
  std::string socket;  // where its agent listens: a Unix socket that only the server's account may open
  Limits limits;
  std::int64_t startedAtMs = 0;  // UTC
  bool operator==(const Runtime&) const = default;
};

// ---- asks ----

// Answered by Runtime once the agent's process runs; its socket queues connections from then on.
struct StartRuntime {
  RuntimeId id;
  std::string owner;       // a label for the operator's log; the node knows no accounts
  std::string python;      // the Python environment outside, seen at the same path inside
  std::string drive;       // the account whose files are seen inside; "" = nobody's
  std::int64_t ready = 0;  // how many more of this shape (python and limits) to keep ready, with a kernel that waits; at most 16
  Limits limits;
  bool operator==(const StartRuntime&) const = default;
};

// Answered by RuntimeEnded once nothing of the runtime is left; NotFound when it was not running.
struct StopRuntime {
  RuntimeId id;
  std::int64_t graceMs = 2000;  // between asking the agent to end and killing everything
  bool operator==(const StopRuntime&) const = default;
};

// Answered by Runtimes.
struct ListRuntimes {
  bool operator==(const ListRuntimes&) const = default;
};
struct Runtimes {
  std::vector<Runtime> runtimes;
  bool operator==(const Runtimes&) const = default;
};

// Answered by Devices.
struct ListDevices {
  bool operator==(const ListDevices&) const = default;
};
struct DeviceKind {
  std::string kind;  // "nvidia.com/gpu"
  std::int64_t count = 0;
  bool operator==(const DeviceKind&) const = default;
};
struct Devices {
  std::vector<DeviceKind> kinds;
  bool operator==(const Devices&) const = default;
};

// Answered by Usage.
struct ReadUsage {
  RuntimeId id;
  bool operator==(const ReadUsage&) const = default;
};
struct Usage {
  std::int64_t memoryBytes = 0;  // working set: without page cache that can be dropped
  std::int64_t memoryPeakBytes = 0;
  std::int64_t memoryLimitBytes = 0;
  std::int64_t memoryKills = 0;  // processes killed because memory ran out
  double cpuSeconds = 0;
  double cpuThrottledSeconds = 0;
  double cpus = 0;
  std::int64_t diskBytes = 0;
  std::int64_t diskLimitBytes = 0;
  std::int64_t pids = 0;
  std::int64_t pidsLimit = 0;
  std::int64_t networkSentBytes = 0;
  std::int64_t networkReceivedBytes = 0;
  bool driveIsSeen = false;     // whether the account's files are seen inside
  std::int64_t driveBytes = 0;  // of them, as they were last measured
  std::int64_t driveLimitBytes = 0;
  bool driveIsFull = false;  // nothing can be written to them inside until some are deleted
  std::int64_t acceleratorBytes = 0;
  std::int64_t acceleratorLimitBytes = 0;  // 0 = it has none, or nobody knows
  double acceleratorBusy = 0;              // 0 to 1
  bool operator==(const Usage&) const = default;
};

// ---- events ----

// Sent once for every runtime that was started, also for one stopped by an ask. Kept for the next link when none is open.
struct RuntimeEnded {
  RuntimeId id;
  std::string reason;    // "stopped", "lifetime", "out_of_memory", "exited", "killed", "node_stopped"
  std::string sentence;  // for the person: what happened, which number, what was allowed
  std::int64_t memoryPeakBytes = 0;
  double cpuSeconds = 0;
  bool operator==(const RuntimeEnded&) const = default;
};

// A process inside was killed because memory ran out; the runtime itself goes on.
struct MemoryRanOut {
  RuntimeId id;
  std::int64_t kills = 0;  // so far in this runtime
  std::int64_t memoryPeakBytes = 0;
  std::string sentence;
  bool operator==(const MemoryRanOut&) const = default;
};

// ---- texts ----

using AskBody = std::variant<StartRuntime, StopRuntime, ListRuntimes, ListDevices, ReadUsage, Observe, Restrain>;
struct Ask {
  std::int64_t number = 0;
  AskBody body;
  bool operator==(const Ask&) const = default;
};
struct Answer {
  std::int64_t number = 0;
  Result<json::value> body;  // read with fromJson into the struct that the ask promises
};
using Event = std::variant<RuntimeEnded, MemoryRanOut, Observed>;

using FromServer = std::variant<Hello, Ask>;
using FromNode = std::variant<Hello, Answer, Event>;

std::string encode(const Hello& hello);
std::string encode(const Ask& ask);
std::string encode(const Answer& answer);
std::string encode(const Event& event);

// Both fail with InvalidInput, naming the field, on texts that are none of the above.
Result<FromServer> decodeFromServer(std::string_view text);
Result<FromNode> decodeFromNode(std::string_view text);

}  // namespace allmende::link

#include "lib/link/fields.h"
