#pragma once
// The OCI bundle of a runtime: every wall that the OCI runtime puts up, as one JSON document. A pure function of what it is told.

#include "lib/base/json.h"
#include "lib/link/link.h"

namespace allmende::sandbox {

struct BundleDemand {
  link::RuntimeId id;
  link::Limits limits;
  std::string python;   // the same path outside and inside
  std::string agent;    // the agent's program, outside
  std::string root;     // mounted root file system
  std::string content;  // what becomes /content
  std::string cgroup;   // "/allmende-1f/rt_1"
  std::uint32_t firstId = 0;
  bool swapIsCounted = true;  // false on v1 kernels without memory.memsw.*
};

json::object makeBundle(const BundleDemand& demand);

}  // namespace allmende::sandbox
