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
constexpr double kMostUnits = 1e6;    // that are given at once

std::optional<std::string> textOf(const std::optional<GroupId>& group) { return group ? std::optional(group->text()) : std::nullopt; }

UsageEntry entryOf(const store::Row& row) {
  return {.account = AccountId::parse(row.text(0)).value_or(AccountId{}),
      .runtime = row.findText(1),
      .tier = row.text(2),
      .began = row.instant(3),
      .ended = row.instant(4),
      .milliunits = row.number(5),
      .cpuMs = row.number(6),
      .paidBy = row.findText(8) ? GroupId::parse(*row.findText(8)).value_or(GroupId{}) : std::optional<GroupId>(),
      .reason = row.text(7)};
}

Result<> insert(store::Transaction& on, const UsageEntry& entry) {
  TRY(
      on.change("INSERT INTO usage_entries (account_id, runtime_id, tier, began_at, ended_at, milliunits, cpu_ms, reason, group_id) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
          {entry.account.text(), entry.runtime, entry.tier, entry.began, entry.ended, entry.milliunits, entry.cpuMs, entry.reason,
              textOf(entry.paidBy)}));
  return {};
}

Result<> checkReason(const std::string& reason) {
  if (!reason.empty() && reason.size() <= kLongestReason) return {};
  return fail(Code::InvalidInput, "a reason of 1 to {} bytes is needed; the person can read it", kLongestReason);
}

}  // namespace

// ---- tiers ----

Task<Result<std::vector<Grant>>> Ledger::grantsOf(AccountId of) {
  CO_TRY(const auto groups, co_await groups_.idsOf(of));
  store::Values subjects{of.text()};
  for (const auto& group : groups) subjects.emplace_back(group.text());
  const auto places = store::placesFor(subjects.size());
  CO_TRY(const auto rows,
      co_await database_.query(fmt::format("SELECT subject, tier, granted_at, expires_at, reason, milliunits FROM tier_grants WHERE id IN "
                                           "(SELECT MAX(id) FROM tier_grants WHERE subject IN ({}) GROUP BY subject)",
                                   places),
          std::move(subjects)));
  std::vector<Grant> grants;
  for (const auto& row : rows) {
    Grant grant{.tier = row.text(1),
        .grantedAt = row.instant(2),
        .expiresAt = row.findInstant(3),
        .reason = row.text(4),
        .group = {},
        .budget = {}};
    if ((grant.expiresAt && *grant.expiresAt <= clock_.now()) || book_.find(grant.tier) == nullptr) continue;
    if (auto group = GroupId::parse(row.text(0))) grant.group = *std::move(group);
    if (!row.isNull(5)) grant.budget = static_cast<double>(row.number(5)) / kMilliunits;
    grants.push_back(std::move(grant));
  }
  const auto rank = [&](const Grant& grant) { return std::tuple(!grant.group, book_.find(grant.tier)->weight, grant.grantedAt); };
  std::ranges::sort(grants, std::greater<>(), rank);
  co_return grants;
}

Task<Result<Standing>> Ledger::findStanding(AccountId of) {
  Standing standing{.tier = book_.free(), .grant = {}, .balance = {}};
  CO_TRY(auto grants, co_await grantsOf(of));
  for (auto& grant : grants) {
    standing.budgetUsed = 0;
    if (grant.budget) {
      CO_TRY(const auto used, co_await database_.query("SELECT CAST(COALESCE(SUM(milliunits), 0) AS BIGINT) FROM usage_entries "
                                                       "WHERE group_id = ? AND ended_at > ?",
                                  {grant.group->text(), grant.grantedAt}));
      standing.budgetUsed = static_cast<double>(used.front().number(0)) / kMilliunits;
      if (standing.budgetUsed >= *grant.budget) continue;
    }
    standing.grant = std::move(grant);
    break;
  }
  if (standing.grant) standing.tier = *book_.find(standing.grant->tier);
  co_return standing;
}

Task<Result<Standing>> Ledger::standingOf(AccountId of) {
  CO_TRY(auto standing, co_await findStanding(of));
  CO_TRY(standing.balance, co_await balance(std::move(of), standing.tier, standing.paidBy()));
  co_return standing;
}

