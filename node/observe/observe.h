#pragma once
// What a runtime uses, measured from outside: nothing inside can change these numbers.

#include <string>

#include "lib/base/result.h"
#include "lib/link/link.h"
#include "node/observe/conversations.h"
#include "node/observe/rounding.h"
#include "node/observe/watch.h"

namespace allmende::observe {

// Where a runtime's numbers stand: the directories of its group, which are all the same one in cgroup version 2, and its disk.
struct Places {
  bool unified = false;  // cgroup version 2
  std::string memory;
  std::string cpu;
  std::string cpuAccounting;
  std::string pids;
  std::string disk;  // where it is mounted
};

// Blocks for a moment. What the machine's kernel does not count is 0; fails with NotFound when the group is gone.
Result<link::Usage> readUsage(const Places& places, const link::Limits& limits);

// How many processes of the runtime were killed because memory ran out; 0 when the group is gone.
std::int64_t readMemoryKills(const Places& places);

}  // namespace allmende::observe
