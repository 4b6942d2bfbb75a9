#include "server/first_sign_in.h"

#include <algorithm>

namespace allmende {
namespace {

constexpr std::chrono::hours kLinkLifetime{24};

}  // namespace

Task<Result<std::optional<std::string>>> FirstSignIn::prepare() {
  CO_TRY(const auto administrator, co_await getAdministrator());
  CO_TRY(const bool isLate, co_await hasAnybodySignedIn());
  if (isLate) co_return std::nullopt;
  CO_TRY(auto secret, co_await accounts_.makeSignInLink(administrator.id, kLinkLifetime));
  co_return secret;
}

Task<Result<bool>> FirstSignIn::hasAnybodySignedIn() {
  CO_TRY(const auto signIns, co_await journal_.list({.subject = {}, .name = std::string(journal::kSessionOpened.name), .limit = 1}));
  co_return !signIns.empty();
}

// The oldest one; a new one when there is none, under the first free name of admin, admin-2, …
Task<Result<accounts::Account>> FirstSignIn::getAdministrator() {
  CO_TRY(auto all, co_await accounts_.list());
  std::ranges::sort(all, {}, &accounts::Account::createdAt);
  for (auto& account : all) {
    if (account.admin) co_return std::move(account);
  }
  std::string name = "admin";
  for (int next = 2; std::ranges::find(all, name, &accounts::Account::name) != all.end(); ++next) name = fmt::format("admin-{}", next);
  co_return co_await accounts_.create({.name = name, .displayName = "Administrator", .password = {}, .admin = true});
}

}  // namespace allmende
