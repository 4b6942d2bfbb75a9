#include "server/contents/trash.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "server/contents/checkpoints.h"
#include "server/contents/failures.h"
#include "server/contents/models.h"
#include "server/contents/names.h"
#include "server/contents/tree.h"

namespace allmende::contents {
namespace {

constexpr int kMostRestored = 1000;

std::string checkpointsOf(const TrashId& id) { return id.text() + ".checkpoints"; }

}  // namespace

Result<Doomed> lookAtDoomed(const Space& space, const DrivePath& path) {
  if (path.isRoot()) return fail(Code::InvalidInput, "Can't delete root");
  if (path.isHidden())
    return fail(Code::InvalidInput, "Cannot delete file or directory '{}': hidden names begin with a dot", shown(path.text()));
  TRY(const auto there, space.drive.find(path));
  if (!there) return failMissing(path.text());
  return Doomed{std::string(nameOf(modelOf(path, *there).type)), sizeOf(space.drive, path)};
}

Result<> moveToTrash(const Space& space, const DrivePath& path, const TrashId& id) {
  TRY(const auto folder, space.drive.openFolder(path.folder()));
  if (!moveAway(folder.get(), std::string(path.name()), space.trash.get(), id.text())) return failSystem(errno, "delete", path.text());
  trashCheckpoints(space, path, checkpointsOf(id));
  if (::fsync(folder.get()) != 0 || ::fsync(space.trash.get()) != 0) return failSystem(errno, "delete", path.text());
  return {};
}

Result<DrivePath> moveFromTrash(const Space& space, const DrivePath& path, const TrashId& id) {
  if (!findFacts(space.trash.get(), id.text().c_str()))
    return fail(Code::NotFound, "the trash no longer holds '{}': it was restored or deleted for good", shown(path.text()));
  auto folder = space.drive.makeFolders(path.folder());
  if (!folder && folder.error().code == Code::NotFound)
    return fail(Code::Conflict, "'{}' cannot be restored: a file stands where its folder '{}' was. Rename that first", shown(path.text()),
        shown(path.folder().text()));
  if (!folder) return std::unexpected(std::move(folder).error());
  for (int number = 0; number < kMostRestored; ++number) {
    TRY(auto place, path.folder().child(number == 0 ? std::string(path.name()) : restoredName(path.name(), number)));
    const std::string name(place.name());
    if (::renameat2(space.trash.get(), id.text().c_str(), folder->get(), name.c_str(), RENAME_NOREPLACE) == 0) {
      returnCheckpoints(space, place, checkpointsOf(id));
      if (::fsync(folder->get()) != 0) return failSystem(errno, "restore", place.text());
      return place;
    }
    if (errno != EEXIST) return failSystem(errno, "restore", path.text());
  }
  return fail(Code::Conflict, "'{}' was restored {} times already; rename some", shown(path.text()), kMostRestored);
}

Result<> emptyFromTrash(const Space& space, const TrashId& id) {
  TRY(removeTree(space.trash.get(), space.trash.get(), id.text()));
  return removeTree(space.trash.get(), space.trash.get(), checkpointsOf(id));
}

}  // namespace allmende::contents