Task<Result<Tier>> Ledger::tierOf(AccountId of) {
  CO_TRY(auto standing, co_await findStanding(std::move(of)));
  co_return std::move(standing.tier);
}

Task<Result<>> Ledger::grant(AccountId to, std::string tier, std::optional<Instant> expiresAt, std::string reason, std::string by) {
  co_return co_await add(to.text(),
      {.tier = std::move(tier), .grantedAt = clock_.now(), .expiresAt = expiresAt, .reason = std::move(reason), .group = {}, .budget = {}},
      std::move(by));
}

Task<Result<>> Ledger::grantOnce(
    std::string order, AccountId to, std::string tier, std::optional<Instant> expiresAt, std::string reason, std::string by) {
  co_return co_await add(to.text(),
      {.tier = std::move(tier), .grantedAt = clock_.now(), .expiresAt = expiresAt, .reason = std::move(reason), .group = {}, .budget = {}},
      std::move(by), std::move(order));
}

Task<Result<>> Ledger::grantGroup(
    GroupId to, std::string tier, std::optional<Instant> expiresAt, std::optional<double> budget, std::string reason, std::string by) {
  if (budget && !(*budget > 0 && *budget <= kMostUnits))
    co_return fail(Code::InvalidInput, "a budget has more than 0 and at most {} compute units, not {}", kMostUnits, *budget);
  CO_TRY(co_await groups_.titleOf(to));
  co_return co_await add(to.text(),
      {.tier = std::move(tier),
          .grantedAt = clock_.now(),
          .expiresAt = expiresAt,
          .reason = std::move(reason),
          .group = to,
          .budget = budget},
      std::move(by));
}

Task<Result<>> Ledger::add(std::string subject, Grant grant, std::string by, std::optional<std::string> order) {
  if (book_.find(grant.tier) == nullptr) {
    std::vector<std::string> names;
    for (const auto& [name, known] : book_.all()) names.push_back(name);
    co_return fail(Code::NotFound, "there is no tier '{}'; there are {}", grant.tier.substr(0, 64), fmt::join(names, ", "));
  }
  CO_TRY(checkReason(grant.reason));
  if (grant.expiresAt && *grant.expiresAt <= grant.grantedAt)
    co_return fail(Code::InvalidInput, "the grant would have ended at {} already", formatUtc(*grant.expiresAt));
  boost::json::object detail{{"tier", grant.tier}, {"reason", grant.reason}, {"by", by}};
  if (grant.expiresAt) detail["expires_at"] = formatUtc(*grant.expiresAt);
  if (grant.budget) detail["units"] = *grant.budget;
  if (order) detail["order"] = *order;
  const auto event = journal_.make(journal::kTierGranted, {subject}, std::move(detail));
  const auto milliunits = grant.budget ? std::optional<std::int64_t>(std::llround(*grant.budget * kMilliunits)) : std::nullopt;
  co_return co_await database_.transaction([=](store::Transaction& on) -> Result<> {
    if (order) {
      TRY(const auto known, on.query("SELECT id FROM tier_orders WHERE id = ?", {*order}));
      if (!known.empty()) return {};
      TRY(on.change("DELETE FROM tier_orders WHERE made_at < ?", {grant.grantedAt - kOrdersKept}));
      TRY(on.change("INSERT INTO tier_orders (id, made_at) VALUES (?, ?)", {*order, grant.grantedAt}));
    }
    TRY(on.change("INSERT INTO tier_grants (subject, tier, granted_at, expires_at, reason, milliunits) VALUES (?, ?, ?, ?, ?, ?)",
        {subject, grant.tier, grant.grantedAt, grant.expiresAt, grant.reason, milliunits}));
    return journal::Journal::write(on, event);
  });
}

// ---- use ----

Task<Result<>> Ledger::write(UsageEntry entry) {
  co_return co_await database_.transaction([entry = std::move(entry)](store::Transaction& on) { return insert(on, entry); });
}

Task<Result<>> Ledger::correct(AccountId of, double units, std::string reason, std::string by) {
  co_return co_await give(std::move(of), units, std::move(reason), std::nullopt, std::move(by));
}

