// The recipe of a sandbox, and its undoing.

#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <thread>

#include "lib/base/log.h"
#include "node/sandbox/adopt.h"
#include "node/sandbox/bundle.h"
#include "node/sandbox/disk.h"
#include "node/sandbox/drive.h"
#include "node/sandbox/mounts.h"
#include "node/sandbox/rootfs.h"
#include "node/sandbox/site.h"
#include "node/sandbox/uses.h"

namespace allmende::sandbox {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kLeastCpuShares = 2;
constexpr std::int64_t kLeastFree = std::int64_t{256} << 20;

// What the steps of one start hand on to each other.
struct Start {
  Places& places;
  const link::StartRuntime& demand;
  Sandbox& sandbox;
  const devices::Edits& devices;
  Fd userNamespace;
  Fd listening;
  Fd print;  // the agent's end of Sandbox::output
  bool pythonIsItsOwn = false;
  bool waits = false;

  std::string path(std::string_view what) const { return places.of(demand.id, what); }
};

Result<> checkPython(const std::string& python) {
  std::error_code error;
  if (python.starts_with("/") && fs::weakly_canonical(python, error) == python && !error && fs::exists(python + "/bin/python3", error))
    return {};
  return fail(Code::InvalidInput, "'{}' is no Python environment; an absolute path without links is needed that holds bin/python3", python);
}

Result<> claimDirectory(Start& start) {
  if (::mkdir(start.path("").c_str(), 0711) != 0) {
    if (errno == EEXIST) return fail(Code::Conflict, "runtime {} runs already", start.demand.id.text());
    return failErrno("making {}", start.path(""));
  }
  for (const auto* name : {"/disk", "/lower", "/root"}) {
    if (::mkdir(start.path(name).c_str(), 0700) != 0) return failErrno("making {}", start.path(name));
  }
  return {};
}

Result<> claimUserIds(Start& start) {
  TRY(start.sandbox.ids, start.places.ranges.take());
  TRY(start.userNamespace, makeUserNamespace(start.sandbox.ids));
  return {};
}

Result<> makeMemoryDisk(const Start& start) {
  TRY(mountMemoryDisk(start.sandbox.limits.diskBytes, start.sandbox.disk));
  TRY(makeDiskContent(start.sandbox.disk, start.places.demand.sampleData));
  std::error_code error;
  fs::remove_all(start.sandbox.disk + "/content/drive", error);  // nothing is mounted there without root, and what is written would be lost
  return makeSkeleton(start.path("/disk/upper"));
}

// The default size is copied from a template, others are made.
Result<> makeDisk(Start& start) {
  const auto bytes = start.sandbox.limits.diskBytes;
  start.sandbox.disk = start.path("/disk");
  if (start.places.rootless) return makeMemoryDisk(start);
  const auto ready = start.places.own(fmt::format("disk-{}.ext4", bytes));
  if (::access(ready.c_str(), R_OK) == 0) {
    TRY(copySparse(ready, start.path("/disk.ext4")));
  } else {
    TRY(makeDiskTemplate(start.path("/disk.ext4"), bytes, start.places.own("disk")));
  }
  return mountDisk(start.path("/disk.ext4"), start.sandbox.disk);
}

Result<> giveDiskToInside(const Start& start) {
  for (const auto* name : {"/disk/upper", "/disk/content", "/disk/python"}) {
    TRY(mapOwners(start.path(name), start.sandbox.ids));
  }
  return {};
}

Result<> mountRoot(const Start& start) {
  if (start.places.rootless) return bindMount(start.path("/disk/upper"), start.path("/root"));
  TRY(bindMapped(start.places.own(start.places.skeleton), start.path("/lower"), start.userNamespace));
  return mountOverlay(start.path("/lower"), start.path("/disk/upper"), start.path("/disk/work"), start.path("/root"));
}

Result<> plugIn(Start& start) {
  auto& network = start.sandbox.limits.network;
  if (!start.sandbox.wayOut) network = {};
  if (network.access == link::kNoNetwork) return {};
  TRY(start.sandbox.plug, start.sandbox.wayOut->plug(start.userNamespace, network));
  return {};
}

// The shared Python environment, as if it was the runtime's own: kernels may write to it, and what they write lies on their disk.
Result<> mountOwnPython(const Start& start) {
  const auto lower = start.path("/python-lower");
  if (::mkdir(lower.c_str(), 0700) != 0) return failErrno("making {}", lower);
  TRY(const auto owners, makeUserNamespace({{{0, start.sandbox.ids.outsideOf(kKernelUser), 1}}}));
  TRY(bindMapped(start.demand.python, lower, owners));
  return mountOverlay(lower, start.path("/disk/python"), start.path("/disk/python-work"), start.path("/python"));
}

Result<> mountPython(Start& start) {
  if (::mkdir(start.path("/python").c_str(), 0700) != 0) return failErrno("making {}", start.path("/python"));
  if (!start.places.rootless) {
    const auto own = mountOwnPython(start);
    start.pythonIsItsOwn = own.has_value();
    if (own) return {};
    log::warning("sandbox.python_read_only", {{"runtime", start.demand.id.text()}, {"message", own.error().message}});
  }
  return bindMount(start.demand.python, start.path("/python"));
}

// Without root, programs may lie in a home that only its user may enter.
Result<> mountPrograms(const Start& start) {
  if (!start.places.rootless) return {};
  TRY(writeFile(start.path("/agent"), ""));
  return bindMount(start.places.demand.agent, start.path("/agent"));
}

// Made outside and handed in, so that what is inside can neither choose nor replace where it listens.
Result<> openSocket(Start& start) {
  Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket.open()) return failErrno("making the agent's socket");
  const auto path = start.path("/agent.sock");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  check(path.size() < sizeof address.sun_path, "paths of sockets were measured when the site was prepared");
  path.copy(address.sun_path, path.size());
  // The mode is the socket's before it has a name: nobody can be faster.
  if (::fchmod(socket.get(), 0600) != 0) return failErrno("setting the mode of {}", path);
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return failErrno("binding {}", path);
  if (::chmod(path.c_str(), 0600) != 0) return failErrno("setting the mode of {}", path);
  if (::chown(path.c_str(), start.places.serverUser, start.places.serverGroup) != 0) return failErrno("giving {} to the server", path);
  if (::listen(socket.get(), 256) != 0) return failErrno("listening on {}", path);
  start.listening = std::move(socket);
  start.sandbox.socket = fmt::format("{}/{}/agent.sock", start.places.runtimes, start.demand.id.text());
  return {};
}

