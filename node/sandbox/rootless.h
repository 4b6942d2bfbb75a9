#pragma once
// Being root in namespaces of one's own: what Linux grants to every user for whom user ids and a cgroup are set aside. Walls and limits
// of runtimes hold as they do for root; what is lost stands in kLostWithoutRoot, see sandbox.h.

#include "lib/base/result.h"

namespace allmende::sandbox {

// Whether this process is root, or may become it, in a user namespace below the machine's own.
bool isRootless();

// Makes this process root of a user, a mount and a cgroup namespace of its own. It must be in a cgroup of version 2 that its user may
// write to; all processes in that move to the group `main` below. Its /run is a new, empty one. Call before threads start.
// Fails with Unavailable and a sentence that says what is missing and what helps.
Result<> becomeRootOfOwn();

}  // namespace allmende::sandbox