Task<Result<>> Ledger::give(AccountId of, double units, std::string reason, std::optional<GroupId> paidBy, std::string by) {
  CO_TRY(checkReason(reason));
  if (!(std::abs(units) <= kMostUnits) || units == 0)
    co_return fail(Code::InvalidInput, "{} units cannot be given; allowed are {} to {}, but not 0", units, -kMostUnits, kMostUnits);
  CO_TRY(const auto tier, co_await tierOf(of));
  const auto now = clock_.now();
  const UsageEntry entry{.account = of,
      .runtime = {},
      .tier = tier.name,
      .began = now,
      .ended = now,
      .milliunits = -std::llround(units * kMilliunits),
      .cpuMs = 0,
      .paidBy = std::move(paidBy),
      .reason = reason};
  const auto event = journal_.make(journal::kUsageCorrected, {of.text()}, {{"units", units}, {"reason", reason}, {"by", by}});
  co_return co_await database_.transaction([entry, event](store::Transaction& on) -> Result<> {
    TRY(insert(on, entry));
    return journal::Journal::write(on, event);
  });
}

Task<Result<double>> Ledger::refund(AccountId of, std::string runtime, std::string reason) {
  CO_TRY(const auto rows, co_await database_.query("SELECT group_id, CAST(SUM(milliunits) AS BIGINT) FROM usage_entries "
                                                   "WHERE account_id = ? AND runtime_id = ? GROUP BY group_id",
                              {of.text(), runtime}));
  double all = 0;
  for (const auto& row : rows) {
    const auto units = static_cast<double>(row.number(1)) / kMilliunits;
    if (units <= 0) continue;
    std::optional<GroupId> paidBy;
    if (const auto group = row.findText(0)) {
      CO_TRY(paidBy, GroupId::parse(*group));
    }
    CO_TRY(co_await give(of, units, reason, std::move(paidBy), "policy"));
    all += units;
  }
  co_return all;
}

Task<Result<std::optional<Ledger::Counted>>> Ledger::findCounted(std::string runtime) {
  CO_TRY(const auto rows,
      co_await database_.query("SELECT MAX(ended_at), CAST(SUM(cpu_ms) AS BIGINT) FROM usage_entries WHERE runtime_id = ?", {runtime}));
  if (rows.empty() || rows[0].isNull(0)) co_return std::nullopt;
  co_return Counted{.to = rows[0].instant(0), .cpuMs = rows[0].number(1)};
}

Task<Result<Balance>> Ledger::balance(AccountId of, Tier tier, std::optional<GroupId> paidBy) {
  Balance balance{.units = tier.units};
  const auto since = clock_.now().time_since_epoch() / tier.period * tier.period;
  balance.since = Instant{since};
  balance.refillsAt = balance.since + tier.period;
  CO_TRY(const auto rows, co_await database_.query("SELECT CAST(COALESCE(SUM(milliunits), 0) AS BIGINT) FROM usage_entries "
                                                   "WHERE account_id = ? AND ended_at > ? AND COALESCE(group_id, '') = ?",
                              {of.text(), balance.since, textOf(paidBy).value_or("")}));
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
      co_await database_.query(
          "SELECT account_id, runtime_id, tier, began_at, ended_at, milliunits, cpu_ms, reason, group_id FROM usage_entries "
          "WHERE account_id = ? AND ended_at > ? ORDER BY id DESC LIMIT ?",
          {of.text(), since, most}));
  std::vector<UsageEntry> entries;
  for (const auto& row : rows) entries.push_back(entryOf(row));
  co_return entries;
}

Task<Result<>> Ledger::keepPause(std::optional<std::string> why) {
  co_return co_await database_.transaction([why = std::move(why)](store::Transaction& on) -> Result<> {
    TRY(on.change("DELETE FROM admission_pause"));
    if (!why) return {};
    TRY(on.change("INSERT INTO admission_pause (id, why) VALUES (1, ?)", {*why}));
    return {};
  });
}

Task<Result<std::optional<std::string>>> Ledger::findPause() {
  CO_TRY(const auto rows, co_await database_.query("SELECT why FROM admission_pause"));
  if (rows.empty()) co_return std::nullopt;
  co_return rows.front().text(0);
}

}  // namespace allmende::quota
