#include "node/sandbox/cgroups.h"

#include <signal.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <thread>

namespace allmende::sandbox {
namespace {

namespace fs = std::filesystem;

std::vector<std::string_view> split(std::string_view text, char by) {
  std::vector<std::string_view> pieces;
  while (!text.empty()) {
    const auto end = std::min(text.find(by), text.size());
    if (end > 0) pieces.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return pieces;
}

bool limits(std::string_view option) {
  constexpr std::string_view known[] = {
      "cpu", "cpuacct", "cpuset", "memory", "devices", "freezer", "blkio", "pids", "hugetlb", "net_cls", "net_prio", "perf_event", "rdma"};
  return std::ranges::find(known, option) != std::end(known) || option.starts_with("name=");
}

// The group and all groups below it in one hierarchy, the deepest first.
std::vector<std::string> groupsBelow(const std::string& directory) {
  std::vector<std::string> found;
  std::error_code error;
  for (fs::recursive_directory_iterator at(directory, error), end; !error && at != end; at.increment(error)) {
    if (at->is_directory(error)) found.push_back(at->path().string());
  }
  std::ranges::reverse(found);
  found.push_back(directory);
  return found;
}

std::vector<pid_t> processesIn(const std::string& directory) {
  std::vector<pid_t> pids;
  for (const auto& group : groupsBelow(directory)) {
    const auto text = readFile(group + "/cgroup.procs");
    if (!text) continue;
    for (const auto line : split(*text, '\n')) {
      pid_t pid = 0;
      std::from_chars(line.data(), line.data() + line.size(), pid);
      if (pid > 0) pids.push_back(pid);
    }
  }
  return pids;
}

bool exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

}  // namespace

std::string CgroupLayout::directory(std::string_view controller, std::string_view path) const {
  for (const auto& hierarchy : hierarchies) {
    if (unified || std::ranges::find(hierarchy.controllers, controller) != hierarchy.controllers.end())
      return fmt::format("{}{}", hierarchy.mount, path);
  }
  return "";
}

Result<CgroupLayout> readCgroupLayout(std::string_view mountinfo) {
  CgroupLayout one;
  CgroupLayout two{.unified = true, .hierarchies = {}};
  for (const auto line : split(mountinfo, '\n')) {
    const auto dash = line.find(" - ");
    if (dash == std::string_view::npos) continue;
    const auto before = split(line.substr(0, dash), ' ');
    const auto after = split(line.substr(dash + 3), ' ');
    if (before.size() < 5 || after.size() < 3) continue;
    const std::string mount(before[4]);
    if (after[0] == "cgroup2") two.hierarchies.push_back({mount, {"cgroup2"}});
    if (after[0] != "cgroup") continue;
    Hierarchy hierarchy{mount, {}};
    for (const auto option : split(after[2], ',')) {
      if (limits(option)) hierarchy.controllers.emplace_back(option);
    }
    if (!hierarchy.controllers.empty()) one.hierarchies.push_back(std::move(hierarchy));
  }
  if (one.hierarchies.empty()) {
    if (two.hierarchies.empty()) return fail(Code::Unavailable, "no cgroup file system is mounted; mount cgroup2 on /sys/fs/cgroup");
    two.hierarchies.resize(1);
    return two;
  }
  for (const std::string_view needed : {"memory", "cpu", "pids"}) {
    if (one.directory(needed, "").empty())
      return fail(Code::Unavailable, "the cgroup controller '{}' is not mounted, so runtimes could not be limited by it", needed);
  }
  return one;
}

Result<> makeParentGroup(const CgroupLayout& layout, const std::string& parent) {
  if (!layout.unified) return {};
  const auto root = layout.directory("", "");
  const auto directory = layout.directory("", parent);
  if (::mkdir(directory.c_str(), 0755) != 0 && errno != EEXIST) return failErrno("making cgroup {}", directory);
  for (const auto& group : {root, directory}) {
    for (const std::string_view controller : {"+cpu", "+memory", "+pids"}) {
      TRY(during(fmt::format("switching on {} below {}", controller, group), writeFile(group + "/cgroup.subtree_control", controller)));
    }
  }
  return {};
}

Result<Fd> watchMemory(const CgroupLayout& layout, const std::string& group) {
  const auto directory = layout.directory("memory", group);
  if (layout.unified) {
    Fd events(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    if (!events.open()) return failErrno("watching the memory of {}", group);
    if (::inotify_add_watch(events.get(), (directory + "/memory.events").c_str(), IN_MODIFY) < 0)
      return failErrno("watching {}/memory.events", directory);
    return events;
  }
  Fd events(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!events.open()) return failErrno("watching the memory of {}", group);
  const Fd control(::open((directory + "/memory.oom_control").c_str(), O_RDONLY | O_CLOEXEC));
  if (!control.open()) return failErrno("opening {}/memory.oom_control", directory);
  TRY(writeFile(directory + "/cgroup.event_control", fmt::format("{} {}", events.get(), control.get())));
  return events;
}

std::int64_t readMemoryKills(const CgroupLayout& layout, const std::string& group) {
  const auto text = readFile(layout.directory("memory", group) + (layout.unified ? "/memory.events" : "/memory.oom_control"));
  if (!text) return 0;
  for (const auto line : split(*text, '\n')) {
    constexpr std::string_view name = "oom_kill ";
    if (!line.starts_with(name)) continue;
    std::int64_t kills = 0;
    std::from_chars(line.data() + name.size(), line.data() + line.size(), kills);
    return kills;
  }
  return 0;
}

Result<> setCpuShares(const CgroupLayout& layout, const std::string& group, std::int64_t shares) {
  const auto directory = layout.directory("cpu", group);
  if (!layout.unified) return writeFile(directory + "/cpu.shares", std::to_string(shares));
  return writeFile(directory + "/cpu.weight", std::to_string(1 + (shares - 2) * 9999 / 262142));  // as crun reckons
}

Result<> setCpus(const CgroupLayout& layout, const std::string& group, double cpus) {
  constexpr std::int64_t kPeriod = 100'000;  // microseconds, as in the bundle
  const auto quota = std::max<std::int64_t>(1000, std::llround(cpus * static_cast<double>(kPeriod)));
  const auto directory = layout.directory("cpu", group);
  if (!layout.unified) return writeFile(directory + "/cpu.cfs_quota_us", std::to_string(quota));
  return writeFile(directory + "/cpu.max", fmt::format("{} {}", quota, kPeriod));
}

std::vector<pid_t> processesOf(const CgroupLayout& layout, const std::string& group) {
  return processesIn(layout.directory("pids", group));
}

Result<> killGroup(const CgroupLayout& layout, const std::string& group, Duration patience) {
  const auto directory = layout.directory("pids", group);
  if (!exists(directory)) return {};
  const RealClock clock;
  const auto deadline = clock.sinceStart() + patience;
  for (;;) {
    if (layout.unified && exists(directory + "/cgroup.kill")) TRY(writeFile(directory + "/cgroup.kill", "1"));
    const auto left = processesIn(directory);
    if (left.empty()) return {};
    for (const auto pid : left) ::kill(pid, SIGKILL);
    if (clock.sinceStart() > deadline)
      return fail(Code::TimedOut, "{} processes of {} outlived SIGKILL for {} s", left.size(), group, patience.count() / 1000);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

Result<> removeGroup(const CgroupLayout& layout, const std::string& group) {
  const RealClock clock;
  const auto deadline = clock.sinceStart() + 2s;
  for (const auto& hierarchy : layout.hierarchies) {
    const auto top = hierarchy.mount + group;
    if (!exists(top)) continue;
    for (const auto& directory : groupsBelow(top)) {
      // Busy for a moment after its last process died.
      while (::rmdir(directory.c_str()) != 0 && errno != ENOENT) {
        if (errno != EBUSY || clock.sinceStart() > deadline) return failErrno("removing cgroup {}", directory);
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
    }
  }
  return {};
}

}  // namespace allmende::sandbox
