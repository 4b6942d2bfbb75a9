#pragma once
// Two sides have changed a notebook: which of their changes belong together. Behind the door of server/documents.

#include <string>
#include <vector>

#include "lib/base/json.h"

namespace allmende::documents {

struct Reconciled {
  json::object wanted;                 // what `base` is to become, so that Yjs can merge that with what was done to `ours`
  std::vector<std::string> conflicts;  // ids of cells that both changed in the same place
};

// `ours` is the live document and `theirs` the file, both grown out of `base`; all with ids in every cell. What both did alike is done
// once. A cell that one side deleted and the other changed stays. Where both changed the same lines, ours stay, and theirs follow in a cell
// of their own: letters of both in one line would be nobody's.
Reconciled reconcile(const json::object& base, const json::object& ours, json::object theirs);

}  // namespace allmende::documents
