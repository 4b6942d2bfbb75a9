#include "server/api/people.h"

namespace allmende::api {

Task<Result<Person>> People::get(AccountId id) {
  CO_TRY(auto account, co_await accounts_.get(std::move(id)));
  co_return Person{std::move(account.id), std::move(account.name), std::move(account.displayName)};
}

Task<Result<AccountId>> People::named(std::string name) {
  CO_TRY(const auto account, co_await accounts_.find(name));
  if (!account)
    co_return fail(Code::NotFound, "there is no account '{}' here; ask them for the name they sign in with", name.substr(0, 64));
  co_return account->id;
}

}  // namespace allmende::api
