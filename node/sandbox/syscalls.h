#pragma once
// What code inside a runtime may ask of the kernel: an allow-list, as data, in the form an OCI bundle wants.

#include "lib/base/json.h"

namespace allmende::sandbox {

// The `linux.seccomp` object of a bundle. For the machine's own architecture only: a filter for three costs 30 ms at every start,
// and calls of the other two are refused whole.
json::object seccompProfile();

// Names in the lists that this machine's libseccomp does not know; they are left out of the profile.
std::vector<std::string> unknownSyscalls();

}  // namespace allmende::sandbox
