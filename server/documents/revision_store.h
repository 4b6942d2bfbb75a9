#pragma once
// The tables of earlier states. Behind the door of server/documents.

#include <set>

#include "lib/store/store.h"
#include "server/documents/document.h"
#include "server/documents/revision.h"

namespace allmende::documents {

class RevisionStore {
 public:
  explicit RevisionStore(store::Database& database) : database_(database) {}

  // In the order of their times.
  Task<Result<std::vector<Revision>>> list(DocumentId document);
  Task<Result<std::set<std::string>>> partsOf(DocumentId document);
  // With the parts that the document does not have yet. NotFound when the document is gone.
  Task<Result<>> add(DocumentId document, Revision revision, std::map<std::string, std::string> parts);
  // Those that are there.
  Task<Result<std::map<std::string, std::string>>> readParts(DocumentId document, std::vector<std::string> hashes);
  // Revisions, and the parts that no other one has.
  Task<Result<>> remove(DocumentId document, std::vector<std::string> revisions, std::vector<std::string> parts);

 private:
  store::Database& database_;
};

}  // namespace allmende::documents
