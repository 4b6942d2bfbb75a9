#pragma once
// Signing in and out, the account, its preferences and tokens. Behind the door of server/api.

#include "server/api/typed.h"
#include "server/enforcement/enforcement.h"
#include "server/previews/previews.h"

namespace allmende::api {

// Either name and password, or a one-time link.
struct SignInWish {
  std::optional<std::string> name;
  std::optional<std::string> password;
  std::optional<std::string> link;
};
constexpr auto fieldsOf(Type<SignInWish>) {
  return record("SignInWish", field("name", &SignInWish::name, "The account's name."),
      field("password", &SignInWish::password, "Its password."),
      field("link", &SignInWish::link, "Instead of both: the secret of a one-time link."));
}

struct SignedInReply {
  accounts::Account account;
};
constexpr auto fieldsOf(Type<SignedInReply>) { return record("SignedIn", field("account", &SignedInReply::account, "Who has signed in.")); }

struct PasswordWish {
  std::optional<std::string> current;
  std::string next;
};
constexpr auto fieldsOf(Type<PasswordWish>) {
  return record("PasswordWish", field("current", &PasswordWish::current, "The present password, if one is set."),
      field("new", &PasswordWish::next, "The new password."));
}

// A token just made: its secret is shown this once.
struct MadeToken {
  accounts::TokenId id;
  std::string token;
  std::string name;
  std::vector<std::string> scopes;
  Instant createdAt;
  std::optional<Instant> expiresAt;
};
constexpr auto fieldsOf(Type<MadeToken>) {
  return record("MadeToken", field("id", &MadeToken::id, "Begins with tok_."),
      field("token", &MadeToken::token, "The secret, shown this once."), field("name", &MadeToken::name, "What its owner calls it."),
      field("scopes", &MadeToken::scopes, "What it may do."), field("created_at", &MadeToken::createdAt, "When it was made."),
      field("expires_at", &MadeToken::expiresAt, "When it stops working; absent = never."));
}
MadeToken madeTokenOf(accounts::NewToken made);

class AccountApi {
 public:
  AccountApi(accounts::Accounts& accounts, enforcement::Enforcement& enforcement, previews::Previews& previews, std::string baseUrl)
      : accounts_(accounts), enforcement_(enforcement), previews_(previews), baseUrl_(std::move(baseUrl)) {}

  Task<Result<Prepared<SignedInReply>>> signIn(Visit visit, SignInWish wish);
  Task<net::Response> signOut(Call call);
  Task<Result<accounts::Account>> get(accounts::Caller caller);
  Task<Result<accounts::Account>> change(accounts::Caller caller, accounts::AccountChange change);
  Task<Result<>> changePassword(accounts::Caller caller, Visit visit, PasswordWish wish);
  Task<Result<JsonText>> getPreferences(accounts::Caller caller);
  Task<Result<>> setPreferences(accounts::Caller caller, json::object preferences);
  Task<Result<std::vector<accounts::Token>>> listTokens(accounts::Caller caller);
  Task<Result<Created<MadeToken>>> createToken(accounts::Caller caller, accounts::TokenWish wish);
  Task<Result<>> revokeToken(accounts::Caller caller, accounts::TokenId token);

 private:
  accounts::Accounts& accounts_;
  enforcement::Enforcement& enforcement_;
  previews::Previews& previews_;
  std::string baseUrl_;
};

}  // namespace allmende::api
