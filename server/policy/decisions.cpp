#include "server/policy/decisions.h"

#include <algorithm>

namespace allmende::policy {
namespace {

constexpr std::string_view kColumns =
    "d.id, d.account_id, d.runtime_id, d.rule, d.version, d.step, d.shadow, d.evidence, d.decided_at, d.ends_at, d.ended_at, d.ending, "
    "d.answer, d.remark, a.id, a.words, a.made_at, a.outcome, a.answered_at, a.answered_by, a.answer, r.for_ms, r.proposed_by, "
    "r.confirmed_by";
constexpr std::string_view kFrom =
    "policy_decisions d LEFT JOIN policy_appeals a ON a.decision_id = d.id LEFT JOIN policy_restrictions r ON r.decision_id = d.id";
constexpr int kMostListed = 1000;
constexpr std::size_t kLongestRemark = 300;

Result<Decision> decisionOf(const store::Row& row) {
  TRY(auto id, DecisionId::parse(row.text(0)));
  TRY(auto account, AccountId::parse(row.text(1)));
  Decision decision{.id = id,
      .account = account,
      .runtime = row.text(2),
      .rule = row.text(3),
      .version = row.number(4),
      .step = stepNamed(row.text(5)).value_or(Step::Log),
      .shadow = row.flag(6),
      .evidence = {},
      .at = row.instant(8),
      .endsAt = row.findInstant(9),
      .endedAt = row.findInstant(10),
      .ending = row.findText(11).value_or(""),
      .answer = row.findText(12),
      .remark = row.findText(13),
      .appeal = {},
      .restriction = {}};
  if (const auto by = row.findText(22))
    decision.restriction = Decision::Restriction{.lasts = Duration{row.number(21)}, .proposedBy = *by, .confirmedBy = row.findText(23)};
  TRY(const auto evidence, parseJson(row.text(7)));
  TRY(fromJson(evidence, decision.evidence));
  if (const auto appeal = row.findText(14)) {
    TRY(auto appealId, AppealId::parse(*appeal));
    decision.appeal = Appeal{.id = std::move(appealId),
        .decision = std::move(id),
        .account = std::move(account),
        .words = row.text(15),
        .madeAt = row.instant(16),
        .outcome = row.findText(17),
        .answeredAt = row.findInstant(18),
        .answeredBy = row.findText(19),
        .answer = row.findText(20)};
  }
  return decision;
}

Result<std::vector<Decision>> select(store::Transaction& on, std::string_view where, const store::Values& values, int limit) {
  auto all = values;
  all.emplace_back(limit);
  TRY(const auto rows,
      on.query(fmt::format("SELECT {} FROM {} WHERE {} ORDER BY d.decided_at DESC, d.id LIMIT ?", kColumns, kFrom, where), all));
  std::vector<Decision> decisions;
  for (const auto& row : rows) {
    TRY(decisions.emplace_back(), decisionOf(row));
  }
  return decisions;
}

Result<Decision> getOne(store::Transaction& on, const std::optional<AccountId>& of, const DecisionId& id) {
  TRY(auto found, select(on, "d.id = ?", {id.text()}, 1));
  if (found.empty() || (of && (found.front().account != *of || found.front().shadow)))
    return fail(Code::NotFound, "there is no decision {} of yours", id.text());
  return std::move(found.front());
}

Result<> checkWords(std::string_view words, std::size_t longest, std::string_view what) {
  if (words.find_first_not_of(" \t\r\n") == std::string_view::npos) return fail(Code::InvalidInput, "{} needs some words", what);
  if (words.size() > longest) return fail(Code::InvalidInput, "{} has {} bytes; {} at most are taken", what, words.size(), longest);
  return {};
}

json::object detailOf(const Decision& decision) {
  return {{"rule", decision.rule}, {"version", decision.version}, {"step", nameOf(decision.step)}, {"runtime", decision.runtime}};
}

}  // namespace

Task<Result<>> Decisions::record(Decision decision) {
  const auto event = journal_.make(journal::kDecisionMade, {decision.account.text(), decision.id.text()}, detailOf(decision));
  co_return co_await database_.transaction([decision = std::move(decision), event](store::Transaction& on) -> Result<> {
    TRY(
        on.change("INSERT INTO policy_decisions (id, account_id, runtime_id, rule, version, step, shadow, evidence, decided_at, ends_at) "
                  "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            {decision.id.text(), decision.account.text(), decision.runtime, decision.rule, decision.version, nameOf(decision.step),
                decision.shadow, json::serialize(toJson(decision.evidence)), decision.at, decision.endsAt}));
    // Weak evidence is kept and forgotten again; it is nothing that happened to anybody.
    return decision.step == Step::Log || decision.shadow ? Result<>{} : journal::Journal::write(on, event);
  });
}

