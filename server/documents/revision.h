#pragma once
// Earlier states of a notebook: how they are taken apart, compared and thinned out. Part of the door server/documents/documents.h.

#include <map>
#include <string>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/json.h"
#include "lib/base/result.h"

namespace allmende::documents {

// What became of cells between two states. A cell that only ran anew is not edited.
struct CellChanges {
  int added = 0;
  int removed = 0;
  int edited = 0;
  int ran = 0;
};
json::object toJsonObject(const CellChanges& changes);
CellChanges cellChangesOf(const json::object& stored);

struct Revision {
  std::string id;
  Instant madeAt;
  std::string authors;  // names of those who changed something since the one before
  std::string name;     // given by a person; empty = made by itself
  std::string reason;   // "opened", "edited", "named", "restoring", "restored"
  CellChanges changes;  // since the one before
  std::string content;  // the hash of its list of cells
};

// A notebook in parts that are stored once, however many revisions have them.
struct Parts {
  std::string content;                       // the hash of the list
  std::map<std::string, std::string> texts;  // JSON by hash
};
Parts partsOf(json::object notebook);
// Hashes of the cells in a list.
Result<std::vector<std::string>> cellsInList(const json::object& list);
// Fails with Internal when a part is missing.
Result<json::object> notebookOf(const json::object& list, const std::map<std::string, std::string>& texts);
// Lists of cells, as partsOf makes them.
CellChanges changesBetween(const json::object& before, const json::object& after);

// Ids of those that are not needed any more: of a day all are kept, of thirty days the last of each hour, of older ones the last of each
// day; those with names for ever. `revisions` are in the order of their times.
std::vector<std::string> superfluous(const std::vector<Revision>& revisions, Instant now);

// `ours` with one cell as `earlier` had it, put back where it stood when it is gone. NotFound when `earlier` has no such cell.
Result<json::object> withCellOf(json::object ours, const json::object& earlier, std::string_view cell);

}  // namespace allmende::documents
