#pragma once
// The two cgroup layouts a machine may have, and what the sandbox does with a runtime's group by itself: find, watch, kill, remove.
// Limits are written by the OCI runtime.

#include <string>
#include <string_view>
#include <vector>

#include "lib/base/clock.h"
#include "node/sandbox/uses.h"

namespace allmende::sandbox {

// One mounted hierarchy: all controllers in v2, one or a few in v1.
struct Hierarchy {
  std::string mount;                     // "/sys/fs/cgroup/memory"
  std::vector<std::string> controllers;  // "memory"; "cgroup2" for the unified one
  bool operator==(const Hierarchy&) const = default;
};

struct CgroupLayout {
  bool unified = false;  // pure v2
  std::vector<Hierarchy> hierarchies;
  // Directory of a controller for the group `path` ("/allmende-1f/rt_1"); the same for all controllers in v2. Empty when not mounted.
  std::string directory(std::string_view controller, std::string_view path) const;
  bool operator==(const CgroupLayout&) const = default;
};

// From the text of /proc/self/mountinfo. The v2 hierarchy of a hybrid machine is left out: it holds nothing that limits.
// Fails with Unavailable when memory, cpu or pids is missing.
Result<CgroupLayout> readCgroupLayout(std::string_view mountinfo);

// In v2 a group's controllers must be switched on by its parent: makes the parent group and does so. Nothing to do in v1.
Result<> makeParentGroup(const CgroupLayout& layout, const std::string& parent);

// How much of the processors the group gets when others want them too: in proportion to the shares of all; 1024 for each processor that a
// runtime may have, 2 is the least.
Result<> setCpuShares(const CgroupLayout& layout, const std::string& group, std::int64_t shares);

// The processors that the group may use, parts of one included.
Result<> setCpus(const CgroupLayout& layout, const std::string& group, double cpus);

// Readable when memory ran out in that group: an eventfd in v1, an inotify descriptor in v2. Read it empty after each wake-up.
Result<Fd> watchMemory(const CgroupLayout& layout, const std::string& group);

// How many processes of that group were killed because memory ran out; 0 when the group is gone.
std::int64_t readMemoryKills(const CgroupLayout& layout, const std::string& group);

// The processes in that group and the groups below; none when it is gone.
std::vector<pid_t> processesOf(const CgroupLayout& layout, const std::string& group);

// Kills every process in the group and the groups below, and waits until none is left. Fails with TimedOut.
Result<> killGroup(const CgroupLayout& layout, const std::string& group, Duration patience);

// Removes the group and the groups below in every hierarchy. Nothing may run in them any more.
Result<> removeGroup(const CgroupLayout& layout, const std::string& group);

}  // namespace allmende::sandbox
