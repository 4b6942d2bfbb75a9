// What a machine must have to hold sandboxes, looked at one by one, and at the end tried as a whole.

#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <filesystem>

#include "node/sandbox/disk.h"
#include "node/sandbox/mounts.h"
#include "node/sandbox/site.h"
#include "node/sandbox/uses.h"

namespace allmende::sandbox {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kNoRuntimes = "no runtime can be started";

Finding examineCgroups() {
  const auto mounts = readFile("/proc/self/mountinfo");
  const auto layout = mounts ? readCgroupLayout(*mounts) : Result<CgroupLayout>(std::unexpected(mounts.error()));
  if (!layout)
    return Finding::bad("cgroups", layout.error().message, "nothing would limit memory, processors and processes: no runtime is started",
        "boot with systemd's default layout, or mount cgroup2 on /sys/fs/cgroup");
  if (!layout->unified) return Finding::good("cgroups", fmt::format("version 1, {} hierarchies", layout->hierarchies.size()));
  const auto controllers = readFile(layout->directory("", "") + "/cgroup.controllers").value_or("");
  for (const std::string_view needed : {"cpu", "memory", "pids"}) {
    if (!controllers.contains(needed))
      return Finding::bad("cgroups", fmt::format("version 2 without the controller '{}'", needed), kNoRuntimes,
          "run allmende where the root of the cgroup tree is visible, not in a container without delegation");
  }
  return Finding::good("cgroups", "version 2");
}

// A v2 machine rules devices by eBPF, whose locked memory a root without this right cannot raise.
Finding examineRights(bool unified) {
  const auto status = readFile("/proc/self/status").value_or("");
  const auto at = status.find("CapEff:");
  const auto rights = at == std::string::npos ? 0 : std::stoull(status.substr(at + 7, 18), nullptr, 16);
  const auto has = [&](unsigned capability) { return ((rights >> capability) & 1U) != 0; };
  if (!has(CAP_SYS_ADMIN) || !has(CAP_SETUID) || !has(CAP_CHOWN))
    return Finding::bad("rights", "root without CAP_SYS_ADMIN, CAP_SETUID or CAP_CHOWN", kNoRuntimes, "run allmende as the machine's root");
  if (has(CAP_SYS_RESOURCE)) return Finding::good("rights", "root with CAP_SYS_RESOURCE");
  auto finding = Finding::bad("rights", "root without CAP_SYS_RESOURCE", "with cgroup version 2 device rules may be refused",
      "grant CAP_SYS_RESOURCE; on cgroup version 1 nothing is lost");
  finding.required = unified;
  return finding;
}

Finding examineUserNamespaces() {
  const auto space = makeUserNamespace(*UserRanges().take());
  if (!space) return Finding::bad("user namespaces", space.error().message, kNoRuntimes, "sysctl user.max_user_namespaces=10000");
  return Finding::good("user namespaces", fmt::format("65536 ids from {} on can be mapped", kFirstId));
}

Finding examineMappedMounts(const std::string& trial) {
  const auto tried = [&]() -> Result<> {
    for (const auto* name : {"/below", "/lower", "/upper", "/work", "/root"}) {
      if (::mkdir((trial + name).c_str(), 0700) != 0) return failErrno("making {}{}", trial, name);
    }
    TRY(const auto space, makeUserNamespace(*UserRanges().take()));
    TRY(bindMapped(trial + "/below", trial + "/lower", space));
    return mountOverlay(trial + "/lower", trial + "/upper", trial + "/work", trial + "/root");
  }();
  unmount(trial + "/root");
  unmount(trial + "/lower");
  if (!tried)
    return Finding::bad("id-mapped overlay", tried.error().message, kNoRuntimes,
        "use Linux 5.19 or newer and keep the data directory on ext4, xfs or btrfs (--data DIR)");
  return Finding::good("id-mapped overlay", "works where the data directory lies");
}

Finding examineLoop(const std::string& trial) {
  const auto on = trial + "/disk";
  const auto tried = [&]() -> Result<> {
    if (::mkdir(on.c_str(), 0700) != 0) return failErrno("making {}", on);
    TRY(makeDiskTemplate(trial + "/disk.ext4", kLeastDisk, ""));
    return mountDisk(trial + "/disk.ext4", on);
  }();
  unmount(on);
  if (!tried)
    return Finding::bad("loop disks", tried.error().message, kNoRuntimes,
        "load the kernel module 'loop' (modprobe loop), install e2fsprogs; in a container, pass /dev/loop-control in");
  return Finding::good("loop disks", "an ext4 image can be made and mounted");
}

Finding examineCrun(const SiteDemand& demand) {
  const auto said = runToSuccess({.arguments = {demand.crun, "--version"}});
  if (!said) return Finding::bad("crun", said.error().message, kNoRuntimes, "apt-get install crun");
  return Finding::good("crun", said->substr(0, said->find('\n')));
}

Finding examineRunsc() {
  const auto said = runToSuccess({.arguments = {"runsc", "--version"}});
  if (said) return Finding::optional(Finding::good("gVisor (runsc)", said->substr(0, said->find('\n'))));
  return Finding::optional(
      Finding::bad("gVisor (runsc)", "not installed", "none now: runtimes use crun with a user namespace and a system call filter",
          "apt-get install runsc, once runtimes with a kernel of their own are wanted"));
}

Finding examineNetwork() {
  const auto found = network::checkMachine();
  if (!found)
    return Finding::optional(Finding::bad("network", found.error().message, "runtimes reach nothing: no pip install, no downloads",
        "apt-get install iproute2 nftables; the kernel needs veth, nftables with sets, limits and NAT, and tc's tbf"));
  const auto other = network::findFirewall();
  if (!other.empty())
    return Finding::optional(Finding::bad("network", other, "it may keep runtimes from the internet",
        "let through what comes from and goes to the links al*: iptables -I FORWARD -i al+ -j ACCEPT and iptables -I FORWARD -o al+ -m "
        "conntrack "
        "--ctstate RELATED,ESTABLISHED -j ACCEPT (with Docker in the chain DOCKER-USER)"));
  return Finding::optional(Finding::good("network", "runtimes can be given a way out"));
}

Finding examineRoom(const std::string& data) {
  struct statvfs disk{};
  ::statvfs(data.c_str(), &disk);
  const auto free = static_cast<std::int64_t>(disk.f_bavail) * static_cast<std::int64_t>(disk.f_frsize);
  auto found = fmt::format("{} GB free for the disks of runtimes, each up to {} GB", free >> 30, Limits{}.diskBytes >> 30);
  if (free >= Limits{}.diskBytes) return Finding::optional(Finding::good("disk space", std::move(found)));
  return Finding::optional(
      Finding::bad("disk space", std::move(found), "runtimes may meet input/output errors before their own disk is full",
          "free some space, or choose another directory with --data DIR"));
}

// The whole recipe, with the program that says so by its status that it ran.
Finding tryWhole(const SiteDemand& demand, const std::string& trial) {
  const auto tried = [&]() -> Result<> {
    TRY(auto site, Site::prepare({.data = trial, .serverUser = "", .agent = demand.agent, .sampleData = "", .crun = demand.crun}));
    TRY(auto sandbox, site->start({.id = RuntimeId::make(), .owner = "doctor", .python = "/usr", .drive = "", .limits = {}}));
    TRY(site->remove(std::move(sandbox)));
    return {};
  }();
  if (!tried)
    return Finding::bad("sandbox", tried.error().message, kNoRuntimes, "mend what the checks above name; this one does all of it together");
  return Finding::good("sandbox", "one was started and removed");
}

}  // namespace