Task<Result<>> Decisions::end(DecisionId id, std::string ending) {
  const auto now = clock_.now();
  const auto event = journal_.make(journal::kDecisionEnded, {id.text()}, {{"ending", ending}});
  co_return co_await database_.transaction([id, ending, now, event](store::Transaction& on) -> Result<> {
    TRY(const auto changed,
        on.change("UPDATE policy_decisions SET ended_at = ?, ending = ? WHERE id = ? AND ended_at IS NULL", {now, ending, id.text()}));
    return changed == 0 ? Result<>{} : journal::Journal::write(on, event);
  });
}

Task<Result<Decision>> Decisions::get(std::optional<AccountId> of, DecisionId id) {
  co_return co_await database_.transaction([of, id](store::Transaction& on) { return getOne(on, of, id); });
}

Task<Result<std::vector<Decision>>> Decisions::list(DecisionFilter filter) {
  std::string where = "1 = 1";
  store::Values values;
  if (filter.account) {
    where += " AND d.account_id = ?";
    values.emplace_back(filter.account->text());
  }
  if (filter.rule) {
    where += " AND d.rule = ?";
    values.emplace_back(*filter.rule);
  }
  if (!filter.withShadow) where += " AND d.shadow = 0";
  if (filter.openAppeals) where += " AND a.id IS NOT NULL AND a.outcome IS NULL";
  for (auto step = Step::Log; step < filter.least; step = static_cast<Step>(static_cast<int>(step) + 1)) {
    where += " AND d.step <> ?";
    values.emplace_back(nameOf(step));
  }
  const auto limit = std::clamp(filter.limit, 1, kMostListed);
  co_return co_await database_.transaction([where, values, limit](store::Transaction& on) { return select(on, where, values, limit); });
}

Task<Result<Decisions::Record>> Decisions::recordOf(AccountId of) {
  CO_TRY(const auto rows,
      co_await database_.query("SELECT rule, step, decided_at FROM policy_decisions WHERE account_id = ? AND shadow = 0 AND decided_at > ? "
                               "AND step IN ('throttle', 'stop', 'hold') AND (ending IS NULL OR ending NOT IN ('overturned', 'paused'))",
          {of.text(), clock_.now() - kStrikesCount}));
  Record record{.strikes = {}, .seenBefore = !rows.empty()};
  for (const auto& row : rows) {
    if (row.text(1) != "throttle") record.strikes.push_back({row.text(0), row.instant(2)});
  }
  co_return record;
}

Task<Result<std::vector<Decision>>> Decisions::holds() {
  const auto now = clock_.now();
  co_return co_await database_.transaction([now](store::Transaction& on) {
    return select(on, "d.step IN ('hold', 'restrict') AND d.shadow = 0 AND d.ended_at IS NULL AND d.ends_at > ?", {now}, kMostListed);
  });
}

Task<Result<std::vector<Decision>>> Decisions::proposals() {
  co_return co_await database_.transaction([](store::Transaction& on) {
    return select(on, "d.step = 'restrict' AND d.ended_at IS NULL AND d.ends_at IS NULL", {}, kMostListed);
  });
}

Task<Result<>> Decisions::endLeftOver() {
  CO_TRY(
      co_await database_.change("UPDATE policy_decisions SET ended_at = ?, ending = 'lapsed' WHERE ended_at IS NULL AND step NOT IN "
                                "('stop', 'hold', 'restrict')",
          {clock_.now()}));
  co_return Result<>{};
}

Task<Result<>> Decisions::answer(AccountId by, DecisionId id, std::string answer, std::optional<std::string> remark) {
  if (answer != "run_anyway" && answer != "allowed_use" && answer != "cancelled")
    co_return fail(Code::InvalidInput, "answer is '{}'; allowed are run_anyway, allowed_use and cancelled", answer.substr(0, 64));
  if (remark) CO_TRY(checkWords(*remark, kLongestRemark, "the remark"));
  co_return co_await database_.transaction([by, id, answer, remark](store::Transaction& on) -> Result<> {
    TRY(const auto decision, getOne(on, by, id));
    TRY(const auto changed,
        on.change("UPDATE policy_decisions SET answer = ?, remark = ? WHERE id = ? AND answer IS NULL", {answer, remark, id.text()}));
    if (changed == 0) return fail(Code::Conflict, "{} was answered already: {}", id.text(), decision.answer.value_or("?"));
    return {};
  });
}

