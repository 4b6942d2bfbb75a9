#pragma once
// The values of accounts. Part of the door server/accounts/accounts.h.

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/record.h"
#include "lib/base/result.h"
#include "server/accounts/scopes.h"
#include "server/journal/journal.h"

namespace allmende::accounts {

struct Account {
  bool operator==(const Account&) const = default;

  AccountId id;
  std::string name;         // 1 to 32 of a-z 0-9 . _ -, beginning and ending with a letter or digit
  std::string displayName;  // 1 to 100 characters
  bool admin = false;
  std::string locale;  // "en", "de"; empty = the browser's
  std::string theme;   // "light", "dark"; empty = the system's
  Instant createdAt;
  bool hasPassword = false;
  std::optional<Instant> closedAt = {};  // nobody signs in by it any more
};

// As the API shows an account.
constexpr auto fieldsOf(Type<Account>) {
  return record("Account", field("id", &Account::id, "Begins with acc_."), field("name", &Account::name, "The name to sign in with."),
      field("display_name", &Account::displayName, "The name to show."), field("admin", &Account::admin, "Whether it may administer."),
      field("locale", &Account::locale, "Language of the page; empty = the browser's."),
      field("theme", &Account::theme, "light, dark; empty = the system's."), field("created_at", &Account::createdAt, "When it was made."),
      field("has_password", &Account::hasPassword, "Whether a password is set."),
      field("closed_at", &Account::closedAt, "Since when nobody can sign in by it; absent = somebody can."));
}

struct NewAccount {
  std::string name;
  std::string displayName;              // empty = the name
  std::optional<std::string> password;  // none = signs in by link
  bool admin = false;
};

// What is absent stays as it is.
struct AccountChange {
  std::optional<std::string> displayName;
  std::optional<std::string> locale;
  std::optional<std::string> theme;
};

constexpr auto fieldsOf(Type<AccountChange>) {
  return record("AccountChange", field("display_name", &AccountChange::displayName, "1 to 100 characters."),
      field("locale", &AccountChange::locale, "en, de, or empty for the browser's."),
      field("theme", &AccountChange::theme, "light, dark, or empty for the system's."));
}

struct TokenKind {
  static constexpr std::string_view prefix = "tok_";
  static constexpr std::string_view name = "token";
};
using TokenId = Id<TokenKind>;

struct Token {
  TokenId id;
  std::string name;
  std::vector<std::string> scopes;
  Instant createdAt;
  std::optional<Instant> expiresAt;
  std::optional<Instant> lastUsedAt;  // within ten minutes
};

constexpr auto fieldsOf(Type<Token>) {
  return record("Token", field("id", &Token::id, "Begins with tok_."), field("name", &Token::name, "What its owner calls it."),
      field("scopes", &Token::scopes, "What it may do."), field("created_at", &Token::createdAt, "When it was made."),
      field("expires_at", &Token::expiresAt, "When it stops working; absent = never."),
      field("last_used_at", &Token::lastUsedAt, "When it was last used, within ten minutes; absent = never."));
}

struct TokenWish {
  std::string name;                                // 1 to 100 characters
  std::optional<std::vector<std::string>> scopes;  // absent = all but administer
  std::optional<std::int64_t> expiresInS;          // absent = never
};

constexpr auto fieldsOf(Type<TokenWish>) {
  return record("TokenWish", field("name", &TokenWish::name, "1 to 100 characters."),
      field("scopes", &TokenWish::scopes, "What it may do; absent = everything but administer."),
      field("expires_in_s", &TokenWish::expiresInS, "Seconds until it stops working; absent = never."));
}

struct NewToken {
  Token token;
  std::string secret;  // "alm_…": shown this once, stored only as its hash
};

// How a caller showed who they are. Token calls need no XSRF and no origin check; cookie calls do.
enum class ShownBy : std::uint8_t { Cookie, Token };

// Somebody who has shown who they are, and what they may do this time.
struct Caller {
  AccountId account;
  std::string name;
  ScopeSet scopes;
  ShownBy shownBy = ShownBy::Cookie;

  // Fails with Denied naming the missing scope.
  Result<> require(Scope scope) const;
};

struct SignedIn {
  Account account;
  std::string cookie;  // the value of the session cookie: 64 hex digits
};

// Why somebody could not sign in: Unauthenticated (wrong name, password or link) or OverLimit (wait that long).
struct SignInFailure {
  Error error;
  std::optional<std::chrono::seconds> retryAfter;
};

}  // namespace allmende::accounts