// The agent holds it for reading as well: it must not break when the node ends.
Result<> openOutput(Start& start) {
  const auto path = start.path("/output");
  if (::mkfifo(path.c_str(), 0600) != 0) return failErrno("making a pipe for the agent's output");
  start.print = Fd(::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC));
  if (!start.print.open()) return failErrno("opening a pipe for the agent's output");
  TRY(start.sandbox.output, openAgentOutput(start.places, start.demand.id));
  return {};
}

Result<> writeBundle(const Start& start) {
  const auto bundle = makeBundle({.id = start.demand.id,
      .limits = start.sandbox.limits,
      .python = start.demand.python,
      .pythonOutside = start.path("/python"),
      .agent = start.places.rootless ? start.path("/agent") : start.places.demand.agent,
      .root = start.path("/root"),
      .content = start.path("/disk/content"),
      .cgroup = start.sandbox.cgroup,
      .ids = start.sandbox.ids,
      .devices = start.devices,
      .userNamespace = fmt::format("/proc/{}/fd/{}", ::getpid(), start.userNamespace.get()),
      .networkNamespace = start.sandbox.plug.space.open() ? machine::pathOf(start.sandbox.plug.space) : "",
      .waits = start.waits,
      .pythonIsItsOwn = start.pythonIsItsOwn,
      .withMountsBelow = start.places.rootless,
      .swapIsCounted = start.places.swapIsCounted,
      .socketsAreCountedApart = !start.places.cgroups.unified});
  return writeFile(start.path("/config.json"), json::serialize(bundle));
}

