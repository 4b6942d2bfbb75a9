#pragma once
// Comments on the cells of a notebook. Behind the door of server/api.

#include "server/api/notices_api.h"
#include "server/api/people.h"
#include "server/api/typed.h"
#include "server/documents/documents.h"

namespace allmende::api {

struct CommentView {
  documents::CommentId id;
  documents::CommentId thread;
  std::string cell;
  Person author;
  std::string text;
  Instant madeAt;
  std::optional<Instant> editedAt;
  std::optional<Instant> resolvedAt;
  std::optional<Person> resolvedBy;
};
constexpr auto fieldsOf(Type<CommentView>) {
  using C = CommentView;
  return record("Comment", field("id", &C::id, "Begins with cmt_."), field("thread", &C::thread, "The id of the thread's first comment."),
      field("cell", &C::cell, "The id of the cell it is on; that may be gone."), field("author", &C::author, "Who says it."),
      field("text", &C::text, "At most 10,000 bytes; @name speaks to somebody."), field("made_at", &C::madeAt, "When."),
      field("edited_at", &C::editedAt, "When its words were changed; absent = never."),
      field("resolved_at", &C::resolvedAt, "Of a thread's first one: since when it is resolved."),
      field("resolved_by", &C::resolvedBy, "By whom."));
}

struct CommentBody {
  std::string text;
  std::optional<std::string> cell;
  std::optional<std::string> thread;
};
constexpr auto fieldsOf(Type<CommentBody>) {
  using C = CommentBody;
  return record("CommentWish", field("text", &C::text, "At most 10,000 bytes."),
      field("cell", &C::cell, "The id of a cell, to begin a thread there."),
      field("thread", &C::thread, "The id of a thread's first comment, to answer there."));
}

struct CommentChangeBody {
  std::optional<std::string> text;
  std::optional<bool> resolved;
};
constexpr auto fieldsOf(Type<CommentChangeBody>) {
  using C = CommentChangeBody;
  return record("CommentChange", field("text", &C::text, "Other words; for who wrote it."),
      field("resolved", &C::resolved, "Of a thread's first one: whether the thread is resolved."));
}

class CommentsApi {
 public:
  CommentsApi(documents::Documents& documents, accounts::Accounts& accounts, Teller& teller)
      : documents_(documents), accounts_(accounts), teller_(teller) {}

  Task<Result<std::vector<CommentView>>> list(accounts::Caller caller, documents::DocumentId id);
  Task<Result<Created<CommentView>>> add(accounts::Caller caller, documents::DocumentId id, CommentBody wish);
  Task<Result<CommentView>> change(
      accounts::Caller caller, documents::DocumentId id, documents::CommentId comment, CommentChangeBody change);
  Task<Result<>> remove(accounts::Caller caller, documents::DocumentId id, documents::CommentId comment);

 private:
  static Task<Result<CommentView>> viewOf(People& people, documents::Comment comment);

  documents::Documents& documents_;
  accounts::Accounts& accounts_;
  Teller& teller_;
};

}  // namespace allmende::api
