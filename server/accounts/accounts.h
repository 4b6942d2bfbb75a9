#pragma once
// Who: accounts, sign-in by password or one-time link, session cookies, API tokens, preferences.
//
// Secrets are stored only as hashes: passwords as argon2id, the rest (random, 32 bytes) as SHA-256. A sign-in that fails too often is
// slowed down per account and per address, never locked out: the right password from another address still works.

#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/result.h"
#include "lib/base/task.h"
#include "lib/net/net.h"
#include "lib/store/store.h"
#include "server/accounts/account.h"
#include "server/accounts/scopes.h"
#include "server/journal/journal.h"

namespace allmende::accounts {

// What argon2id costs. The defaults take about 80 ms and 64 MB for each of at most two at a time.
struct PasswordCost {
  unsigned long long passes = 2;
  std::size_t memory = 64U << 20U;
};

inline constexpr std::chrono::hours kSessionLifetime{14 * 24};  // since the last use
// How long the browser may keep the cookie. Longer than a session, whose end the server knows: so the cookie is never sent anew.
inline constexpr std::chrono::hours kCookieLifetime{400 * 24};
inline constexpr std::size_t kMostPreferences = 64U << 10U;  // bytes of JSON

class Accounts {
 public:
  Accounts(store::Database& database, journal::Journal& journal, const Clock& clock, PasswordCost cost = {});
  ~Accounts();

  // Fails with InvalidInput for a name or password against the rules, Conflict when the name is taken.
  Task<Result<Account>> create(NewAccount wish);
  Task<Result<Account>> get(AccountId id);
  Task<Result<std::optional<Account>>> find(std::string name);
  // The same; NotFound when there is none.
  Task<Result<Account>> named(std::string name);
  // Without those that were erased, by name.
  Task<Result<std::vector<Account>>> list();
  // Of them, those that have `words` in a name, from behind the name `after` on.
  static constexpr std::int64_t kMostFound = 200;
  struct Found {
    std::vector<Account> accounts;  // `most` at most, and kMostFound
    std::int64_t all = 0;           // how many there are, with those before and behind
  };
  Task<Result<Found>> search(std::string words, std::string after, std::int64_t most);
  Task<Result<Account>> change(AccountId id, AccountChange change);

  // Nobody signs in by it any more: sessions and links end, tokens are worth nothing until it is opened again. `reason` is for the person,
  // who reads it when they try. Conflict for the last administrator, and when it is closed already (or, to reopen, is not).
  Task<Result<>> close(AccountId id, std::string by, std::string reason);
  Task<Result<>> reopen(AccountId id, std::string by);
  // For good: its name is free, of the account a nameless line is left, for what others have from it. Conflict unless it is closed.
  Task<Result<>> erase(AccountId id, std::string by);

  // `current` is needed if a password is set. Ends every session of the account but the one of `keepCookie`; tokens stay.
  Task<Result<>> changePassword(AccountId id, std::optional<std::string> current, std::string next, std::string keepCookie);

  // `peer` is the address the try came from. Takes as long for an unknown name as for a wrong password.
  Task<std::expected<SignedIn, SignInFailure>> signIn(std::string name, std::string password, std::string peer);
  // The link is used up by it.
  Task<std::expected<SignedIn, SignInFailure>> signInByLink(std::string link, std::string peer);
  Task<Result<>> signOut(std::string cookie);
  // Returns the secret of a link that signs `id` in once within `validFor`: the page is /login?link=SECRET.
  Task<Result<std::string>> makeSignInLink(AccountId id, Duration validFor);

  // Who shows this cookie or token. Fails with Unauthenticated when it is unknown, expired or revoked. Answers from memory most times.
  Task<Result<Caller>> callerByCookie(std::string cookie);
  Task<Result<Caller>> callerByToken(std::string token);
  // The same for a cookie or token that memory knows; nullopt when only the database could tell.
  std::optional<Caller> findKnownCaller(const std::string& secret) const;

  // A token can do no more than `by`, who makes it.
  Task<Result<NewToken>> createToken(Caller by, TokenWish wish);
  Task<Result<std::vector<Token>>> listTokens(AccountId id);
  Task<Result<>> revokeToken(AccountId id, TokenId token);

  // One JSON object of the page's settings, as text. OverLimit beyond 64 KB.
  Task<Result<std::string>> getPreferences(AccountId id);
  Task<Result<>> setPreferences(AccountId id, std::string json);

  // Removes expired sessions, links and tokens; for the hourly round.
  Task<Result<>> sweep();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace allmende::accounts