// Empty for root. Otherwise this process becomes root of its own, if it can.
std::vector<Finding> examineRootless() {
  if (!isRootless()) return {};
  std::vector<Finding> findings{Finding::optional(
      Finding::bad("root", fmt::format("user {}", ::geteuid()), kLostWithoutRoot, "run allmende as root, for instance with sudo"))};
  const auto own = ::geteuid() == 0 ? Result<>{} : becomeRootOfOwn();
  findings.push_back(own ? Finding::good("rights without root", "user ids and a cgroup of our own")
                         : Finding::bad("rights without root", own.error().message, kNoRuntimes, "do as it says, or run allmende as root"));
  return findings;
}

std::vector<Finding> examineMachine(const SiteDemand& demand) {
  auto findings = examineRootless();
  const bool rootless = !findings.empty();
  if (rootless && !findings.back().ok) return findings;
  findings.push_back(examineCgroups());
  if (!rootless) {
    findings.push_back(examineRights(findings.back().found.starts_with("version 2")));
    findings.push_back(examineUserNamespaces());
  }
  findings.push_back(examineCrun(demand));
  findings.push_back(examineRunsc());
  if (!rootless) findings.push_back(examineNetwork());
  findings.push_back(examineRoom(demand.data));
  auto trial = demand.data + "/.trial-XXXXXX";
  if (::mkdtemp(trial.data()) == nullptr || !enterMountNamespace()) {
    findings.push_back(Finding::bad("data directory", fmt::format("{}: {}", demand.data, std::strerror(errno)), kNoRuntimes,
        "choose a directory root can write to with --data DIR"));
    return findings;
  }
  if (!rootless) {
    findings.push_back(examineMappedMounts(trial));
    findings.push_back(examineLoop(trial));
  }
  if (std::ranges::all_of(findings, [](const Finding& finding) { return finding.ok || !finding.required; }))
    findings.push_back(tryWhole(demand, trial));
  std::error_code error;
  fs::remove_all(trial, error);
  return findings;
}

}  // namespace allmende::sandbox
