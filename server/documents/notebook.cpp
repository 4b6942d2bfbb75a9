#include "server/documents/notebook.h"

#include <set>

#include "lib/base/sha256.h"
#include "lib/jupyter/jupyter.h"

namespace allmende::documents {
namespace {

constexpr std::int64_t kFirstMinorWithIds = 5;
constexpr std::size_t kLongestId = 64;  // nbformat's
constexpr std::size_t kMadeId = 8;

bool isCellId(const json::string& id) {
  return !id.empty() && id.size() <= kLongestId && std::ranges::all_of(std::string_view(id), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

std::string contentKey(const json::object& cell) { return json::serialize(cell.at("cell_type")) + json::serialize(cell.at("source")); }

// Ids of cells by what is in them, to be given out once each.
class KnownIds {
 public:
  KnownIds(const json::object& like, const std::set<std::string>& taken) {
    const auto* cells = like.if_contains("cells");
    if (cells == nullptr || !cells->is_array()) return;
    for (const auto& cell : cells->get_array()) {
      const auto* id = cell.is_object() ? findString(cell.get_object(), "id") : nullptr;
      if (id != nullptr && !taken.contains(std::string(*id))) ids_.emplace(contentKey(cell.get_object()), std::string(*id));
    }
  }
  // Empty when there is none left.
  std::string take(const json::object& cell) {
    const auto found = ids_.find(contentKey(cell));
    if (found == ids_.end()) return {};
    auto id = std::move(found->second);
    ids_.erase(found);
    return id;
  }

 private:
  std::multimap<std::string, std::string> ids_;
};

void giveIds(json::array& cells, const json::object& like) {
  std::set<std::string> taken;
  std::vector<json::object*> without;
  for (auto& cell : cells) {
    const auto* id = findString(cell.get_object(), "id");
    if (id == nullptr || !isCellId(*id) || !taken.insert(std::string(*id)).second) without.push_back(&cell.get_object());
  }
  KnownIds known(like, taken);
  for (auto* cell : without) {
    auto id = known.take(*cell);
    // Made from what is there, not by chance: who reads the file again, as after a crash, has the same cells.
    for (int copy = 0; id.empty() || !taken.insert(id).second; ++copy)
      id = sha256Of(fmt::format("{} {}", copy, contentKey(*cell))).substr(0, kMadeId);
    (*cell)["id"] = id;
  }
}

}  // namespace

Result<json::object> notebookOfFile(std::string_view bytes, const json::object& like) {
  TRY(auto notebook, jupyter::readNotebook(bytes));
  if (const auto fault = jupyter::findNotebookFault(notebook)) return fail(Code::InvalidInput, "the notebook is not valid: {}", *fault);
  jupyter::joinNotebookLines(notebook);
  giveIds(notebook["cells"].get_array(), like);
  auto& minor = notebook["nbformat_minor"];
  if (!minor.is_int64() || minor.get_int64() < kFirstMinorWithIds) minor = kFirstMinorWithIds;
  return notebook;
}

Result<std::string> fileOfNotebook(json::object notebook) {
  if (const auto fault = jupyter::findNotebookFault(notebook)) return fail(Code::InvalidInput, "the notebook is not valid: {}", *fault);
  for (auto& cell : notebook["cells"].get_array()) cell.get_object().erase("execution_state");
  return jupyter::writeNotebook(notebook);
}

}  // namespace allmende::documents