// crun's output is the agent's, so its own words come by its log.
Result<> runCrun(const Start& start, std::vector<std::string> verb) {
  auto arguments = crunCommand(start.places, start.path("/crun.log"));
  arguments.insert(arguments.end(), verb.begin(), verb.end());
  arguments.push_back(start.demand.id.text());
  TRY(const auto ended,
      runProgram({.arguments = std::move(arguments), .output = start.print.get(), .handedIn = start.listening.get(), .patience = 20s}));
  if (ended.status == 0) return {};
  return fail(Code::Internal, "'crun {}' failed with status {}: {}", verb.front(), ended.status,
      readFile(start.path("/crun.log")).value_or("it wrote no log"));
}

Result<> createContainer(Start& start) {
  TRY(runCrun(start, {"create", "--bundle", start.path(""), "--pid-file", start.path("/pid"), "--preserve-fds", "1"}));
  TRY(const auto text, readFile(start.path("/pid")));
  std::from_chars(text.data(), text.data() + text.size(), start.sandbox.pid);
  if (start.sandbox.pid <= 1) return fail(Code::Internal, "crun named no process: '{}'", text);
  start.sandbox.init = Fd(static_cast<int>(::syscall(SYS_pidfd_open, start.sandbox.pid, 0)));
  if (!start.sandbox.init.open()) return failErrno("watching process {}", start.sandbox.pid);
  return {};
}

Result<> watchContainer(Start& start) {
  TRY(start.sandbox.memoryRanOut, watchMemory(start.places.cgroups, start.sandbox.cgroup));
  return {};
}

Result<> startContainer(Start& start) {
  TRY(runCrun(start, {"start"}));
  start.print.reset();
  start.listening.reset();
  return {};
}

Result<> contain(Start& start) {
  TRY(claimDirectory(start));  // first: the id is ours
  TRY(claimUserIds(start));
  TRY(plugIn(start));
  TRY(makeDisk(start));
  TRY(giveDiskToInside(start));
  TRY(mountRoot(start));
  TRY(mountPython(start));
  TRY(mountPrograms(start));
  TRY(openSocket(start));  // connections queue from here on
  TRY(openOutput(start));
  TRY(writeBundle(start));
  TRY(createContainer(start));  // all walls stand, limits hold, the agent waits before its first instruction
  TRY(watchContainer(start));   // before anything inside can run
  return startContainer(start);
}

void note(Result<>& first, Result<> next) {
  if (first && !next) first = std::move(next);
}

}  // namespace

std::vector<std::string> crunCommand(const Places& places, const std::string& log) {
  return {places.demand.crun, "--cgroup-manager=cgroupfs", "--root", places.own("crun"), "--log", log};
}

