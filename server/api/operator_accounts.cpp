#include "server/api/operator_accounts.h"

#include "lib/base/log.h"

namespace allmende::api {

Task<Result<AccountsView>> OperatorAccounts::list() {
  CO_TRY(auto all, co_await rooms_.accounts.list());
  const auto found = static_cast<std::int64_t>(all.size());
  co_return AccountsView{std::move(all), found};
}

Task<Result<AccountsView>> OperatorAccounts::search(InQuery<AccountsWish> wish) {
  auto& [words, after, limit] = wish.value;
  CO_TRY(auto found, co_await rooms_.accounts.search(std::move(words), std::move(after), limit));
  co_return AccountsView{std::move(found.accounts), found.all};
}

Task<Result<>> OperatorAccounts::closeBy(std::string by, ClosingWish wish) {
  CO_TRY(const auto account, co_await rooms_.accounts.named(std::move(wish.account)));
  CO_TRY(co_await rooms_.accounts.close(account.id, std::move(by), wish.reason));
  rooms_.events.end(account.id);
  rooms_.previews.signedOut(account.id);
  co_await rooms_.documents.shutOut(account.id);
  co_await endRuntimes(account.id, std::move(wish.reason));
  co_return Result<>{};
}

Task<> OperatorAccounts::endRuntimes(AccountId of, std::string reason) {
  for (const auto& runtime : rooms_.runtimes.listAll()) {
    if (runtime.owner != of) continue;
    if (auto ended = co_await rooms_.runtimes.stopBecause(of, runtime.id, "stopped_by_operator", reason); !ended)
      log::warning("runtime.not_stopped", {{"runtime", runtime.id.text()}, {"error", ended.error().message}});
  }
}

Task<Result<>> OperatorAccounts::reopenBy(std::string by, AccountName which) {
  CO_TRY(const auto account, co_await rooms_.accounts.named(std::move(which.account)));
  co_return co_await rooms_.accounts.reopen(account.id, std::move(by));
}

// The account last: what fails before can be done again.
Task<Result<>> OperatorAccounts::eraseBy(std::string by, AccountName which) {
  CO_TRY(const auto account, co_await rooms_.accounts.named(std::move(which.account)));
  if (!account.closedAt) co_return fail(Code::Conflict, "the account '{}' is not closed; close it first", account.name);
  co_await endRuntimes(account.id, "the account was deleted");
  CO_TRY(co_await rooms_.previews.forgetAccount(account.id));
  CO_TRY(co_await rooms_.documents.forgetAccount(account.id));
  CO_TRY(co_await rooms_.contents.forgetAccount(account.id));
  CO_TRY(co_await rooms_.groups.forgetAccount(account.id));
  CO_TRY(co_await rooms_.notices.forgetAccount(account.id));
  CO_TRY(co_await rooms_.shelf.forgetAccount(account.id));
  co_return co_await rooms_.accounts.erase(account.id, std::move(by));
}

}  // namespace allmende::api
