#pragma once
// The trash on disk: trash/<account>/<id>, and <id>.checkpoints beside it. Behind the door of server/contents.

#include <string>

#include "server/contents/draft.h"
#include "server/contents/model.h"

namespace allmende::contents {

// What is about to be thrown away; fails with NotFound, or InvalidInput for what may not be.
struct Doomed {
  std::string type;
  std::uint64_t size = 0;
};
Result<Doomed> lookAtDoomed(const Space& space, const DrivePath& path);

Result<> moveToTrash(const Space& space, const DrivePath& path, const TrashId& id);
// Returns where it is now. NotFound when the trash does not hold it.
Result<DrivePath> moveFromTrash(const Space& space, const DrivePath& path, const TrashId& id);
Result<> emptyFromTrash(const Space& space, const TrashId& id);

}  // namespace allmende::contents
