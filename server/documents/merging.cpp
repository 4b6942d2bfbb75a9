#include "server/documents/merging.h"

#include <algorithm>
#include <map>
#include <optional>

#include "lib/base/sha256.h"

namespace allmende::documents {
namespace {

using Cells = std::map<std::string, const json::object*>;

std::string idOf(const json::value& cell) { return std::string(cell.at("id").as_string()); }

Cells cellsOf(const json::object& notebook) {
  Cells cells;
  for (const auto& cell : notebook.at("cells").as_array()) cells.emplace(idOf(cell), &cell.get_object());
  return cells;
}

const json::object* find(const Cells& cells, const std::string& id) {
  const auto found = cells.find(id);
  return found == cells.end() ? nullptr : found->second;
}

bool same(const json::object& one, const json::object& other, std::string_view key) {
  const auto* left = one.if_contains(key);
  const auto* right = other.if_contains(key);
  return left == nullptr || right == nullptr ? left == right : *left == *right;
}

bool sameContent(const json::object& one, const json::object& other) {
  return same(one, other, "source") && same(one, other, "metadata") && same(one, other, "cell_type");
}

std::string_view sourceOf(const json::object& cell) { return cell.at("source").as_string(); }

// The lines of `base`, as bytes without the last line's end, in which something else stands in `changed`.
struct Range {
  std::size_t from = 0;
  std::size_t to = 0;
};
Range changedLines(std::string_view base, std::string_view changed) {
  const auto shorter = std::min(base.size(), changed.size());
  std::size_t head = 0;
  while (head < shorter && base[head] == changed[head]) ++head;
  std::size_t tail = 0;
  while (tail < shorter - head && base[base.size() - 1 - tail] == changed[changed.size() - 1 - tail]) ++tail;
  const auto before = head == 0 ? std::string_view::npos : base.rfind('\n', head - 1);
  const auto after = base.find('\n', base.size() - tail);
  return {before == std::string_view::npos ? 0 : before + 1, after == std::string_view::npos ? base.size() : after};
}

bool clash(std::string_view base, std::string_view ours, std::string_view theirs) {
  if (ours == base || theirs == base) return false;
  const auto one = changedLines(base, ours);
  const auto other = changedLines(base, theirs);
  return std::max(one.from, other.from) <= std::min(one.to, other.to);
}

// What of a cell both sides have alike, base need not become: it is in the document already.
void leaveOutAgreed(json::object& theirs, const json::object& ours, const json::object& base) {
  for (const auto* key : {"source", "metadata", "outputs", "execution_count", "attachments"}) {
    if (!same(theirs, ours, key)) continue;
    if (const auto* before = base.if_contains(key)) {
      theirs[key] = *before;
    } else {
      theirs.erase(key);
    }
  }
}

// Their words beside ours. Its id is the same whenever the same merge is made.
json::object aside(const json::object& theirs) {
  auto cell = theirs;
  cell["id"] = sha256Of(json::serialize(theirs)).substr(0, 8);
  return cell;
}

}  // namespace

Reconciled reconcile(const json::object& base, const json::object& ours, json::object theirs) {
  Reconciled reconciled;
  const auto baseCells = cellsOf(base);
  const auto ourCells = cellsOf(ours);
  const auto theirCells = cellsOf(theirs);
  json::array wanted;
  // Cells that they deleted and we changed, behind the cell that they stood behind.
  const auto keepDeletedAfter = [&](const std::optional<std::string>& id) {
    const auto& cells = base.at("cells").as_array();
    auto at = id ? std::ranges::find(cells, *id, idOf) : cells.begin();
    if (id && at != cells.end()) ++at;
    for (; at != cells.end() && !theirCells.contains(idOf(*at)); ++at) {
      const auto* our = find(ourCells, idOf(*at));
      if (our != nullptr && !sameContent(*our, at->get_object())) wanted.push_back(*at);
    }
  };
  keepDeletedAfter(std::nullopt);
  for (auto& value : theirs.at("cells").as_array()) {
    auto cell = value.get_object();
    const auto id = idOf(value);
    const auto* before = find(baseCells, id);
    const auto* our = find(ourCells, id);
    if (before == nullptr && our != nullptr) continue;  // both made it
    if (before != nullptr && our == nullptr && sameContent(cell, *before)) {
      wanted.push_back(*before);  // we deleted it; that they left it as it was says nothing
      continue;
    }
    std::optional<json::object> second;
    if (before != nullptr && our != nullptr) {
      if (!same(cell, *our, "source") && clash(sourceOf(*before), sourceOf(*our), sourceOf(cell))) {
        second = aside(cell);
        cell["source"] = before->at("source");
        reconciled.conflicts.push_back(id);
      }
      leaveOutAgreed(cell, *our, *before);
    }
    wanted.push_back(std::move(cell));
    if (second) wanted.push_back(*std::move(second));
    if (before != nullptr) keepDeletedAfter(id);
  }
  if (same(theirs, ours, "metadata")) theirs["metadata"] = base.at("metadata");
  theirs["cells"] = std::move(wanted);
  reconciled.wanted = std::move(theirs);
  return reconciled;
}

}  // namespace allmende::documents