Result<> checkLimits(const Limits& limits) {
  constexpr std::int64_t kMiB = std::int64_t{1} << 20;
  const auto within = [](std::string_view name, auto value, auto least, auto most, std::string_view unit) -> Result<> {
    if (value >= least && value <= most) return {};
    return fail(Code::InvalidInput, "{} is {} {}; allowed are {} to {}", name, value, unit, least, most);
  };
  TRY(within("memory", limits.memoryBytes / kMiB, std::int64_t{64}, std::int64_t{16} << 20, "MiB"));
  TRY(within("cpus", limits.cpus, 0.05, 1024.0, "processors"));
  TRY(within("disk", limits.diskBytes / kMiB, kLeastDisk / kMiB, kMostDisk / kMiB, "MiB"));
  TRY(within("pids", limits.pids, std::int64_t{16}, std::int64_t{1} << 20, "processes"));
  TRY(within("lifetime", limits.lifetimeSeconds, std::int64_t{1}, std::int64_t{366} * 86'400, "s"));
  return network::checkNetwork(limits.network);
}

Result<std::unique_ptr<Sandbox>> Site::start(
    const link::StartRuntime& demand, std::shared_ptr<network::Gateway> wayOut, const devices::Edits& devices) {
  TRY(auto sandbox, make(demand, std::move(wayOut), devices, false));
  if (auto given = give(*sandbox, demand); !given) {
    undo(std::move(sandbox));
    return std::unexpected(std::move(given).error());
  }
  return sandbox;
}

Result<std::unique_ptr<Sandbox>> Site::startReady(const link::StartRuntime& shape, std::shared_ptr<network::Gateway> wayOut) {
  auto demand = shape;
  demand.id = RuntimeId::make();
  TRY(auto sandbox, make(demand, std::move(wayOut), {}, true));
  if (auto behind = setCpuShares(places_->cgroups, sandbox->cgroup, kLeastCpuShares); !behind) {
    undo(std::move(sandbox));
    return std::unexpected(std::move(behind).error());
  }
  return sandbox;
}

Result<std::unique_ptr<Sandbox>> Site::make(
    const link::StartRuntime& demand, std::shared_ptr<network::Gateway> wayOut, const devices::Edits& devices, bool waits) {
  TRY(checkLimits(demand.limits));
  TRY(checkPython(demand.python));
  if (const auto left = freeBytes(); left < kLeastFree)
    return fail(Code::OverLimit, "this machine's disk has {} MB left, too little for another runtime; ask an administrator to free some",
        left >> 20);
  auto sandbox = std::make_unique<Sandbox>();
  sandbox->id = demand.id;
  sandbox->limits = demand.limits;
  sandbox->wayOut = std::move(wayOut);
  if (places_->rootless) sandbox->limits.diskBytes = std::min(demand.limits.diskBytes, demand.limits.memoryBytes / 2);
  sandbox->cgroup = places_->groupOf(demand.id);
  Start start{.places = *places_,
      .demand = demand,
      .sandbox = *sandbox,
      .devices = devices,
      .userNamespace = {},
      .listening = {},
      .print = {},
      .waits = waits};
  if (auto contained = contain(start); !contained) {
    // A directory that was there before belongs to a runtime that runs.
    if (contained.error().code != Code::Conflict) undo(std::move(sandbox));
    return std::unexpected(std::move(contained).error());
  }
  return sandbox;
}

void Site::undo(std::unique_ptr<Sandbox> sandbox) {
  const auto id = sandbox->id;
  const auto undone = remove(std::move(sandbox));
  if (!undone) log::error("sandbox.left_traces", {{"runtime", id.text()}, {"message", undone.error().message}});
}

// Nothing of its person has run in it yet.
Result<> Site::give(Sandbox& sandbox, const link::StartRuntime& demand) {
  pollfd end{.fd = sandbox.init.get(), .events = POLLIN, .revents = 0};
  if (::poll(&end, 1, 0) != 0) return fail(Code::Unavailable, "the agent of the sandbox has ended");
  sandbox.limits.lifetimeSeconds = demand.limits.lifetimeSeconds;
  sandbox.limits.driveBytes = demand.limits.driveBytes;
  TRY(setCpuShares(places_->cgroups, sandbox.cgroup, cpuSharesOf(sandbox.limits)));
  if (!demand.drive.empty() && !places_->rootless) {
    TRY(auto folder, openDrive(*places_, demand.drive));
    TRY(mountDrive(*places_, folder, sandbox.ids, sandbox.pid));
    TRY(sandbox.drive, findDrive(sandbox, demand.drive, std::move(folder)));
  }
  sandbox.startedAtMs = RealClock().now().time_since_epoch().count();
  sandbox.startedAt = RealClock().sinceStart();
  return writeKept(*places_, sandbox.id,  // from here on it outlives this node
      {.runtime = demand.id,
          .owner = demand.owner.substr(0, kLongestOwner),
          .drive = sandbox.drive ? demand.drive : "",
          .skeleton = places_->skeleton,
          .limits = sandbox.limits,
          .startedAtMs = sandbox.startedAtMs,
          .startedAfterBootMs = sandbox.startedAt.count(),
          .pid = sandbox.pid,
          .firstId = sandbox.ids.first(),
          .address = sandbox.plug.address});
}

void Site::askToEnd(const Sandbox& sandbox) { ::syscall(SYS_pidfd_send_signal, sandbox.init.get(), SIGTERM, nullptr, 0); }

namespace {

// All that see the account's files but the agent, which is to go on.
std::vector<pid_t> whoSees(const Places& places, const Drive& drive) {
  auto processes = processesOf(places.cgroups, drive.cgroup);
  std::erase(processes, drive.agent);
  return processes;
}

// How long files may become that the kernels' processes write. As their user: not every root may say so of others.
Result<> limitFiles(const std::vector<pid_t>& processes, uid_t user, rlim_t bytes) {
  const rlimit sizes{.rlim_cur = bytes, .rlim_max = RLIM_INFINITY};
  TRY(machine::Holder::start([&] {
    if (::syscall(SYS_setresgid, user, user, user) != 0 || ::syscall(SYS_setresuid, user, user, user) != 0) return false;
    for (const auto process : processes) ::prlimit(process, RLIMIT_FSIZE, &sizes, nullptr);
    return true;
  }));
  return {};
}

}  // namespace

Result<> Site::setDriveWriting(const Drive& drive, bool allowed) {
  const auto set = setWriting(drive.mounts, drive.inside, allowed ? Writing::Allowed : Writing::Forbidden);
  TRY(limitFiles(whoSees(*places_, drive), drive.user, set ? RLIM_INFINITY : 0));
  return set;
}

void Site::killWhoSees(const Drive& drive) {
  for (const auto pid : whoSees(*places_, drive)) ::kill(pid, SIGKILL);
}

std::int64_t measureDrive(const Drive& drive) { return measureTree(drive.outside); }

Result<Ending> Site::remove(std::unique_ptr<Sandbox> sandbox) {
  auto removed = removeTraces(*places_, sandbox->id);
  if (sandbox->wayOut && sandbox->plug.space.open()) sandbox->wayOut->unplug(sandbox->plug, sandbox->limits.network);
  Ending ending{.known = !sandbox->adopted};
  siginfo_t status{};
  if (sandbox->init.open() && ::waitid(P_PIDFD, static_cast<id_t>(sandbox->init.get()), &status, WEXITED | WNOHANG) == 0) {
    (status.si_code == CLD_EXITED ? ending.exitCode : ending.signal) = status.si_status;
  }
  TRY(std::move(removed));
  if (!sandbox->ids.pieces.empty()) places_->ranges.giveBack(sandbox->ids);
  return ending;
}

Result<> removeTraces(const Places& places, const RuntimeId& id) {
  Result<> first;
  const auto group = places.groupOf(id);
  note(first, killGroup(places.cgroups, group, 10s));
  // crun's own record. It knows nothing of a container whose creation failed; that is as good.
  auto arguments = crunCommand(places, "/dev/null");
  arguments.insert(arguments.end(), {"delete", "--force", id.text()});
  const auto deleted = runProgram({.arguments = std::move(arguments)});
  if (!deleted) note(first, std::unexpected(deleted.error()));
  note(first, removeGroup(places.cgroups, group));
  abandonDisk(places.of(id, "/disk"));
  for (const auto* name : {"/root", "/lower", "/python", "/python-lower", "/disk", "/agent"}) unmount(places.of(id, name));
  std::error_code error;
  fs::remove_all(places.of(id), error);
  if (error) note(first, fail(Code::Internal, "removing {}: {}", places.of(id), error.message()));
  return first;
}

std::int64_t Site::freeBytes() const {
  struct statvfs disk{};
  if (::statvfs(places_->work.c_str(), &disk) != 0) return 0;
  return static_cast<std::int64_t>(disk.f_bavail) * static_cast<std::int64_t>(disk.f_frsize);
}

}  // namespace allmende::sandbox
