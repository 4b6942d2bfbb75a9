#pragma once
// Mounts of the node's own mount namespace: nothing that is mounted here is seen outside it, and all of it ends with it.

#include <string>

#include "node/sandbox/cgroups.h"
#include "node/sandbox/uses.h"

namespace allmende::sandbox {

// Gives this process a mount namespace of its own, which hears of the machine's mounts but tells it none. Call before threads start.
Result<> enterMountNamespace();

// crun refuses every container on a hybrid machine whose v2 hierarchy holds a controller ("cgroups in hybrid mode not supported");
// so that hierarchy is unmounted here, for us alone. Does nothing on other machines.
Result<> hideUnifiedHierarchy();

// Mounts what lies at `source` on `target`, with what is mounted below it: in a user namespace nothing of that may be left out.
Result<> bindMount(const std::string& source, const std::string& target);

// The same without what is mounted below it, with the owners mapped by the user namespace `space`: who is 0 there owns what root owns here.
enum class Writing : std::uint8_t { Forbidden, Allowed };
Result<> bindMapped(const std::string& source, const std::string& target, const Fd& space, Writing writing = Writing::Forbidden);

// The same as a mount that is nowhere yet, ...
Result<Fd> takeUpMapped(const std::string& source, const Fd& space, Writing writing);
// ... and that mount at a place of the mount namespace `mounts`.
Result<> mountInside(const Fd& mount, const Fd& mounts, const char* target);

// An overlay whose lower layer stays untouched.
Result<> mountOverlay(const std::string& lower, const std::string& upper, const std::string& work, const std::string& target);

// Unmounts everything mounted on `target`, at once where possible; else as soon as its last user is gone. Not mounted is fine.
void unmount(const std::string& target);

}  // namespace allmende::sandbox
