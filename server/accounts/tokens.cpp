// Accounts: API tokens and the callers behind them.

#include "server/accounts/accounts_impl.h"
#include "server/accounts/rules.h"

namespace allmende::accounts {
namespace {

constexpr std::int64_t kMostTokens = 100;  // of one account
constexpr std::int64_t kLongestLife = std::int64_t{10} * 365 * 24 * 3600;
constexpr Duration kUseRefresh = 10min;  // how exactly the last use of a token is known
constexpr std::string_view kSecretPrefix = "alm_";

Result<Token> tokenOf(const store::Row& row) {
  TRY(auto id, TokenId::parse(row.text(0)));
  return Token{id, row.text(1), namesOf(storedScopes(row.text(2))), row.instant(3), row.findInstant(4), row.findInstant(5)};
}

Result<ScopeSet> wantedScopes(const Caller& by, const TokenWish& wish) {
  auto scopes = by.scopes;
  scopes.remove(Scope::Administer);
  if (!wish.scopes) return scopes;
  TRY(scopes, parseScopes(*wish.scopes));
  if (scopes.isEmpty()) return fail(Code::InvalidInput, "a token needs at least one scope; leave scopes out for all but administer");
  for (const auto& line : kScopes)
    if (scopes.has(line.scope) && !by.scopes.has(line.scope))
      return fail(Code::Denied, "a token can do no more than who makes it: {} does not have the scope {}", by.name, line.name);
  return scopes;
}

}  // namespace

Task<Result<NewToken>> Accounts::createToken(Caller by, TokenWish wish) {
  if (!checkDisplayName(wish.name)) co_return fail(Code::InvalidInput, "a token's name has 1 to 100 characters and no line breaks");
  CO_TRY(auto scopes, wantedScopes(by, wish));
  if (wish.expiresInS && (*wish.expiresInS < 1 || *wish.expiresInS > kLongestLife))
    co_return fail(Code::InvalidInput, "expires_in_s must be 1 to {} seconds (10 years), not {}", kLongestLife, *wish.expiresInS);
  const auto now = impl_->clock.now();
  std::optional<Instant> expiresAt;
  if (wish.expiresInS) expiresAt = now + std::chrono::seconds(*wish.expiresInS);
  NewToken made{{TokenId::make(), wish.name, namesOf(scopes), now, expiresAt, {}}, std::string(kSecretPrefix) + makeSecret()};
  auto event = impl_->journal.make(journal::kTokenCreated, {by.account.text(), made.token.id.text()}, {{"name", wish.name}});
  CO_TRY(co_await impl_->database.transaction(
      [made, by, hash = hashOf(made.secret), scopes = textOf(scopes), event](store::Transaction& on) -> Result<> {
        TRY(auto count, on.query("SELECT COUNT(*) FROM tokens WHERE account_id = ?", {by.account.text()}));
        if (count[0].number(0) >= kMostTokens)
          return fail(Code::OverLimit, "an account can have {} API tokens; revoke one that is no longer used", kMostTokens);
        const auto& token = made.token;
        TRY(on.change("INSERT INTO tokens (id, secret_hash, account_id, name, scopes, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
            {token.id.text(), hash, by.account.text(), token.name, scopes, token.createdAt, token.expiresAt}));
        return journal::Journal::write(on, event);
      }));
  co_return made;
}

Task<Result<std::vector<Token>>> Accounts::listTokens(AccountId id) {
  CO_TRY(auto rows, co_await impl_->database.query("SELECT id, name, scopes, created_at, expires_at, last_used_at FROM tokens "
                                                   "WHERE account_id = ? ORDER BY created_at DESC, id",
                        {id.text()}));
  std::vector<Token> tokens;
  for (const auto& row : rows) {
    CO_TRY(auto token, tokenOf(row));
    tokens.push_back(std::move(token));
  }
  co_return tokens;
}

Task<Result<>> Accounts::revokeToken(AccountId id, TokenId token) {
  auto event = impl_->journal.make(journal::kTokenRevoked, {id.text(), token.text()});
  CO_TRY(auto hash, co_await impl_->database.transaction([id, token, event](store::Transaction& on) -> Result<std::string> {
    TRY(auto rows, on.query("DELETE FROM tokens WHERE id = ? AND account_id = ? RETURNING secret_hash", {token.text(), id.text()}));
    if (rows.empty()) return fail(Code::NotFound, "there is no API token {}", token.text());
    TRY(journal::Journal::write(on, event));
    return rows[0].text(0);
  }));
  impl_->known.forget(hash);
  co_return Result<>{};
}

std::optional<Caller> Accounts::findKnownCaller(const std::string& secret) const { return impl_->known.find(hashOf(secret)); }

Task<Result<Caller>> Accounts::callerByToken(std::string token) {
  const auto hash = hashOf(token);
  if (auto known = impl_->known.find(hash)) co_return *std::move(known);
  if (!token.starts_with(kSecretPrefix))
    co_return fail(Code::Unauthenticated, "this is no API token of Allmende; one begins with {}", kSecretPrefix);
  const auto mark = impl_->known.mark();
  const auto now = impl_->clock.now();
  struct Read {
    Caller caller;
    std::optional<Instant> expiresAt;
  };
  CO_TRY(auto read, co_await impl_->database.transaction([hash, now](store::Transaction& on) -> Result<Read> {
    TRY(auto rows, on.query("SELECT t.scopes, t.expires_at, t.last_used_at, a.id, a.name, a.admin, a.closed_at FROM tokens t "
                            "JOIN accounts a ON a.id = t.account_id WHERE t.secret_hash = ?",
                       {hash}));
    if (rows.empty()) return fail(Code::Unauthenticated, "this API token is unknown or was revoked; make a new one");
    const auto& row = rows[0];
    if (!row.isNull(6)) return fail(Code::Unauthenticated, "the account of this API token is closed");
    const auto expiresAt = row.findInstant(1);
    if (expiresAt && *expiresAt <= now)
      return fail(Code::Unauthenticated, "this API token expired at {}; make a new one", formatUtc(*expiresAt));
    if (row.isNull(2) || now - row.instant(2) >= kUseRefresh) {
      TRY(on.change("UPDATE tokens SET last_used_at = ? WHERE secret_hash = ?", {now, hash}));
    }
    TRY(auto id, AccountId::parse(row.text(3)));
    auto scopes = storedScopes(row.text(0));
    if (!row.flag(5)) scopes.remove(Scope::Administer);
    return Read{{id, row.text(4), scopes, ShownBy::Token}, expiresAt};
  }));
  impl_->known.keep(hash, read.caller, read.expiresAt, mark);
  co_return read.caller;
}

}  // namespace allmende::accounts
