#pragma once
// The disk of a runtime: an ext4 image of fixed size on a loop device. What is written past its size fails with ENOSPC inside and
// touches nobody else; on the machine it takes only what was written.

#include <cstdint>
#include <string>
#include <vector>

#include "node/sandbox/users.h"

namespace allmende::sandbox {

inline constexpr std::int64_t kLeastDisk = std::int64_t{64} << 20;
inline constexpr std::int64_t kMostDisk = std::int64_t{4} << 40;

// Makes an empty image of that size with the files below `content` (may be "") in it. Takes 30 ms; copies of it take 2.
Result<> makeDiskTemplate(const std::string& image, std::int64_t bytes, const std::string& content);

// A copy that shares no bytes but reads only those that were ever written.
Result<> copySparse(const std::string& from, const std::string& to);

// Mounts the image on a directory. The loop device goes by itself when that is unmounted.
Result<> mountDisk(const std::string& image, const std::string& on);

// Ends the file system mounted on `on` without writing back what is still in memory: it is about to be deleted, and writing back
// gigabytes would take seconds. Does nothing where no disk is mounted.
void abandonDisk(const std::string& on);

// A file system in memory instead, which its first writer pays with memory: what there is without root.
Result<> mountMemoryDisk(std::int64_t bytes, const std::string& on);

// Gives the directory and everything below it to those outside who are its owners inside.
Result<> mapOwners(const std::string& directory, const IdMap& ids);

// The names of the images below `directory` that loop devices of this machine still have open.
std::vector<std::string> openImages(const std::string& directory);

}  // namespace allmende::sandbox
