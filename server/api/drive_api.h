#pragma once
// What the drive offers beyond Jupyter: recent files, search, the trash. Behind the door of server/api.

#include "server/api/events.h"
#include "server/api/typed.h"
#include "server/contents/contents.h"
#include "server/documents/documents.h"

namespace allmende::api {

struct RecentWish {
  std::int64_t limit = 20;
};
constexpr auto fieldsOf(Type<RecentWish>) {
  return record("RecentWish", field("limit", &RecentWish::limit, "How many at most: 1 to 200."));
}

struct SearchWish {
  std::string query;
  std::int64_t limit = 50;
};
constexpr auto fieldsOf(Type<SearchWish>) {
  return record("SearchWish", field("query", &SearchWish::query, "Words that a path must have."),
      field("limit", &SearchWish::limit, "How many at most: 1 to 200."));
}

class DriveApi {
 public:
  DriveApi(contents::Contents& contents, documents::Documents& documents, Events& events)
      : contents_(contents), documents_(documents), events_(events) {}

  Task<Result<JsonText>> recent(accounts::Caller caller, InQuery<RecentWish> wish);
  Task<Result<JsonText>> search(accounts::Caller caller, InQuery<SearchWish> wish);
  Task<Result<std::vector<contents::Trashed>>> listTrash(accounts::Caller caller);
  Task<Result<JsonText>> restore(accounts::Caller caller, contents::TrashId id);
  Task<Result<>> purge(accounts::Caller caller, contents::TrashId id);
  Task<Result<>> purgeAll(accounts::Caller caller);

 private:
  contents::Contents& contents_;
  documents::Documents& documents_;
  Events& events_;
};

}  // namespace allmende::api
