#pragma once
// The OCI bundle of a runtime: every wall that the OCI runtime puts up, as one JSON document. A pure function of what it is told.

#include "lib/base/json.h"
#include "lib/link/link.h"
#include "node/sandbox/sandbox.h"
#include "node/sandbox/users.h"

namespace allmende::sandbox {

struct BundleDemand {
  link::RuntimeId id;
  link::Limits limits;
  std::string python;  // the path of the Python environment inside, which is the one it was made for
  std::string pythonOutside;
  std::string agent;    // the agent's program, outside
  std::string root;     // mounted root file system
  std::string content;  // what becomes /content
  std::string cgroup;   // "/allmende-1f/rt_1"
  IdMap ids;
  devices::Edits devices;               // what its accelerators need
  std::string userNamespace;            // where the one to be joined can be opened
  std::string networkNamespace;         // the same; "" = one of its own, without any link
  bool waits = false;                   // for whoever asks first, with a kernel that is started at once
  bool pythonIsItsOwn = false;          // what is written there is seen by nobody else
  bool withMountsBelow = false;         // of what is mounted from the machine; true where a user namespace may not leave them out
  bool swapIsCounted = true;            // false on v1 kernels without memory.memsw.*
  bool socketsAreCountedApart = false;  // true on v1: what waits in sockets is not part of the group's memory there
};

json::object makeBundle(const BundleDemand& demand);

// What a runtime gets of the processors beside others: see setCpuShares().
std::int64_t cpuSharesOf(const Limits& limits);

}  // namespace allmende::sandbox
