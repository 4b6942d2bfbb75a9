#pragma once
// Where everything of a node lies, and the steps that start and remove share.

#include <sys/types.h>

#include "node/sandbox/rootless.h"
#include "node/sandbox/sandbox.h"
#include "node/sandbox/users.h"

namespace allmende::sandbox {

struct Places {
  explicit Places(SiteDemand of) : demand(std::move(of)), rootless(isRootless()), ranges(rootless) {}

  SiteDemand demand;
  bool rootless;
  std::string name;      // "allmende-" and a hash of the data directory: names the cgroup parent and our directory in /run
  std::string runtimes;  // <data>/runtimes, as the server sees it
  std::string skeleton;  // the name of the folder that roots of this node begin with; those of an earlier node have their own
  std::string work;      // the same directory, mounted where nobody but root can rename what lies above it
  CgroupLayout cgroups;
  bool swapIsCounted = true;
  uid_t serverUser = 0;
  gid_t serverGroup = 0;
  UserRanges ranges;
  Fd lock;

  std::string own(std::string_view what) const { return fmt::format("{}/.node/{}", work, what); }
  std::string of(const RuntimeId& id, std::string_view what = "") const { return fmt::format("{}/{}{}", work, id.text(), what); }
  std::string groupOf(const RuntimeId& id) const { return fmt::format("/{}/{}", name, id.text()); }
};

// The OCI runtime's command line up to its verb.
std::vector<std::string> crunCommand(const Places& places, const std::string& log);

// Kills and removes everything that carries the runtime's name. Goes on after a failure and returns the first.
Result<> removeTraces(const Places& places, const RuntimeId& id);

}  // namespace allmende::sandbox
