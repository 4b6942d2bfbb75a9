#include "server/contents/checkpoints.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "lib/base/log.h"
#include "server/contents/failures.h"
#include "server/contents/reading.h"
#include "server/contents/tree.h"
#include "server/contents/writing.h"

namespace allmende::contents {
namespace {

constexpr std::uint64_t kLargestCheckpoint = 128U << 20U;  // what an editor opens
constexpr std::string_view kOnlyId = "checkpoint";

std::unexpected<Error> failNoCheckpoint(const DrivePath& path, std::string_view id) {
  return fail(Code::NotFound, "Checkpoint does not exist: {}@{}", shown(path.text()), shown(id));
}

Result<> checkCheckpoint(const Space& space, const DrivePath& path, std::string_view id) {
  if (path.isHidden() || path.isRoot() || id != kOnlyId || listCheckpointsOf(space, path).empty()) return failNoCheckpoint(path, id);
  return {};
}

// Removes a checkpoint of a file that was where a folder of that name is now.
Result<> clearWay(const Space& space, const DrivePath& folder) {
  if (folder.isRoot()) return {};
  TRY(clearWay(space, folder.folder()));
  TRY(const auto there, space.checkpoints.find(folder));
  if (!there || there->isFolder()) return {};
  TRY(const auto parent, space.checkpoints.openFolder(folder.folder()));
  return removeTree(space.trash.get(), parent.get(), std::string(folder.name()));
}

// The folder of a path's checkpoint, with nothing of that name in it but maybe a checkpoint of a file.
Result<Descriptor> prepare(const Space& space, const DrivePath& path) {
  TRY(clearWay(space, path.folder()));
  TRY(auto folder, space.checkpoints.makeFolders(path.folder()));
  if (const auto there = findFacts(folder.get(), std::string(path.name()).c_str()); there && !there->isFile()) {
    TRY(removeTree(space.trash.get(), folder.get(), std::string(path.name())));
  }
  return folder;
}

// Best effort: a file without its checkpoint is whole all the same.
void warnUnless(const Result<>& done, std::string_view event, const DrivePath& path) {
  if (!done) log::warning(event, {{"path", path.text()}, {"error", done.error().message}});
}

Result<> moveAway(const Space& space, const DrivePath& path, int to, const std::string& name) {
  const auto folder = space.checkpoints.openFolder(path.folder());
  if (!folder || !findFacts(folder->get(), std::string(path.name()).c_str())) return {};
  if (::renameat(folder->get(), std::string(path.name()).c_str(), to, name.c_str()) != 0)
    return failSystem(errno, "move the checkpoint of", path.text());
  return {};
}

Result<> replaceCheckpoints(const Space& space, const DrivePath& from, const DrivePath& to) {
  TRY(const auto folder, prepare(space, to));
  TRY(removeTree(space.trash.get(), folder.get(), std::string(to.name())));
  return moveAway(space, from, folder.get(), std::string(to.name()));
}

}  // namespace

std::vector<Checkpoint> listCheckpointsOf(const Space& space, const DrivePath& path) {
  const auto facts = space.checkpoints.find(path);
  if (path.isHidden() || !facts || !*facts || !(*facts)->isFile()) return {};
  return {Checkpoint{std::string(kOnlyId), (*facts)->modified}};
}

Result<Checkpoint> makeCheckpointOf(const Space& space, const DrivePath& path) {
  if (path.isHidden()) return failMissing(path.text());
  TRY(const auto file, space.drive.openFile(path));
  if (file.facts.size > kLargestCheckpoint)
    return fail(Code::OverLimit, "'{}' has {}; checkpoints are kept of files up to {}", shown(path.text()), inMegabytes(file.facts.size),
        inMegabytes(kLargestCheckpoint));
  TRY(prepare(space, path));
  TRY(auto draft, Draft::make(space, Draft::In::Checkpoints, path));
  TRY(draft.copyFrom(file));
  TRY(draft.replace());
  const auto made = listCheckpointsOf(space, path);
  if (made.empty()) return failNoCheckpoint(path, kOnlyId);  // removed in the same moment
  return made.front();
}

Result<> restoreCheckpointOf(const Space& space, const DrivePath& path, std::string_view id) {
  TRY(checkCheckpoint(space, path, id));
  TRY(const auto checkpoint, space.checkpoints.openFile(path));
  TRY(const auto target, findTarget(space.drive, path));
  TRY(auto draft, draftFor(space, target));
  TRY(draft.copyFrom(checkpoint));
  return draft.replace();
}

Result<> removeCheckpointOf(const Space& space, const DrivePath& path, std::string_view id) {
  TRY(checkCheckpoint(space, path, id));
  TRY(const auto folder, space.checkpoints.openFolder(path.folder()));
  if (::unlinkat(folder.get(), std::string(path.name()).c_str(), 0) != 0) return failSystem(errno, "delete the checkpoint of", path.text());
  return {};
}

void ensureCheckpoint(const Space& space, const DrivePath& path) {
  if (!listCheckpointsOf(space, path).empty()) return;
  const auto made = makeCheckpointOf(space, path);
  warnUnless(made ? Result<>() : std::unexpected(made.error()), "checkpoint.not_made", path);
}

void moveCheckpoints(const Space& space, const DrivePath& from, const DrivePath& to) {
  warnUnless(replaceCheckpoints(space, from, to), "checkpoint.not_moved", from);
}

void trashCheckpoints(const Space& space, const DrivePath& path, const std::string& name) {
  warnUnless(moveAway(space, path, space.trash.get(), name), "checkpoint.not_moved", path);
}

void returnCheckpoints(const Space& space, const DrivePath& path, const std::string& name) {
  if (!findFacts(space.trash.get(), name.c_str())) return;
  auto folder = prepare(space, path);
  auto cleared = folder ? removeTree(space.trash.get(), folder->get(), std::string(path.name())) : std::unexpected(folder.error());
  if (cleared && ::renameat(space.trash.get(), name.c_str(), folder->get(), std::string(path.name()).c_str()) != 0)
    cleared = failSystem(errno, "move the checkpoint of", path.text());
  warnUnless(cleared, "checkpoint.not_moved", path);
}

}  // namespace allmende::contents
