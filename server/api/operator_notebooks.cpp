#include "server/api/operator_notebooks.h"

#include "server/api/documents_api.h"

namespace allmende::api {

Task<Result<OperatorNotebooks::Found>> OperatorNotebooks::find(std::string account, std::string path) {
  CO_TRY(const auto found, co_await accounts_.named(std::move(account)));
  CO_TRY(const auto opened, co_await documents_.open(found.id, std::move(path)));
  co_return Found{opened.id, {.account = found.id, .name = found.name, .most = documents::Role::Owner}};
}

Task<Result<JsonText>> OperatorNotebooks::history(NotebookWish wish) {
  CO_TRY(auto found, co_await find(std::move(wish.account), std::move(wish.path)));
  CO_TRY(const auto revisions, co_await documents_.listRevisions(found.id, std::move(found.owner)));
  json::array list;
  for (const auto& revision : revisions) list.push_back(revisionOf(revision));
  co_return JsonText{json::serialize(json::object{{"revisions", std::move(list)}})};
}

Task<Result<JsonText>> OperatorNotebooks::read(NotebookWish wish) {
  CO_TRY(auto found, co_await find(std::move(wish.account), std::move(wish.path)));
  Result<json::object> notebook;
  if (wish.revision.empty()) {
    notebook = co_await documents_.readNotebook(found.id, std::move(found.owner));
  } else {
    notebook = co_await documents_.readRevision(found.id, std::move(found.owner), std::move(wish.revision));
  }
  if (!notebook) co_return std::unexpected(std::move(notebook).error());
  co_return JsonText{json::serialize(*notebook)};
}

Task<Result<JsonText>> OperatorNotebooks::restore(NotebookWish wish) {
  CO_TRY(auto found, co_await find(std::move(wish.account), std::move(wish.path)));
  CO_TRY(co_await documents_.restoreRevision(found.id, std::move(found.owner), std::move(wish.revision), std::move(wish.cell)));
  co_return JsonText{"{}"};
}

}  // namespace allmende::api
