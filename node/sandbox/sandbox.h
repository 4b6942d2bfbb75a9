#pragma once
// Sandboxes of this machine: prepared once, started and removed by one recipe each. Everything here blocks for some milliseconds and
// belongs on a pool; nothing here decides when a runtime ends.
//
// Whatever is made carries a name by which it is found again: directories below <data>/runtimes, cgroups below one parent named after the
// data directory. So one removal serves a stop, a failed start and what a node that was killed left behind.

#include <memory>
#include <string>
#include <vector>

#include "lib/base/finding.h"
#include "lib/link/link.h"
#include "node/devices/devices.h"
#include "node/network/network.h"
#include "node/sandbox/cgroups.h"
#include "node/sandbox/users.h"
#include "node/sandbox/uses.h"

namespace allmende::sandbox {

using link::Limits;
using link::RuntimeId;

struct Places;  // behind the door

struct SiteDemand {
  std::string data;        // the data directory; ours is its subdirectory runtimes/
  std::string serverUser;  // may open agents' sockets; "" = root
  std::string agent;       // the agent's program
  std::string sampleData;  // directory that every /content begins with as sample_data; "" = none
  std::string crun = "crun";
};

// An account's files inside a sandbox.
struct Drive {
  Fd outside;  // the folder
  Fd inside;   // the mount that is seen, and the mount namespace it is in
  Fd mounts;
  std::string cgroup;
  int agent = 0;
  std::uint32_t user = 0;  // the kernels', outside
};

inline constexpr std::size_t kLongestOwner = 200;

// A running sandbox.
struct Sandbox {
  RuntimeId id;
  Limits limits;       // as they hold: see Site::rootless
  std::string socket;  // where its agent listens, as the server sees it
  std::string cgroup;  // its group in every hierarchy of Site::cgroups()
  std::string disk;    // where its disk is mounted, for us alone
  Fd init;             // pidfd of the agent: readable when it has ended
  Fd memoryRanOut;     // see watchMemory
  Fd output;           // what the agent prints; non-blocking at both ends, so that a flood is lost and blocks nobody
  IdMap ids;
  int pid = 0;
  std::int64_t startedAtMs = 0;              // UTC
  Duration startedAt{0};                     // of Clock::sinceStart(), which all programs of one boot have in common
  bool adopted = false;                      // another node started it: how its agent ends is then not known
  std::shared_ptr<network::Gateway> wayOut;  // none: its network ends at itself
  network::Plug plug;
  std::shared_ptr<const Drive> drive;  // none where no account's files are seen inside
};

// A sandbox that the node before this one started.
struct Adopted {
  std::unique_ptr<Sandbox> sandbox;
  RuntimeId runtime;  // as the server knows it
  std::string owner;
  std::string skeleton;
};

// How a process ended; both 0 when it ended well or never ran.
struct Ending {
  int exitCode = 0;
  int signal = 0;
  bool known = true;
};

// For people: what a node without root cannot do. See Site::rootless.
inline constexpr std::string_view kLostWithoutRoot =
    "the files of a runtime lie in its memory and may fill half of it, instead of a disk of its own; runtimes have no "
    "network and cannot change the Python packages they begin with; they do not see their "
    "person's files; and the server runs as the same user "
    "as everything else, so a fault in it would reach all that this user may";

class Site {
 public:
  // Makes this process ready to hold sandboxes, adopts those that a dead predecessor left and removes what else it left. Call once, before
  // threads start. Fails with a sentence that names what is missing; Conflict when another node serves the same data directory.
  static Result<std::unique_ptr<Site>> prepare(SiteDemand demand);
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;
  // Removes all that is left, sandboxes too, unless letGo() was called.
  ~Site();
  // Everything that runs is left to the next node.
  void letGo();
  // What runs of a predecessor; given once.
  std::vector<Adopted> takeAdopted();

  // The recipe. A failed start leaves nothing behind. Several may run at once. Without `wayOut` the network of the sandbox ends at itself,
  // whatever was demanded, and Sandbox::limits says so. `devices`: what those in demand.limits need.
  Result<std::unique_ptr<Sandbox>> start(
      const link::StartRuntime& demand, std::shared_ptr<network::Gateway> wayOut = nullptr, const devices::Edits& devices = {});
  // A sandbox for whoever asks first, of the python and the limits that `shape` says: with a kernel that waits, and behind everybody else
  // when processors are short. No other node adopts it.
  Result<std::unique_ptr<Sandbox>> startReady(const link::StartRuntime& shape, std::shared_ptr<network::Gateway> wayOut = nullptr);
  // Makes such a sandbox what start() would have made of that demand.
  Result<> give(Sandbox& sandbox, const link::StartRuntime& demand);
  // Asks the agent to end.
  void askToEnd(const Sandbox& sandbox);
  // Forbids or allows writing to the account's files inside. While something has one open for writing it fails with Conflict, and whatever
  // is written inside by whom fails with EFBIG until the next call.
  Result<> setDriveWriting(const Drive& drive, bool allowed);
  // Kills every process that sees it but the agent.
  void killWhoSees(const Drive& drive);

  // Kills what still runs of it and removes every trace. Returns how the agent ended: by itself, if it had before.
  Result<Ending> remove(std::unique_ptr<Sandbox> sandbox);

  const CgroupLayout& cgroups() const;
  // "allmende-1f2e3d4c": tells the nodes of a machine apart, in whatever they name there.
  const std::string& name() const;
  // Whether this node has no root: see rootless.h. The disk of a runtime is then at most half of its memory.
  bool rootless() const;
  // How many bytes the machine's disk has left for images.
  std::int64_t freeBytes() const;

 private:
  explicit Site(std::unique_ptr<Places> places);
  Result<std::unique_ptr<Sandbox>> make(
      const link::StartRuntime& demand, std::shared_ptr<network::Gateway> wayOut, const devices::Edits& devices, bool waits);
  void undo(std::unique_ptr<Sandbox> sandbox);
  std::unique_ptr<Places> places_;
  std::vector<Adopted> adopted_;
  bool prepared_ = false;
  bool letGo_ = false;
};

// Refuses limits no sandbox can hold, naming value and range.
Result<> checkLimits(const Limits& limits);

// Bytes of an account's files: every file and folder counts as 4 KiB at least. Blocks for as long as there are many.
std::int64_t measureDrive(const Drive& drive);

// What a machine must have to hold sandboxes.
std::vector<Finding> examineMachine(const SiteDemand& demand);

}  // namespace allmende::sandbox
