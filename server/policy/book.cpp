#include "server/policy/book.h"

#include <algorithm>

namespace allmende::policy {
namespace {

Result<Version> versionOf(const store::Row& row) {
  TRY(auto source, parseJsonObject(row.text(1)));
  TRY(const auto book, during("reading a rule that was published", RuleBook::of({source})));
  Version version{.number = row.number(0),
      .rule = book.rules().front(),
      .says = {},
      .saysDe = {},
      .source = std::move(source),
      .binding = {.announcedAt = row.instant(2), .bindsAt = row.instant(3), .enforcedAt = row.instant(4)},
      .withdrawnAt = row.findInstant(5)};
  for (const auto& detector : book.detectors()) {
    version.says.push_back(detector.says);
    version.saysDe.push_back(detector.saysDe);
  }
  return version;
}

// What a transaction works on.
struct Wanted {
  std::string rule;
  std::int64_t version = 0;
  std::string fingerprint;
  std::string source;
  Binding binding;
};

Result<> publishOne(store::Transaction& on, const Wanted& wanted, Instant now) {
  TRY(const auto rows,
      on.query(
          "SELECT id, version, fingerprint, binds_at FROM policy_versions WHERE rule = ? AND withdrawn_at IS NULL ORDER BY version DESC",
          {wanted.rule}));
  if (!rows.empty() && rows.front().number(1) == wanted.version && rows.front().text(2) == wanted.fingerprint) return {};
  TRY(const auto last, on.query("SELECT COALESCE(MAX(version), 0) FROM policy_versions WHERE rule = ?", {wanted.rule}));
  if (const auto version = last.front().number(0); wanted.version <= version) {
    return fail(Code::InvalidInput, "the rule {} {} its version {}, which was published; raise its version to {}", wanted.rule,
        rows.empty() ? "was withdrawn with" : "says something else than", version, version + 1);
  }
  // One that was announced and never came into force is superseded.
  for (const auto& row : rows) {
    if (row.instant(3) > now) TRY(on.change("UPDATE policy_versions SET withdrawn_at = ? WHERE id = ?", {now, row.number(0)}));
  }
  TRY(
      on.change("INSERT INTO policy_versions (rule, version, fingerprint, source, announced_at, binds_at, enforced_at) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
          {wanted.rule, wanted.version, wanted.fingerprint, wanted.source, wanted.binding.announcedAt, wanted.binding.bindsAt,
              wanted.binding.enforcedAt}));
  return {};
}

Result<> withdrawOthers(store::Transaction& on, const std::vector<Wanted>& wanted, Instant now) {
  TRY(const auto rows, on.query("SELECT id, rule FROM policy_versions WHERE withdrawn_at IS NULL"));
  for (const auto& row : rows) {
    if (std::ranges::find(wanted, row.text(1), &Wanted::rule) == wanted.end())
      TRY(on.change("UPDATE policy_versions SET withdrawn_at = ? WHERE id = ?", {now, row.number(0)}));
  }
  return {};
}

}  // namespace

Task<Result<>> Book::publish(RuleBook wanted, bool anybodyHere) {
  const auto now = clock_.now();
  std::vector<Wanted> all;
  for (const auto& rule : wanted.rules()) {
    const bool atOnce = !anybodyHere || !rule.emergency.empty();
    const auto binds = atOnce ? now : now + rule.noticePeriod;
    all.push_back({.rule = rule.id,
        .version = rule.version,
        .fingerprint = wanted.fingerprintOf(rule),
        .source = json::serialize(wanted.sourceOf(rule)),
        .binding = {.announcedAt = now, .bindsAt = binds, .enforcedAt = rule.emergency.empty() ? binds + rule.shadow : binds}});
  }
  const auto before = last();
  CO_TRY(co_await database_.transaction([all, now](store::Transaction& on) -> Result<> {
    for (const auto& one : all) TRY(publishOne(on, one, now));
    return withdrawOthers(on, all, now);
  }));
  CO_TRY(co_await load());
  for (const auto& version : versions_) {
    if (version.number > before && version.binding.announcedAt == now)
      CO_TRY(co_await journal_.record(journal::kRulePublished, {}, {{"rule", version.rule.id}, {"version", version.rule.version}}));
  }
  co_return Result<>{};
}

Task<Result<>> Book::load() {
  CO_TRY(
      const auto rows, co_await database_.query(
                           "SELECT id, source, announced_at, binds_at, enforced_at, withdrawn_at FROM policy_versions ORDER BY id DESC"));
  std::vector<Version> versions;
  for (const auto& row : rows) {
    CO_TRY(versions.emplace_back(), versionOf(row));
  }
  versions_ = std::move(versions);
  CO_TRY(refresh());
  co_return Result<>{};
}

Result<bool> Book::refresh() {
  const auto now = clock_.now();
  std::vector<const Version*> holding;
  for (const auto& version : versions_) {  // the newest of a rule comes first
    if (!version.isInForce(now)) continue;
    if (std::ranges::none_of(holding, [&](const auto* other) { return other->rule.id == version.rule.id; })) holding.push_back(&version);
  }
  std::vector<std::int64_t> numbers;
  std::vector<json::object> sources;
  Bindings bindings;
  for (const auto* version : holding) {
    numbers.push_back(version->number);
    sources.push_back(version->source);
    bindings.emplace(version->rule.id, version->binding);
  }
  if (numbers == numbersInForce_) return false;
  TRY(inForce_, RuleBook::of(sources));
  bindings_ = std::move(bindings);
  numbersInForce_ = std::move(numbers);
  return true;
}

Task<Result<>> Book::accept(AccountId who, std::int64_t upTo) {
  if (upTo < 1 || upTo > last()) co_return fail(Code::InvalidInput, "there is no version {} of the rules; the last is {}", upTo, last());
  const auto now = clock_.now();
  const auto event = journal_.make(journal::kRulesAccepted, {who.text()}, {{"up_to", upTo}});
  co_return co_await database_.transaction([who, upTo, now, event](store::Transaction& on) -> Result<> {
    TRY(const auto added, on.change("INSERT INTO policy_acceptances (account_id, last_version, accepted_at) VALUES (?, ?, ?) "
                                    "ON CONFLICT (account_id, last_version) DO NOTHING",
                              {who.text(), upTo, now}));
    return added == 0 ? Result<>{} : journal::Journal::write(on, event);
  });
}

Task<Result<std::int64_t>> Book::accepted(AccountId who) {
  CO_TRY(const auto rows,
      co_await database_.query("SELECT COALESCE(MAX(last_version), 0) FROM policy_acceptances WHERE account_id = ?", {who.text()}));
  co_return rows.front().number(0);
}

}  // namespace allmende::policy
