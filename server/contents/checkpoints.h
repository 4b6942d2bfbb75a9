#pragma once
// One earlier version of a file, in a tree that mirrors the drive. Behind the door of server/contents.

#include <string>
#include <string_view>

#include "server/contents/draft.h"
#include "server/contents/model.h"

namespace allmende::contents {

std::vector<Checkpoint> listCheckpointsOf(const Space& space, const DrivePath& path);
Result<Checkpoint> makeCheckpointOf(const Space& space, const DrivePath& path);
// Fail with NotFound when there is no such checkpoint.
Result<> restoreCheckpointOf(const Space& space, const DrivePath& path, std::string_view id);
Result<> removeCheckpointOf(const Space& space, const DrivePath& path, std::string_view id);

// A notebook has one from its first save on. That is a service beside the save: it never makes one fail.
void ensureCheckpoint(const Space& space, const DrivePath& path);

// Checkpoints go where their files and folders go; what stood there before is of no file any more and is removed.
void moveCheckpoints(const Space& space, const DrivePath& from, const DrivePath& to);
// Into the trash under a name of its own, and back.
void trashCheckpoints(const Space& space, const DrivePath& path, const std::string& name);
void returnCheckpoints(const Space& space, const DrivePath& path, const std::string& name);

}  // namespace allmende::contents
