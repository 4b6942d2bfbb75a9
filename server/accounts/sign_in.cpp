// Accounts: signing in and out, and the callers behind cookies.

#include "server/accounts/accounts_impl.h"
#include "server/accounts/rules.h"

namespace allmende::accounts {
namespace {

using Answer = std::expected<SignedIn, SignInFailure>;

constexpr Duration kSessionRefresh = 1h;  // how exactly the last use of a session is known

std::unexpected<SignInFailure> refuse(Error error) { return std::unexpected(SignInFailure{std::move(error), {}}); }

std::unexpected<SignInFailure> askToWait(std::chrono::seconds wait) {
  auto message = fmt::format("too many failed sign-ins; wait {} second{} and try again", wait.count(), wait.count() == 1 ? "" : "s");
  return std::unexpected(SignInFailure{{Code::OverLimit, std::move(message), {}}, wait});
}

struct Found {
  std::optional<AccountId> id;
  std::optional<std::string> hash;
};

Result<Found> foundIn(const store::Rows& rows) {
  if (rows.empty()) return Found{};
  TRY(auto id, AccountId::parse(rows[0].text(0)));
  return Found{id, rows[0].findText(1)};
}

// Why nobody signs in by this account.
std::unexpected<Error> closedFor(store::Transaction& on, const AccountId& id) {
  const auto rows = on.query("SELECT closed_because FROM accounts WHERE id = ?", {id.text()});
  if (!rows || rows->empty()) return fail(Code::Denied, "this account is closed");
  return fail(Code::Denied, "this account is closed: {}", rows->front().text(0));
}

}  // namespace

Task<Answer> Accounts::Impl::openSession(AccountId id, std::string peer, std::string_view how) {
  const auto cookie = makeSecret();
  const auto now = clock.now();
  auto event = journal.make(journal::kSessionOpened, {id.text()}, {{"address", peer}, {"how", how}});
  auto account = co_await database.transaction([id, now, hash = hashOf(cookie), event](store::Transaction& on) -> Result<Account> {
    TRY(auto read, readAccount(on, id));
    if (read.closedAt) return closedFor(on, id);
    TRY(on.change("INSERT INTO sign_in_sessions (cookie_hash, account_id, created_at, used_at, expires_at) VALUES (?, ?, ?, ?, ?)",
        {hash, id.text(), now, now, now + kSessionLifetime}));
    TRY(journal::Journal::write(on, event));
    return read;
  });
  if (!account) co_return refuse(std::move(account).error());
  co_return SignedIn{*std::move(account), cookie};
}

Task<Answer> Accounts::signIn(std::string name, std::string password, std::string peer) {
  name = normalName(name);
  // A name that cannot exist is counted and answered like one that does not.
  const auto counted = checkName(name) ? name : std::string("?");
  if (const auto wait = impl_->attempts.begin(counted, peer)) co_return askToWait(*wait);
  auto rows = co_await impl_->database.query("SELECT id, password_hash FROM accounts WHERE name = ?", {counted});
  if (!rows) co_return refuse(std::move(rows).error());
  auto found = foundIn(*rows);
  if (!found) co_return refuse(std::move(found).error());
  auto verdict = co_await impl_->passwords.verify(found->hash, std::move(password));
  if (!verdict) co_return refuse(std::move(verdict).error());
  if (!verdict->right) {
    std::vector<std::string> subjects;
    if (found->id) subjects.push_back(found->id->text());
    auto recorded = co_await impl_->journal.record(journal::kSignInRefused, std::move(subjects), {{"address", peer}});
    if (!recorded) co_return refuse(std::move(recorded).error());
    co_return refuse({Code::Unauthenticated, "this name and this password do not belong together", {}});
  }
  impl_->attempts.succeeded(counted, peer);
  if (verdict->better) {
    auto kept = co_await impl_->database.change(
        "UPDATE accounts SET password_hash = ? WHERE id = ? AND password_hash = ?", {*verdict->better, found->id->text(), *found->hash});
    if (!kept) co_return refuse(std::move(kept).error());
  }
  co_return co_await impl_->openSession(*found->id, std::move(peer), "password");
}

Task<Answer> Accounts::signInByLink(std::string link, std::string peer) {
  if (const auto wait = impl_->attempts.begin("a link", peer)) co_return askToWait(*wait);
  const auto now = impl_->clock.now();
  auto rows =
      co_await impl_->database.query("DELETE FROM sign_in_links WHERE link_hash = ? RETURNING account_id, expires_at", {hashOf(link)});
  if (!rows) co_return refuse(std::move(rows).error());
  if (rows->empty() || rows->front().instant(1) <= now)
    co_return refuse({Code::Unauthenticated, "this sign-in link has been used or has expired; ask for a new one", {}});
  auto id = AccountId::parse(rows->front().text(0));
  if (!id) co_return refuse(std::move(id).error());
  impl_->attempts.succeeded("a link", peer);
  co_return co_await impl_->openSession(*id, std::move(peer), "link");
}

Task<Result<>> Accounts::signOut(std::string cookie) {
  const auto hash = hashOf(cookie);
  CO_TRY(auto rows, co_await impl_->database.query("DELETE FROM sign_in_sessions WHERE cookie_hash = ? RETURNING account_id", {hash}));
  impl_->known.forget(hash);
  if (rows.empty()) co_return Result<>{};
  co_return co_await impl_->journal.record(journal::kSessionClosed, {rows[0].text(0)});
}

Task<Result<std::string>> Accounts::makeSignInLink(AccountId id, Duration validFor) {
  const auto secret = makeSecret();
  const auto expiresAt = impl_->clock.now() + validFor;
  auto event = impl_->journal.make(journal::kSignInLinkMade, {id.text()});
  CO_TRY(co_await impl_->database.transaction([id, expiresAt, hash = hashOf(secret), event](store::Transaction& on) -> Result<> {
    TRY(const auto account, readAccount(on, id));
    if (account.closedAt) return fail(Code::Conflict, "the account '{}' is closed", account.name);
    TRY(on.change("INSERT INTO sign_in_links (link_hash, account_id, expires_at) VALUES (?, ?, ?)", {hash, id.text(), expiresAt}));
    return journal::Journal::write(on, event);
  }));
  co_return secret;
}

Task<Result<Caller>> Accounts::callerByCookie(std::string cookie) {
  const auto hash = hashOf(cookie);
  if (auto known = impl_->known.find(hash)) co_return *std::move(known);
  const auto mark = impl_->known.mark();
  const auto now = impl_->clock.now();
  struct Read {
    Caller caller;
    Instant expiresAt;
  };
  CO_TRY(auto read, co_await impl_->database.transaction([hash, now](store::Transaction& on) -> Result<Read> {
    TRY(auto rows, on.query("SELECT s.used_at, s.expires_at, a.id, a.name, a.admin FROM sign_in_sessions s "
                            "JOIN accounts a ON a.id = s.account_id WHERE s.cookie_hash = ? AND a.closed_at IS NULL",
                       {hash}));
    if (rows.empty() || rows[0].instant(1) <= now) return fail(Code::Unauthenticated, "you are signed out; sign in again");
    TRY(auto id, AccountId::parse(rows[0].text(2)));
    Read found{{id, rows[0].text(3), scopesOf(rows[0].flag(4)), ShownBy::Cookie}, rows[0].instant(1)};
    if (now - rows[0].instant(0) >= kSessionRefresh) {
      found.expiresAt = now + kSessionLifetime;
      TRY(on.change("UPDATE sign_in_sessions SET used_at = ?, expires_at = ? WHERE cookie_hash = ?", {now, found.expiresAt, hash}));
    }
    return found;
  }));
  impl_->known.keep(hash, read.caller, read.expiresAt, mark);
  co_return read.caller;
}

}  // namespace allmende::accounts
