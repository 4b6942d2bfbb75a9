#pragma once
// The state of Accounts and what its files share. Behind the door of server/accounts.

#include "server/accounts/accounts.h"
#include "server/accounts/attempts.h"
#include "server/accounts/known_callers.h"
#include "server/accounts/passwords.h"

namespace allmende::accounts {

struct Accounts::Impl {
  Impl(store::Database& to, journal::Journal& into, const Clock& by, PasswordCost cost)
      : database(to), journal(into), clock(by), passwords(cost), attempts(by), known(by) {}

  Task<std::expected<SignedIn, SignInFailure>> openSession(AccountId id, std::string peer, std::string_view how);

  store::Database& database;
  journal::Journal& journal;
  const Clock& clock;
  Passwords passwords;
  Attempts attempts;
  KnownCallers known;
};

inline constexpr std::string_view kAccountColumns =
    "SELECT id, name, display_name, admin, locale, theme, created_at, password_hash IS NOT NULL, closed_at FROM accounts ";
Account accountOf(const store::Row& row);
Result<Account> readAccount(store::Transaction& on, const AccountId& id);

// What an account may do at most.
ScopeSet scopesOf(bool admin);

}  // namespace allmende::accounts
