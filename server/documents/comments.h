#pragma once
// The table of comments. Behind the door of server/documents.

#include <vector>

#include "server/documents/document.h"
#include "server/documents/store.h"

namespace allmende::documents {

class CommentStore {
 public:
  static constexpr std::size_t kLongest = 10'000;  // bytes of one
  static constexpr std::size_t kMost = 5'000;      // of one document

  CommentStore(store::Database& database, const Clock& clock) : database_(database), clock_(clock) {}

  // Oldest first.
  Task<Result<std::vector<Comment>>> list(DocumentId document);
  Task<Result<std::int64_t>> count(DocumentId document);
  // NotFound when it is not there.
  Task<Result<Comment>> find(DocumentId document, CommentId comment);
  // InvalidInput for no or too much text, NotFound for an unknown thread, OverLimit when there are too many. An answer opens its thread
  // anew.
  Task<Result<Comment>> add(DocumentId document, AccountId by, CommentWish wish);
  Task<Result<Comment>> change(Comment before, AccountId by, CommentChange change);
  // A thread's first one takes the others along.
  Task<Result<>> remove(Comment comment);

 private:
  store::Database& database_;
  const Clock& clock_;
};

}  // namespace allmende::documents
