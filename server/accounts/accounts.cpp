#include "server/accounts/accounts.h"

#include "lib/base/json.h"
#include "server/accounts/accounts_impl.h"
#include "server/accounts/rules.h"

namespace allmende::accounts {
namespace {

constexpr std::size_t kLongestReason = 500;
constexpr std::string_view kErased = "Deleted account";
const std::string kErasedName = "deleted:";  // no name that somebody can choose has a colon

}  // namespace

Account accountOf(const store::Row& row) {
  auto id = AccountId::parse(row.text(0));
  check(id.has_value(), "the accounts table holds account ids");
  // PostgreSQL writes a truth as t, SQLite as 1.
  const bool hasPassword = row.text(7) == "1" || row.text(7) == "t";
  return {*id, row.text(1), row.text(2), row.flag(3), row.text(4), row.text(5), row.instant(6), hasPassword, row.findInstant(8)};
}

Result<Account> readAccount(store::Transaction& on, const AccountId& id) {
  TRY(auto rows, on.query(fmt::format("{} WHERE id = ?", kAccountColumns), {id.text()}));
  if (rows.empty()) return fail(Code::NotFound, "there is no account {}", id.text());
  return accountOf(rows[0]);
}

ScopeSet scopesOf(bool admin) {
  auto scopes = ScopeSet::all();
  if (!admin) scopes.remove(Scope::Administer);
  return scopes;
}

Result<> Caller::require(Scope scope) const {
  if (scopes.has(scope)) return {};
  if (shownBy == ShownBy::Token) return fail(Code::Denied, "this needs the scope {}, which the API token does not have", nameOf(scope));
  return fail(Code::Denied, "this needs the scope {}, which {} does not have", nameOf(scope), name);
}

Accounts::Accounts(store::Database& database, journal::Journal& journal, const Clock& clock, PasswordCost cost)
    : impl_(std::make_unique<Impl>(database, journal, clock, cost)) {}
Accounts::~Accounts() = default;

Task<Result<Account>> Accounts::create(NewAccount wish) {
  if (wish.displayName.empty()) wish.displayName = wish.name;
  CO_TRY(checkName(wish.name));
  CO_TRY(checkDisplayName(wish.displayName));
  std::optional<std::string> hash;
  if (wish.password) {
    CO_TRY(checkPassword(*wish.password));
    CO_TRY(hash, co_await impl_->passwords.hash(*wish.password));
  }
  Account account{AccountId::make(), wish.name, wish.displayName, wish.admin, "", "", impl_->clock.now(), hash.has_value()};
  auto event = impl_->journal.make(journal::kAccountCreated, {account.id.text()}, {{"name", account.name}, {"admin", account.admin}});
  auto created = co_await impl_->database.transaction([account, hash, event](store::Transaction& on) -> Result<Account> {
    TRY(
        on.change("INSERT INTO accounts (id, name, display_name, admin, locale, theme, preferences, password_hash, created_at) "
                  "VALUES (?, ?, ?, ?, '', '', '{}', ?, ?)",
            {account.id.text(), account.name, account.displayName, account.admin, hash, account.createdAt}));
    TRY(journal::Journal::write(on, event));
    return account;
  });
  if (!created && created.error().code == Code::Conflict)
    co_return fail(Code::Conflict, "there is an account named '{}' already; choose another name", wish.name);
  co_return created;
}

Task<Result<Account>> Accounts::get(AccountId id) {
  co_return co_await impl_->database.transaction([id](store::Transaction& on) { return readAccount(on, id); });
}

Task<Result<std::optional<Account>>> Accounts::find(std::string name) {
  CO_TRY(auto rows, co_await impl_->database.query(fmt::format("{} WHERE name = ?", kAccountColumns), {normalName(name)}));
  if (rows.empty()) co_return std::nullopt;
  co_return accountOf(rows[0]);
}

Task<Result<Account>> Accounts::named(std::string name) {
  CO_TRY(auto found, co_await find(name));
  if (!found) co_return fail(Code::NotFound, "there is no account '{}'", name.substr(0, 64));
  co_return *std::move(found);
}

Task<Result<std::vector<Account>>> Accounts::list() {
  CO_TRY(auto rows, co_await impl_->database.query(fmt::format("{} WHERE erased_at IS NULL ORDER BY name", kAccountColumns)));
  std::vector<Account> accounts;
  for (const auto& row : rows) accounts.push_back(accountOf(row));
  co_return accounts;
}

Task<Result<Accounts::Found>> Accounts::search(std::string words, std::string after, std::int64_t most) {
  if (most < 1 || most > kMostFound) co_return fail(Code::InvalidInput, "limit is {}; allowed are 1 to {}", most, kMostFound);
  std::string pattern = "%";
  for (const char c : words) {
    if (c == '%' || c == '_' || c == '\\') pattern += '\\';
    pattern += c;
  }
  pattern += '%';
  constexpr std::string_view kMatches =
      "erased_at IS NULL AND (LOWER(name) LIKE LOWER(?) ESCAPE '\\' OR LOWER(display_name) LIKE LOWER(?) ESCAPE '\\')";
  co_return co_await impl_->database.transaction([=](store::Transaction& on) -> Result<Found> {
    TRY(const auto rows, on.query(fmt::format("{} WHERE {} AND name > ? ORDER BY name LIMIT ?", kAccountColumns, kMatches),
                             {pattern, pattern, after, most}));
    TRY(const auto count, on.query(fmt::format("SELECT COUNT(*) FROM accounts WHERE {}", kMatches), {pattern, pattern}));
    Found found{.accounts = {}, .all = count.front().number(0)};
    for (const auto& row : rows) found.accounts.push_back(accountOf(row));
    return found;
  });
}

Task<Result<Account>> Accounts::change(AccountId id, AccountChange change) {
  CO_TRY(checkChange(change));
  auto event = impl_->journal.make(journal::kAccountChanged, {id.text()});
  co_return co_await impl_->database.transaction([id, change, event](store::Transaction& on) -> Result<Account> {
    TRY(auto account, readAccount(on, id));
    account.displayName = change.displayName.value_or(account.displayName);
    account.locale = change.locale.value_or(account.locale);
    account.theme = change.theme.value_or(account.theme);
    TRY(on.change("UPDATE accounts SET display_name = ?, locale = ?, theme = ? WHERE id = ?",
        {account.displayName, account.locale, account.theme, id.text()}));
    TRY(journal::Journal::write(on, event));
    return account;
  });
}

Task<Result<>> Accounts::close(AccountId id, std::string by, std::string reason) {
  if (reason.empty() || reason.size() > kLongestReason)
    co_return fail(Code::InvalidInput, "a reason of 1 to {} bytes is needed; the person reads it", kLongestReason);
  const auto event = impl_->journal.make(journal::kAccountClosed, {id.text()}, {{"by", by}, {"reason", reason}});
  auto closed = co_await impl_->database.transaction([id, reason, event, now = impl_->clock.now()](store::Transaction& on) -> Result<> {
    TRY(const auto account, readAccount(on, id));
    if (account.closedAt) return fail(Code::Conflict, "the account '{}' is closed already", account.name);
    TRY(const auto others, on.query("SELECT COUNT(*) FROM accounts WHERE admin <> 0 AND closed_at IS NULL AND id <> ?", {id.text()}));
    if (account.admin && others[0].number(0) == 0)
      return fail(Code::Conflict, "'{}' is the last administrator; make another one first", account.name);
    TRY(on.change("UPDATE accounts SET closed_at = ?, closed_because = ? WHERE id = ?", {now, reason, id.text()}));
    TRY(on.change("DELETE FROM sign_in_sessions WHERE account_id = ?", {id.text()}));
    TRY(on.change("DELETE FROM sign_in_links WHERE account_id = ?", {id.text()}));
    return journal::Journal::write(on, event);
  });
  impl_->known.forgetAccount(id);
  co_return closed;
}

Task<Result<>> Accounts::reopen(AccountId id, std::string by) {
  const auto event = impl_->journal.make(journal::kAccountReopened, {id.text()}, {{"by", by}});
  co_return co_await impl_->database.transaction([id, event](store::Transaction& on) -> Result<> {
    TRY(const auto changed, on.change("UPDATE accounts SET closed_at = NULL, closed_because = '' "
                                      "WHERE id = ? AND closed_at IS NOT NULL AND erased_at IS NULL",
                                {id.text()}));
    if (changed == 0) return fail(Code::Conflict, "this account is not closed");
    return journal::Journal::write(on, event);
  });
}

Task<Result<>> Accounts::erase(AccountId id, std::string by) {
  const auto event = impl_->journal.make(journal::kAccountErased, {id.text()}, {{"by", by}});
  co_return co_await impl_->database.transaction([id, event, now = impl_->clock.now()](store::Transaction& on) -> Result<> {
    TRY(const auto account, readAccount(on, id));
    if (!account.closedAt) return fail(Code::Conflict, "the account '{}' is not closed; close it first", account.name);
    TRY(on.change("DELETE FROM tokens WHERE account_id = ?", {id.text()}));
    TRY(
        on.change("UPDATE accounts SET name = ?, display_name = ?, admin = 0, locale = '', theme = '', preferences = '{}', "
                  "password_hash = NULL, closed_because = '', erased_at = ? WHERE id = ?",
            {kErasedName + id.text(), kErased, now, id.text()}));
    return journal::Journal::write(on, event);
  });
}

Task<Result<>> Accounts::changePassword(AccountId id, std::optional<std::string> current, std::string next, std::string keepCookie) {
  CO_TRY(checkPassword(next));
  CO_TRY(auto rows, co_await impl_->database.query("SELECT password_hash FROM accounts WHERE id = ?", {id.text()}));
  if (rows.empty()) co_return fail(Code::NotFound, "there is no account {}", id.text());
  if (const auto stored = rows[0].findText(0)) {
    if (!current) co_return fail(Code::InvalidInput, "the current password is needed to set another one");
    const auto place = "password of " + id.text();  // whoever holds a stolen cookie is slowed down too
    if (const auto wait = impl_->attempts.begin(id.text(), place))
      co_return fail(Code::OverLimit, "the current password was wrong too often; wait {} seconds", wait->count());
    CO_TRY(auto verdict, co_await impl_->passwords.verify(stored, *current));
    if (!verdict.right) co_return fail(Code::Denied, "the current password is wrong");
    impl_->attempts.succeeded(id.text(), place);
  }
  CO_TRY(auto hash, co_await impl_->passwords.hash(next));
  auto event = impl_->journal.make(journal::kPasswordChanged, {id.text()});
  auto done = co_await impl_->database.transaction([id, hash, kept = hashOf(keepCookie), event](store::Transaction& on) -> Result<> {
    TRY(on.change("UPDATE accounts SET password_hash = ? WHERE id = ?", {hash, id.text()}));
    TRY(on.change("DELETE FROM sign_in_sessions WHERE account_id = ? AND cookie_hash <> ?", {id.text(), kept}));
    TRY(on.change("DELETE FROM sign_in_links WHERE account_id = ?", {id.text()}));
    return journal::Journal::write(on, event);
  });
  impl_->known.forgetAccount(id);
  co_return done;
}

Task<Result<std::string>> Accounts::getPreferences(AccountId id) {
  CO_TRY(auto rows, co_await impl_->database.query("SELECT preferences FROM accounts WHERE id = ?", {id.text()}));
  if (rows.empty()) co_return fail(Code::NotFound, "there is no account {}", id.text());
  co_return rows[0].text(0);
}

Task<Result<>> Accounts::setPreferences(AccountId id, std::string json) {
  if (json.size() > kMostPreferences)
    co_return fail(Code::OverLimit, "preferences may have {} bytes of JSON, not {}", kMostPreferences, json.size());
  CO_TRY(auto object, parseJsonObject(json, 32));
  CO_TRY(auto changed,
      co_await impl_->database.change("UPDATE accounts SET preferences = ? WHERE id = ?", {json::serialize(object), id.text()}));
  if (changed == 0) co_return fail(Code::NotFound, "there is no account {}", id.text());
  co_return Result<>{};
}

Task<Result<>> Accounts::sweep() {
  const auto now = impl_->clock.now();
  co_return co_await impl_->database.transaction([now](store::Transaction& on) -> Result<> {
    TRY(on.change("DELETE FROM sign_in_sessions WHERE expires_at <= ?", {now}));
    TRY(on.change("DELETE FROM sign_in_links WHERE expires_at <= ?", {now}));
    TRY(on.change("DELETE FROM tokens WHERE expires_at <= ?", {now}));
    return {};
  });
}

}  // namespace allmende::accounts
