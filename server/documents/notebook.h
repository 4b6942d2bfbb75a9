#pragma once
// A notebook between its file and its live document. Behind the door of server/documents.

#include <string>
#include <string_view>

#include "lib/base/json.h"
#include "lib/base/result.h"

namespace allmende::documents {

// What a document holds of a file: nbformat 4.5 or later 4, texts in one piece, and every cell with an id of its own. A cell without one
// gets that of the first cell of `like` with its type and source that is not used yet, else one made from its content. Fails with
// InvalidInput when the file is no valid notebook of nbformat 4.
Result<json::object> notebookOfFile(std::string_view bytes, const json::object& like = {});

// The file of what a document holds. Fails with InvalidInput when that is no valid notebook, as peers can make it.
Result<std::string> fileOfNotebook(json::object notebook);

}  // namespace allmende::documents