Task<Result<Appeal>> Decisions::appeal(AccountId by, DecisionId id, std::string words, bool allowed) {
  CO_TRY(checkWords(words, kLongestWords, "an appeal"));
  Appeal appeal{.id = AppealId::make(), .decision = id, .account = by, .words = std::move(words), .madeAt = clock_.now()};
  const auto event = journal_.make(journal::kAppealMade, {by.text(), id.text()});
  co_return co_await database_.transaction([appeal, allowed, event](store::Transaction& on) -> Result<Appeal> {
    TRY(const auto decision, getOne(on, appeal.account, appeal.decision));
    if (!allowed) return fail(Code::Denied, "decisions by the rule {} cannot be appealed against", decision.rule);
    if (decision.appeal)
      return fail(Code::Conflict, "{} was appealed against already, on {} UTC", decision.id.text(),
          formatUtc(decision.appeal->madeAt).substr(0, 16));
    TRY(on.change("INSERT INTO policy_appeals (id, decision_id, account_id, words, made_at) VALUES (?, ?, ?, ?, ?)",
        {appeal.id.text(), appeal.decision.text(), appeal.account.text(), appeal.words, appeal.madeAt}));
    TRY(journal::Journal::write(on, event));
    return appeal;
  });
}

Task<Result<Decision>> Decisions::answerAppeal(DecisionId id, std::string by, std::string outcome, std::string words) {
  if (outcome != "upheld" && outcome != "overturned")
    co_return fail(Code::InvalidInput, "outcome is '{}'; allowed are upheld and overturned", outcome.substr(0, 64));
  CO_TRY(checkWords(words, kLongestWords, "the answer"));
  const auto now = clock_.now();
  const auto event = journal_.make(journal::kAppealAnswered, {id.text()}, {{"outcome", outcome}, {"by", by}});
  co_return co_await database_.transaction([=](store::Transaction& on) -> Result<Decision> {
    TRY(auto decision, getOne(on, std::nullopt, id));
    if (!decision.appeal) return fail(Code::NotFound, "nobody has appealed against {}", id.text());
    if (decision.appeal->outcome) return fail(Code::Conflict, "the appeal was answered already: {}", *decision.appeal->outcome);
    TRY(on.change(
        "UPDATE policy_appeals SET outcome = ?, answered_at = ?, answered_by = ?, answer = ? WHERE decision_id = ? AND outcome IS NULL",
        {outcome, now, by, words, id.text()}));
    if (outcome == "overturned")
      TRY(on.change("UPDATE policy_decisions SET ended_at = COALESCE(ended_at, ?), ending = 'overturned' WHERE id = ?", {now, id.text()}));
    TRY(journal::Journal::write(on, event));
    return getOne(on, std::nullopt, id);
  });
}

// ---- restrictions ----

Task<Result<Decision>> Decisions::propose(AccountId about, const Rule& rule, Duration lasts, std::string reason, std::string by) {
  CO_TRY(checkWords(reason, kLongestWords, "the reason"));
  if (lasts < 1h || lasts > kLongestRestriction)
    co_return fail(Code::InvalidInput, "a restriction lasts {} s; allowed are {} to {}", lasts / 1s, 1h / 1s, kLongestRestriction / 1s);
  Decision decision{.id = DecisionId::make(),
      .account = about,
      .rule = rule.id,
      .version = rule.version,
      .step = Step::Restrict,
      .evidence = {{.detector = "people",
          .family = "people",
          .tier = 3,
          .since = clock_.now(),
          .says = reason,
          .saysDe = reason,
          .line = {},
          .excerpt = {}}},
      .at = clock_.now(),
      .ending = {}};
  const auto event = journal_.make(
      journal::kRestrictionProposed, {about.text(), decision.id.text()}, {{"by", by}, {"rule", rule.id}, {"for_s", lasts / 1s}});
  co_return co_await database_.transaction([=, now = clock_.now()](store::Transaction& on) -> Result<Decision> {
    TRY(const auto others,
        select(on, "d.account_id = ? AND d.step = 'restrict' AND d.ended_at IS NULL AND (d.ends_at IS NULL OR d.ends_at > ?)",
            {about.text(), now}, 1));
    if (!others.empty()) return fail(Code::Conflict, "{} is proposed or holds for this account already", others.front().id.text());
    TRY(
        on.change("INSERT INTO policy_decisions (id, account_id, runtime_id, rule, version, step, shadow, evidence, decided_at) "
                  "VALUES (?, ?, '', ?, ?, 'restrict', 0, ?, ?)",
            {decision.id.text(), about.text(), decision.rule, decision.version, json::serialize(toJson(decision.evidence)), decision.at}));
    TRY(on.change(
        "INSERT INTO policy_restrictions (decision_id, for_ms, proposed_by) VALUES (?, ?, ?)", {decision.id.text(), lasts.count(), by}));
    TRY(journal::Journal::write(on, event));
    return getOne(on, std::nullopt, decision.id);
  });
}

