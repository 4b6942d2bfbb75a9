#include "server/contents/models.h"

#include "server/contents/names.h"

namespace allmende::contents {

using jupyter::ContentsType;

jupyter::ContentsModel modelOf(const DrivePath& path, const Facts& facts, bool writable) {
  jupyter::ContentsModel model{.path = path.text(), .writable = writable, .created = facts.created, .lastModified = facts.modified};
  if (facts.isFolder()) {
    model.type = ContentsType::Directory;
    return model;
  }
  model.type = typeOfFile(path.name());
  model.size = facts.size;
  if (model.type == ContentsType::File) model.mimetype = jupyter::mediaTypeOf(path.name());
  return model;
}

Model finished(const jupyter::ContentsModel& model) {
  return {model.path, std::string(nameOf(model.type)), model.lastModified, toText(model)};
}

}  // namespace allmende::contents
