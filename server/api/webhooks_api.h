#pragma once
// What other services tell us, signed with a secret that they share with us. Behind the door of server/api.

#include "server/accounts/accounts.h"
#include "server/api/typed.h"
#include "server/quota/quota.h"

namespace allmende::api {

// What somebody was sold.
struct TierOrder {
  std::string account;
  std::string tier;
  std::optional<Instant> until;
  std::string reason;
};
constexpr auto fieldsOf(Type<TierOrder>) {
  using T = TierOrder;
  return record("TierOrder", field("account", &T::account, "Its name."), field("tier", &T::tier),
      field("until", &T::until, "When it ends; absent = when another is given."), field("reason", &T::reason, "The person can read it."));
}

class WebhooksApi {
 public:
  // `secret` as an operator writes it; empty = nobody can send any.
  WebhooksApi(quota::Ledger& ledger, accounts::Accounts& accounts, const Clock& clock, std::string secret)
      : ledger_(ledger), accounts_(accounts), clock_(clock), secret_(std::move(secret)) {}

  // Gives a tier. 204, also when it was sent before: it is given once.
  Task<net::Response> giveTier(Call call);

 private:
  Task<Result<>> carryOut(Call call);

  quota::Ledger& ledger_;
  accounts::Accounts& accounts_;
  const Clock& clock_;
  std::string secret_;
};

}  // namespace allmende::api
