#include "server/quota/ledger.h"

#include <algorithm>
#include <cmath>

#include "server/quota/fair_queue.h"

namespace allmende::quota {
namespace {

constexpr Duration kHalfLife = FairQueue::kHalfLife;
constexpr Duration kRememberedUse = kHalfLife * 7;  // what is older counts less than a hundredth
constexpr std::size_t kLongestReason = 500;
constexpr double kMilliunits = 1000;  // in a compute unit

UsageEntry entryOf(const store::Row& row) {
  return {.account = AccountId::parse(row.text(0)).value_or(AccountId{}),
      .runtime = row.findText(1),
      .tier = row.text(2),
      .began = row.instant(3),
      .ended = row.instant(4),
      .milliunits = row.number(5),
      .cpuMs = row.number(6),
      .reason = row.text(7)};
}

Result<> insert(store::Transaction& on, const UsageEntry& entry) {
  TRY(
      on.change("INSERT INTO usage_entries (account_id, runtime_id, tier, began_at, ended_at, milliunits, cpu_ms, reason) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
          {entry.account.text(), entry.runtime, entry.tier, entry.began, entry.ended, entry.milliunits, entry.cpuMs, entry.reason}));
  return {};
}

Result<> checkReason(const std::string& reason) {
  if (!reason.empty() && reason.size() <= kLongestReason) return {};
  return fail(Code::InvalidInput, "a reason of 1 to {} bytes is needed; the person can read it", kLongestReason);
}

}  // namespace

// ---- tiers ----

Task<Result<std::optional<Grant>>> Ledger::findGrant(AccountId of) {
  CO_TRY(const auto rows, co_await database_.query("SELECT tier, granted_at, expires_at, reason FROM tier_grants WHERE account_id = ? "
                                                   "ORDER BY id DESC LIMIT 1",
                              {of.text()}));
  if (rows.empty()) co_return std::nullopt;
  Grant grant{.tier = rows[0].text(0), .grantedAt = rows[0].instant(1), .expiresAt = rows[0].findInstant(2), .reason = rows[0].text(3)};
  if (grant.expiresAt && *grant.expiresAt <= clock_.now()) co_return std::nullopt;
  co_return grant;
}

Task<Result<Tier>> Ledger::tierOf(AccountId of) {
  CO_TRY(const auto grant, co_await findGrant(of));
  const auto* tier = grant ? book_.find(grant->tier) : nullptr;
  co_return tier == nullptr ? book_.free() : *tier;
}

Task<Result<>> Ledger::grant(AccountId to, std::string tier, std::optional<Instant> expiresAt, std::string reason) {
  if (book_.find(tier) == nullptr) {
    std::vector<std::string> names;
    for (const auto& [name, known] : book_.all()) names.push_back(name);
    co_return fail(Code::NotFound, "there is no tier '{}'; there are {}", tier.substr(0, 64), fmt::join(names, ", "));
  }
  CO_TRY(checkReason(reason));
  const auto now = clock_.now();
  if (expiresAt && *expiresAt <= now) co_return fail(Code::InvalidInput, "the grant would have ended at {} already", formatUtc(*expiresAt));
  boost::json::object detail{{"tier", tier}, {"reason", reason}};
  if (expiresAt) detail["expires_at"] = formatUtc(*expiresAt);
  const auto event = journal_.make(journal::kTierGranted, {to.text()}, std::move(detail));
  co_return co_await database_.transaction([to, tier, expiresAt, reason, now, event](store::Transaction& on) -> Result<> {
    TRY(on.change("INSERT INTO tier_grants (account_id, tier, granted_at, expires_at, reason) VALUES (?, ?, ?, ?, ?)",
        {to.text(), tier, now, expiresAt ? store::Value(*expiresAt) : store::Value(std::nullopt), reason}));
    return journal::Journal::write(on, event);
  });
}

// ---- use ----

Task<Result<>> Ledger::write(UsageEntry entry) {
  co_return co_await database_.transaction([entry = std::move(entry)](store::Transaction& on) { return insert(on, entry); });
}

Task<Result<>> Ledger::correct(AccountId of, double units, std::string reason) {
  CO_TRY(checkReason(reason));
  constexpr double kMost = 1e6;
  if (!(std::abs(units) <= kMost) || units == 0)
    co_return fail(Code::InvalidInput, "{} units cannot be given; allowed are {} to {}, but not 0", units, -kMost, kMost);
  CO_TRY(const auto tier, co_await tierOf(of));
  const auto now = clock_.now();
  const UsageEntry entry{.account = of,
      .runtime = {},
      .tier = tier.name,
      .began = now,
      .ended = now,
      .milliunits = -std::llround(units * kMilliunits),
      .cpuMs = 0,
      .reason = reason};
  const auto event = journal_.make(journal::kUsageCorrected, {of.text()}, {{"units", units}, {"reason", reason}});
  co_return co_await database_.transaction([entry, event](store::Transaction& on) -> Result<> {
    TRY(insert(on, entry));
    return journal::Journal::write(on, event);
  });
}

Task<Result<double>> Ledger::refund(AccountId of, std::string runtime, std::string reason) {
  CO_TRY(const auto rows, co_await database_.query("SELECT CAST(COALESCE(SUM(milliunits), 0) AS BIGINT) FROM usage_entries "
                                                   "WHERE account_id = ? AND runtime_id = ?",
                              {of.text(), runtime}));
  const auto units = static_cast<double>(rows.front().number(0)) / kMilliunits;
  if (units <= 0) co_return 0;
  CO_TRY(co_await correct(std::move(of), units, std::move(reason)));
  co_return units;
}

Task<Result<std::optional<Ledger::Counted>>> Ledger::findCounted(std::string runtime) {
  CO_TRY(const auto rows,
      co_await database_.query("SELECT MAX(ended_at), CAST(SUM(cpu_ms) AS BIGINT) FROM usage_entries WHERE runtime_id = ?", {runtime}));
  if (rows.empty() || rows[0].isNull(0)) co_return std::nullopt;
  co_return Counted{.to = rows[0].instant(0), .cpuMs = rows[0].number(1)};
}

Task<Result<Balance>> Ledger::balance(AccountId of, Tier tier) {
  Balance balance{.units = tier.units};
  const auto since = clock_.now().time_since_epoch() / tier.period * tier.period;
  balance.since = Instant{since};
  balance.refillsAt = balance.since + tier.period;
  CO_TRY(const auto rows, co_await database_.query("SELECT CAST(COALESCE(SUM(milliunits), 0) AS BIGINT) FROM usage_entries "
                                                   "WHERE account_id = ? AND ended_at > ?",
                              {of.text(), balance.since}));
  balance.used = static_cast<double>(rows.at(0).number(0)) / kMilliunits;
  co_return balance;
}

Task<Result<double>> Ledger::usedLately(AccountId of) {
  const auto now = clock_.now();
  CO_TRY(const auto rows, co_await database_.query("SELECT ended_at, milliunits FROM usage_entries WHERE account_id = ? AND ended_at > ?",
                              {of.text(), now - kRememberedUse}));
  double used = 0;
  for (const auto& row : rows) {
    const auto age = std::chrono::duration<double>(now - row.instant(0)) / std::chrono::duration<double>(kHalfLife);
    used += static_cast<double>(row.number(1)) / kMilliunits * std::exp2(-std::max(0.0, age));
  }
  co_return std::max(0.0, used);
}

Task<Result<std::vector<Ledger::Day>>> Ledger::days(AccountId of, int count) {
  constexpr Duration kDay = 24h;
  const auto today = Instant{clock_.now().time_since_epoch() / kDay * kDay};
  std::vector<Day> days;
  for (int back = count - 1; back >= 0; --back) days.push_back({.begins = today - kDay * back, .units = 0});
  CO_TRY(const auto rows, co_await database_.query("SELECT ended_at / 86400000, CAST(SUM(milliunits) AS BIGINT) FROM usage_entries "
                                                   "WHERE account_id = ? AND ended_at >= ? AND runtime_id IS NOT NULL GROUP BY 1",
                              {of.text(), days.front().begins}));
  for (const auto& row : rows) {
    const auto found = std::ranges::find(days, Instant{kDay * row.number(0)}, &Day::begins);
    if (found != days.end()) found->units = static_cast<double>(row.number(1)) / kMilliunits;
  }
  co_return days;
}

Task<Result<std::vector<UsageEntry>>> Ledger::list(AccountId of, Instant since, int most) {
  CO_TRY(const auto rows,
      co_await database_.query("SELECT account_id, runtime_id, tier, began_at, ended_at, milliunits, cpu_ms, reason FROM usage_entries "
                               "WHERE account_id = ? AND ended_at > ? ORDER BY id DESC LIMIT ?",
          {of.text(), since, most}));
  std::vector<UsageEntry> entries;
  for (const auto& row : rows) entries.push_back(entryOf(row));
  co_return entries;
}

}  // namespace allmende::quota
