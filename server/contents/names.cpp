#include "server/contents/names.h"

#include <algorithm>

#include "server/contents/paths.h"

namespace allmende::contents {
namespace {

using jupyter::ContentsType;

constexpr std::string_view kNotebookSuffix = ".ipynb";

}  // namespace

NumberedName copiedName(std::string_view name) { return {jupyter::withoutCopyMark(name), "-Copy"}; }

std::string restoredName(std::string_view name, int number) {
  const auto suffix = name.ends_with(kNotebookSuffix) ? name.size() - kNotebookSuffix.size() : std::min(name.find('.'), name.size());
  const auto mark = number == 1 ? std::string(" (restored)") : fmt::format(" (restored {})", number);
  return fmt::format("{}{}{}", name.substr(0, suffix), mark, name.substr(suffix));
}

Result<Untitled> makeUntitledName(std::string_view type, std::string_view ext) {
  if (type == "directory") return Untitled{ContentsType::Directory, {"Untitled Folder", " "}};
  if (type == "notebook" || (type.empty() && ext == kNotebookSuffix)) return Untitled{ContentsType::Notebook, {"Untitled.ipynb", ""}};
  if (ext.contains('/') || ext.contains('\0'))
    return fail(Code::InvalidInput, "ext is '{}'; it is the end of a name, like '.txt', without '/'", shown(ext));
  return Untitled{ContentsType::File, {"untitled" + std::string(ext), ""}};
}

bool isListed(std::string_view name) {
  return !name.starts_with('.') && name != "__pycache__" && !name.ends_with(".pyc") && !name.ends_with(".pyo") && !name.ends_with('~');
}

ContentsType typeOfFile(std::string_view name) { return name.ends_with(kNotebookSuffix) ? ContentsType::Notebook : ContentsType::File; }

}  // namespace allmende::contents
