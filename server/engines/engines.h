#pragma once
// Where runtimes run. An Engine starts and stops sandboxes with an agent inside and says where that agent listens; what a runtime is
// to an account, and who may have one, stands above it.

#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/result.h"
#include "lib/base/task.h"
#include "lib/link/link.h"
#include "lib/net/net.h"

namespace allmende::engines {

using link::DeviceKind;
using link::Limits;
using link::RuntimeId;
using link::Usage;

struct RuntimeDemand {
  RuntimeId id;
  std::string owner;       // a label for the operator's log
  std::string python;      // the Python environment, the same path inside and outside
  std::string drive;       // the account whose files are seen inside; "" = nobody's
  std::int64_t ready = 0;  // how many more of this shape are to be kept ready
  Limits limits;
};

struct RunningRuntime {
  RuntimeId id;
  std::string owner;
  net::Endpoint agent;  // speaks the Jupyter Server protocol; connections queue from the moment this is known
  Limits limits;
  Instant startedAt;
};

enum class EndReason {
  Stopped,      // by stop()
  Lifetime,     // reached limits.lifetimeSeconds
  OutOfMemory,  // the whole runtime went down because memory ran out
  Exited,       // the agent ended by itself
  Killed,       // the agent was killed from inside or by the operator
  EngineGone,   // whatever runs the sandboxes stopped or lost them
};
std::string_view nameOf(EndReason reason);  // "stopped", "lifetime", "out_of_memory", "exited", "killed", "engine_gone"

struct RuntimeEnded {
  RuntimeId id;
  EndReason reason = EndReason::Stopped;
  std::string sentence;  // safe to show to the person
  std::int64_t memoryPeakBytes = 0;
  double cpuSeconds = 0;
};
using link::MemoryRanOut;
using link::Observed;
using link::Restrain;

// The engine is reachable (again), or is not; `sentence` says why and what an operator can do.
struct EngineReachable {};
struct EngineUnreachable {
  std::string sentence;
};
using News = std::variant<RuntimeEnded, MemoryRanOut, Observed, EngineReachable, EngineUnreachable>;

class Engine {
 public:
  virtual ~Engine() = default;
  // Done when the agent's process runs. Fails with Conflict when that id runs already, OverLimit when the machine has no room,
  // InvalidInput for impossible limits, Unavailable when the engine cannot be reached. A failed start leaves nothing behind.
  virtual Task<Result<RunningRuntime>> start(RuntimeDemand demand) = 0;
  // Done when nothing of the runtime is left; the agent gets `grace` to end by itself. NotFound when it does not run.
  virtual Task<Result<>> stop(RuntimeId id, Duration grace) = 0;
  // What runs now, also what an earlier server process started: the truth after a restart.
  virtual Task<Result<std::vector<RunningRuntime>>> list() = 0;
  virtual Task<Result<Usage>> usage(RuntimeId id) = 0;
  // How many accelerators the machine has of each kind, those in use included.
  virtual Task<Result<std::vector<DeviceKind>>> listDevices() = 0;
  // What is to be looked for in running programs from now on, whatever becomes of the link.
  virtual void observe(link::Observe what) = 0;
  // Slows a runtime down, until the next call for it. NotFound when it does not run.
  virtual Task<Result<>> restrain(Restrain how) = 0;
  // Where news goes, on the loop of the engine. RuntimeEnded comes exactly once for every runtime that start() or list() has named.
  // Set it before begin().
  virtual void onNews(std::function<void(const News&)> to) = 0;
  // Connects, and connects again for as long as it takes whenever the connection is lost.
  virtual void begin() = 0;
  // Lets go of the runtimes without stopping them.
  virtual Task<> close() = 0;
};

// Sandboxes on this machine, by allmende-node listening at `nodeSocket`.
std::unique_ptr<Engine> makeLocalEngine(Executor executor, Clock& clock, std::string nodeSocket);

}  // namespace allmende::engines
