#include "server/api/drive_api.h"

namespace allmende::api {
namespace {

Result<std::size_t> checkLimit(std::int64_t limit) {
  if (limit < 1 || limit > 200) return fail(Code::InvalidInput, "limit is {}; 1 to 200 are allowed", limit);
  return static_cast<std::size_t>(limit);
}

JsonText listOf(const std::vector<contents::Model>& models) {
  std::string text = "[";
  for (const auto& model : models) {
    if (text.size() > 1) text += ',';
    text += model.json;
  }
  return {text + "]"};
}

}  // namespace

Task<Result<JsonText>> DriveApi::recent(accounts::Caller caller, InQuery<RecentWish> wish) {
  CO_TRY(const auto limit, checkLimit(wish.value.limit));
  CO_TRY(auto models, co_await contents_.recent(caller.account, limit));
  co_return listOf(models);
}

Task<Result<JsonText>> DriveApi::search(accounts::Caller caller, InQuery<SearchWish> wish) {
  CO_TRY(const auto limit, checkLimit(wish.value.limit));
  CO_TRY(auto models, co_await contents_.search(caller.account, std::move(wish.value.query), limit));
  co_return listOf(models);
}

Task<Result<std::vector<contents::Trashed>>> DriveApi::listTrash(accounts::Caller caller) {
  co_return co_await contents_.listTrash(caller.account);
}

Task<Result<JsonText>> DriveApi::restore(accounts::Caller caller, contents::TrashId id) {
  CO_TRY(auto model, co_await documents_.restore(caller.account, std::move(id)));
  events_.tellContents(caller.account, "save", model.path);
  co_return JsonText{std::move(model.json)};
}

Task<Result<>> DriveApi::purge(accounts::Caller caller, contents::TrashId id) {
  CO_TRY(co_await contents_.purge(caller.account, std::move(id)));
  co_return co_await documents_.forgetPurged(caller.account);
}

Task<Result<>> DriveApi::purgeAll(accounts::Caller caller) {
  CO_TRY(co_await contents_.purgeAll(caller.account));
  co_return co_await documents_.forgetPurged(caller.account);
}

}  // namespace allmende::api
