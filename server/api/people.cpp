#include "server/api/people.h"

namespace allmende::api {

Task<Result<Person>> People::get(AccountId id) {
  if (const auto known = known_.find(id); known != known_.end()) co_return known->second;
  CO_TRY(auto account, co_await accounts_.get(id));
  co_return known_.insert_or_assign(id, Person{account.id, std::move(account.name), std::move(account.displayName)}).first->second;
}

Task<Result<AccountId>> People::named(std::string name) {
  CO_TRY(const auto account, co_await accounts_.find(name));
  if (!account)
    co_return fail(Code::NotFound, "there is no account '{}' here; ask them for the name they sign in with", name.substr(0, 64));
  co_return account->id;
}

}  // namespace allmende::api