Task<Result<Decision>> Decisions::confirm(DecisionId id, std::string by) {
  const auto now = clock_.now();
  const auto event = journal_.make(journal::kRestrictionConfirmed, {id.text()}, {{"by", by}});
  co_return co_await database_.transaction([=](store::Transaction& on) -> Result<Decision> {
    TRY(const auto decision, getOne(on, std::nullopt, id));
    if (!decision.restriction) return fail(Code::NotFound, "{} is no restriction that was proposed", id.text());
    if (decision.restriction->confirmedBy || decision.endedAt) return fail(Code::Conflict, "{} holds already, or has ended", id.text());
    if (decision.restriction->proposedBy == by)
      return fail(Code::Denied, "who proposed a restriction cannot confirm it; that takes another person");
    if (decision.appeal && !decision.appeal->outcome)
      return fail(Code::Conflict, "the person has said something to it: answer the appeal first");
    if (!decision.appeal && now < decision.at + kHearing)
      return fail(Code::Conflict, "the person has not been heard: they have said nothing yet, and have time until {} UTC",
          formatUtc(decision.at + kHearing).substr(0, 16));
    TRY(on.change("UPDATE policy_restrictions SET confirmed_by = ?, confirmed_at = ? WHERE decision_id = ? AND confirmed_by IS NULL",
        {by, now, id.text()}));
    TRY(on.change("UPDATE policy_decisions SET ends_at = ? WHERE id = ?", {now + decision.restriction->lasts, id.text()}));
    TRY(journal::Journal::write(on, event));
    return getOne(on, std::nullopt, id);
  });
}

// ---- exemptions ----

Task<Result<>> Decisions::exempt(std::string subject, Exemption exemption, std::string by) {
  CO_TRY(checkWords(exemption.reason, kLongestRemark, "the reason"));
  const auto now = clock_.now();
  if (exemption.endsAt <= now || exemption.endsAt > now + std::chrono::hours{366 * 24})
    co_return fail(Code::InvalidInput, "an exemption ends within a year from now, not on {}", formatUtc(exemption.endsAt).substr(0, 10));
  const auto event =
      journal_.make(journal::kExemptionGranted, {subject}, {{"rule", exemption.rule}, {"reason", exemption.reason}, {"by", by}});
  co_return co_await database_.transaction([=](store::Transaction& on) -> Result<> {
    TRY(on.change("INSERT INTO policy_exemptions (subject, rule, ends_at, reason, granted_by, granted_at) VALUES (?, ?, ?, ?, ?, ?)",
        {subject, exemption.rule, exemption.endsAt, exemption.reason, by, now}));
    return journal::Journal::write(on, event);
  });
}

Task<Result<std::vector<Exemption>>> Decisions::exemptionsOf(AccountId of, std::vector<GroupId> groups) {
  store::Values values{clock_.now(), of.text()};
  for (const auto& group : groups) values.emplace_back(group.text());
  const auto places = store::placesFor(1 + groups.size());
  CO_TRY(const auto rows,
      co_await database_.query(
          fmt::format("SELECT rule, ends_at, reason FROM policy_exemptions WHERE ends_at > ? AND subject IN ({}) ORDER BY ends_at", places),
          std::move(values)));
  std::vector<Exemption> exemptions;
  for (const auto& row : rows) exemptions.push_back({.rule = row.text(0), .endsAt = row.instant(1), .reason = row.text(2)});
  co_return exemptions;
}

std::chrono::hours Decisions::keptFor(Step step) {
  constexpr std::chrono::hours kDay{24};
  switch (step) {
    case Step::Log: return 7 * kDay;
    case Step::Notice:
    case Step::Warning: return 30 * kDay;
    case Step::Restrict: return 2 * kLongestRestriction;
    default: return 180 * kDay;
  }
}

Task<Result<>> Decisions::sweep() {
  const auto now = clock_.now();
  using std::chrono::hours;
  co_return co_await database_.transaction([now](store::Transaction& on) -> Result<> {
    for (const auto step : {Step::Log, Step::Notice, Step::Warning, Step::Throttle, Step::Stop, Step::Hold, Step::Restrict}) {
      const auto which = fmt::format("step = '{}'", nameOf(step));
      const auto time = keptFor(step);
      const auto old = fmt::format("SELECT id FROM policy_decisions WHERE {} AND decided_at < ?", which);
      // An appeal that is open keeps everything; an answered one for 90 days more.
      TRY(on.change(fmt::format("DELETE FROM policy_appeals WHERE answered_at < ? AND decision_id IN ({})", old),
          {now - hours{90 * 24}, now - time}));
      TRY(on.change(
          fmt::format(
              "DELETE FROM policy_restrictions WHERE decision_id IN ({} AND id NOT IN (SELECT decision_id FROM policy_appeals))", old),
          {now - time}));
      TRY(on.change(
          fmt::format(
              "DELETE FROM policy_decisions WHERE {} AND decided_at < ? AND id NOT IN (SELECT decision_id FROM policy_appeals)", which),
          {now - time}));
    }
    return {};
  });
}

}  // namespace allmende::policy
