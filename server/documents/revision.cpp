#include "server/documents/revision.h"

#include <algorithm>

#include "lib/base/sha256.h"

namespace allmende::documents {
namespace {

constexpr auto kKeptWhole = std::chrono::hours(24);
constexpr auto kKeptHourly = std::chrono::hours(24 * 30);
constexpr auto kHour = std::chrono::hours(1);
constexpr auto kDay = std::chrono::hours(24);

// A cell in a list: {"id", "cell", "source"}, the latter two hashes.
struct Marked {
  std::string_view cell;
  std::string_view source;
};

std::map<std::string_view, Marked> cellsById(const json::object& list) {
  std::map<std::string_view, Marked> cells;
  for (const auto& one : list.at("cells").as_array()) {
    const auto& marks = one.as_object();
    cells.emplace(marks.at("id").as_string(), Marked{marks.at("cell").as_string(), marks.at("source").as_string()});
  }
  return cells;
}

std::string putPart(Parts& parts, const json::value& part) {
  auto text = json::serialize(part);
  auto hash = sha256Of(text);
  parts.texts.emplace(hash, std::move(text));
  return hash;
}

auto findCell(const json::array& cells, std::string_view id) {
  return std::ranges::find_if(cells, [&](const auto& cell) {
    const auto* found = cell.is_object() ? findString(cell.get_object(), "id") : nullptr;
    return found != nullptr && *found == id;
  });
}

// The stretch of time that a revision of this age stands for alone.
std::pair<std::int64_t, std::int64_t> stretchOf(Instant at, Instant now) {
  const auto age = now - at;
  const auto since = at.time_since_epoch();
  if (age < kKeptWhole) return {0, since.count()};
  if (age < kKeptHourly) return {1, since / kHour};
  return {2, since / kDay};
}

}  // namespace

json::object toJsonObject(const CellChanges& changes) {
  return {{"added", changes.added}, {"removed", changes.removed}, {"edited", changes.edited}, {"ran", changes.ran}};
}

CellChanges cellChangesOf(const json::object& stored) {
  const auto number = [&](std::string_view key) {
    const auto* found = stored.if_contains(key);
    return found != nullptr && found->is_int64() ? static_cast<int>(found->get_int64()) : 0;
  };
  return {.added = number("added"), .removed = number("removed"), .edited = number("edited"), .ran = number("ran")};
}

Parts partsOf(json::object notebook) {
  Parts parts;
  json::array cells;
  for (auto& value : notebook.at("cells").as_array()) {
    auto& cell = value.as_object();
    cell.erase("execution_state");
    json::object written{{"type", cell.at("cell_type")}, {"source", cell.at("source")}};
    if (const auto* attachments = cell.if_contains("attachments")) written["attachments"] = *attachments;
    cells.push_back({{"id", cell.at("id")}, {"cell", putPart(parts, value)}, {"source", sha256Of(json::serialize(written)).substr(0, 16)}});
  }
  notebook["cells"] = std::move(cells);
  parts.content = putPart(parts, notebook);
  return parts;
}

Result<std::vector<std::string>> cellsInList(const json::object& list) {
  std::vector<std::string> hashes;
  const auto* cells = list.if_contains("cells");
  if (cells == nullptr || !cells->is_array()) return fail(Code::Internal, "a revision's list of cells is damaged");
  for (const auto& one : cells->get_array()) {
    const auto* hash = one.is_object() ? findString(one.get_object(), "cell") : nullptr;
    if (hash == nullptr) return fail(Code::Internal, "a revision's list of cells is damaged");
    hashes.emplace_back(*hash);
  }
  return hashes;
}

Result<json::object> notebookOf(const json::object& list, const std::map<std::string, std::string>& texts) {
  TRY(const auto hashes, cellsInList(list));
  auto notebook = list;
  json::array cells;
  for (const auto& hash : hashes) {
    const auto found = texts.find(hash);
    if (found == texts.end()) return fail(Code::Internal, "the cell {} of a revision is missing", hash);
    TRY(auto cell, parseJsonObject(found->second, 512));
    cells.push_back(std::move(cell));
  }
  notebook["cells"] = std::move(cells);
  return notebook;
}

CellChanges changesBetween(const json::object& before, const json::object& after) {
  CellChanges changes;
  const auto old = cellsById(before);
  const auto now = cellsById(after);
  for (const auto& [id, marks] : now) {
    const auto was = old.find(id);
    if (was == old.end()) {
      ++changes.added;
    } else if (was->second.source != marks.source) {
      ++changes.edited;
    } else if (was->second.cell != marks.cell) {
      ++changes.ran;
    }
  }
  for (const auto& [id, marks] : old) changes.removed += now.contains(id) ? 0 : 1;
  return changes;
}

std::vector<std::string> superfluous(const std::vector<Revision>& revisions, Instant now) {
  std::vector<std::string> gone;
  for (std::size_t at = 0; at + 1 < revisions.size(); ++at) {
    const auto& next = revisions[at + 1];
    if (revisions[at].name.empty() && stretchOf(revisions[at].madeAt, now) == stretchOf(next.madeAt, now) &&
        now - next.madeAt >= kKeptWhole)
      gone.push_back(revisions[at].id);
  }
  return gone;
}

Result<json::object> withCellOf(json::object ours, const json::object& earlier, std::string_view cell) {
  const auto& then = earlier.at("cells").as_array();
  const auto wanted = findCell(then, cell);
  if (wanted == then.end()) return fail(Code::NotFound, "the revision has no cell '{}'", cell);
  auto& now = ours.at("cells").as_array();
  if (const auto there = findCell(now, cell); there != now.end()) {
    now[static_cast<std::size_t>(there - now.begin())] = *wanted;
    return ours;
  }
  auto place = now.begin();
  for (auto before = wanted; before != then.begin();) {
    --before;
    const auto* id = findString(before->as_object(), "id");
    const auto found = id == nullptr ? now.end() : findCell(now, *id);
    if (found == now.end()) continue;
    place = now.begin() + (found - now.begin()) + 1;
    break;
  }
  now.insert(place, *wanted);
  return ours;
}

}  // namespace allmende::documents
