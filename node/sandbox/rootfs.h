#pragma once
// The file system a runtime sees without any image to build: a small skeleton of our own, the machine's /usr read-only on top of it,
// and of the machine's /etc only what programs cannot do without. Nothing else of the machine is there.

#include <string>

#include "node/sandbox/uses.h"

namespace allmende::sandbox {

// Writes the skeleton into the empty directory. Fails with Unavailable where /bin is no link to /usr/bin.
Result<> makeSkeleton(const std::string& directory);

// Writes what the disk of every runtime begins with: upper/ and work/ of the overlay, python/ and python-work/ of
// the one on Python, and content/ with a copy of `sampleData`.
Result<> makeDiskContent(const std::string& directory, const std::string& sampleData);

}  // namespace allmende::sandbox
