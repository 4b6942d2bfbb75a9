#pragma once
// Earlier versions of anybody's notebook, for who runs the server. Behind the door of server/api.

#include "server/api/typed.h"
#include "server/documents/documents.h"

namespace allmende::api {

struct NotebookWish {
  std::string account;
  std::string path;
  std::string revision;
  std::optional<std::string> cell;
};
constexpr auto fieldsOf(Type<NotebookWish>) {
  using N = NotebookWish;
  return record("NotebookWish", field("account", &N::account, "The name of the account on whose drive it is."),
      field("path", &N::path, "On it."), field("revision", &N::revision, "The id of an earlier version; empty = as it is now."),
      field("cell", &N::cell, "The id of the cell to restore; absent = all."));
}

class OperatorNotebooks {
 public:
  OperatorNotebooks(documents::Documents& documents, accounts::Accounts& accounts) : documents_(documents), accounts_(accounts) {}

  // {"revisions": […]} as the API has them, oldest first.
  Task<Result<JsonText>> history(NotebookWish wish);
  // The notebook.
  Task<Result<JsonText>> read(NotebookWish wish);
  Task<Result<JsonText>> restore(NotebookWish wish);

 private:
  struct Found {
    documents::DocumentId id;
    documents::Visitor owner;
  };
  Task<Result<Found>> find(std::string account, std::string path);

  documents::Documents& documents_;
  accounts::Accounts& accounts_;
};

}  // namespace allmende::api
