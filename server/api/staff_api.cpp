#include "server/api/staff_api.h"

#include <cmath>
#include <set>

namespace allmende::api {
namespace {

constexpr int kMostOfHealth = 1000;  // decisions that are reckoned with
constexpr std::chrono::hours kMonth{30 * 24};

}  // namespace

// E. B. Wilson, Probable inference, JASA 22 (1927).
std::pair<double, double> wilson(std::int64_t good, std::int64_t all) {
  if (all <= 0) return {0, 1};
  constexpr double kZ = 1.959964;  // of 95 %
  const auto n = static_cast<double>(all);
  const auto share = static_cast<double>(good) / n;
  const auto middle = share + kZ * kZ / (2 * n);
  const auto width = kZ * std::sqrt(share * (1 - share) / n + kZ * kZ / (4 * n * n));
  const auto whole = 1 + kZ * kZ / n;
  return {std::max(0.0, (middle - width) / whole), std::min(1.0, (middle + width) / whole)};
}

Task<Result<std::string>> StaffApi::nameOf(AccountId id) {
  const auto account = co_await accounts_.get(std::move(id));
  if (account) co_return account->name;
  if (account.error().code == Code::NotFound) co_return std::string("(deleted)");
  co_return std::unexpected(account.error());
}

Task<Result<StaffDecisionView>> StaffApi::viewFor(policy::Decision decision) {
  CO_TRY(auto name, co_await nameOf(decision.account));
  StaffDecisionView view{.account = std::move(name),
      .shadow = decision.shadow ? 1 : 0,
      .proposedBy = {},
      .confirmedBy = {},
      .lastsS = {},
      .decision = viewOf(decision, book_)};
  if (decision.restriction) {
    std::tie(view.proposedBy, view.confirmedBy) = std::tie(decision.restriction->proposedBy, decision.restriction->confirmedBy);
    view.lastsS = decision.restriction->lasts / 1s;
  }
  co_return view;
}

Task<Result<StaffDecisions>> StaffApi::listFor(StaffFilter filter) {
  policy::DecisionFilter wanted{
      .account = {}, .rule = filter.rule, .withShadow = filter.shadow.value_or(0) != 0, .openAppeals = filter.appeals.value_or(0) != 0};
  if (filter.account) {
    CO_TRY(const auto account, co_await accounts_.named(*filter.account));
    wanted.account = account.id;
  }
  CO_TRY(auto decisions, co_await decisions_.list(std::move(wanted)));
  StaffDecisions all;
  for (auto& decision : decisions) {
    CO_TRY(all.decisions.emplace_back(), co_await viewFor(std::move(decision)));
  }
  co_return all;
}

Task<Result<StaffDecisionView>> StaffApi::answerBy(std::string by, policy::DecisionId id, AppealAnswerBody body) {
  CO_TRY(auto decision, co_await enforcement_.answerAppeal(std::move(id), std::move(by), std::move(body.outcome), std::move(body.words)));
  co_return co_await viewFor(std::move(decision));
}

Task<Result<StaffDecisions>> StaffApi::list(accounts::Caller, InQuery<StaffFilter> filter) {
  co_return co_await listFor(std::move(filter.value));
}

Task<Result<StaffDecisionView>> StaffApi::get(accounts::Caller caller, policy::DecisionId id) {
  CO_TRY(auto decision, co_await decisions_.get(std::nullopt, id));
  CO_TRY(co_await journal_.record(journal::kDecisionViewed, {caller.account.text(), id.text()}));
  co_return co_await viewFor(std::move(decision));
}

Task<Result<StaffDecisionView>> StaffApi::answer(accounts::Caller caller, policy::DecisionId id, AppealAnswerBody body) {
  CO_TRY(const auto decision, co_await decisions_.get(std::nullopt, id));
  if (decision.account == caller.account) co_return fail(Code::Denied, "an appeal of one's own is answered by somebody else");
  CO_TRY(auto name, co_await nameOf(caller.account));
  co_return co_await answerBy(std::move(name), std::move(id), std::move(body));
}

Task<Result<>> StaffApi::lift(accounts::Caller caller, policy::DecisionId id) {
  CO_TRY(const auto decision, co_await decisions_.get(std::nullopt, id));
  if (decision.account == caller.account) co_return fail(Code::Denied, "a measure against oneself is lifted by somebody else");
  CO_TRY(auto name, co_await nameOf(caller.account));
  co_return co_await liftBy(std::move(name), std::move(id));
}

Task<Result<>> StaffApi::resume(accounts::Caller caller, std::string rule) {
  CO_TRY(auto name, co_await nameOf(caller.account));
  co_return co_await resumeBy(std::move(name), std::move(rule));
}

Task<Result<>> StaffApi::exempt(accounts::Caller caller, ExemptionBody body) {
  CO_TRY(auto name, co_await nameOf(caller.account));
  if (body.account && *body.account == name) co_return fail(Code::Denied, "an exemption for oneself is given by somebody else");
  co_return co_await exemptBy(std::move(name), std::move(body));
}

Task<Result<>> StaffApi::exemptBy(std::string by, ExemptionBody body) {
  if (body.account.has_value() == body.group.has_value())
    co_return fail(Code::InvalidInput, "an exemption is for an account or a group: name one of them");
  constexpr std::int64_t kYear = std::int64_t{366} * 86'400;
  if (body.forS < 1 || body.forS > kYear) co_return fail(Code::InvalidInput, "for_s is {}; allowed are 1 to {}", body.forS, kYear);
  policy::Exemption exemption{
      .rule = std::move(body.rule), .endsAt = clock_.now() + std::chrono::seconds(body.forS), .reason = std::move(body.reason)};
  if (body.group) {
    CO_TRY(auto group, GroupId::parse(*body.group));
    co_return co_await enforcement_.exemptGroup(std::move(group), std::move(exemption), std::move(by));
  }
  CO_TRY(const auto account, co_await accounts_.named(*body.account));
  co_return co_await enforcement_.exempt(account.id, std::move(exemption), std::move(by));
}

Task<Result<StaffDecisionView>> StaffApi::proposeBy(std::string by, RestrictionBody body) {
  CO_TRY(const auto account, co_await accounts_.named(body.account));
  constexpr auto kMost = policy::Decisions::kLongestRestriction / 1s;
  if (body.forS < 1 || body.forS > kMost) co_return fail(Code::InvalidInput, "for_s is {}; allowed are 3600 to {}", body.forS, kMost);
  CO_TRY(auto decision, co_await enforcement_.propose(
                            account.id, std::move(body.rule), std::chrono::seconds(body.forS), std::move(body.reason), std::move(by)));
  co_return co_await viewFor(std::move(decision));
}

Task<Result<StaffDecisionView>> StaffApi::confirmBy(std::string by, policy::DecisionId id) {
  CO_TRY(auto decision, co_await enforcement_.confirm(std::move(id), std::move(by)));
  co_return co_await viewFor(std::move(decision));
}

Task<Result<Created<StaffDecisionView>>> StaffApi::propose(accounts::Caller caller, RestrictionBody body) {
  CO_TRY(auto name, co_await nameOf(caller.account));
  CO_TRY(auto view, co_await proposeBy(std::move(name), std::move(body)));
  co_return Created<StaffDecisionView>{std::move(view)};
}

Task<Result<StaffDecisionView>> StaffApi::confirm(accounts::Caller caller, policy::DecisionId id) {
  CO_TRY(auto name, co_await nameOf(caller.account));
  co_return co_await confirmBy(std::move(name), std::move(id));
}

Task<Result<RulesHealth>> StaffApi::health(accounts::Caller) { co_return co_await healthOfAll(); }

Task<Result<RulesHealth>> StaffApi::healthOfAll() {
  RulesHealth health;
  const auto now = clock_.now();
  for (const auto& rule : book_.inForce().rules()) {
    CO_TRY(const auto decisions,
        co_await decisions_.list({.account = {}, .rule = rule.id, .withShadow = true, .least = policy::Step::Log, .limit = kMostOfHealth}));
    RuleHealthView view{
        .rule = rule.id, .title = rule.title, .titleDe = rule.titleDe, .version = rule.version, .steps = {}, .shadowSteps = {}};
    const auto& binding = book_.bindings().at(rule.id);
    view.state = enforcement_.isPaused(rule.id) ? "paused" : binding.enforcedAt > now ? "watching" : "in_force";
    std::set<AccountId> accounts;
    std::int64_t answered = 0;
    for (const auto& decision : decisions) {
      if (decision.at < now - kMonth) continue;
      ++(decision.shadow ? view.shadowSteps : view.steps)[std::string(policy::nameOf(decision.step))];
      if (!decision.shadow && decision.step > policy::Step::Log) accounts.insert(decision.account);
      if (!decision.appeal) continue;
      ++view.appeals;
      if (!decision.appeal->outcome) ++view.openAppeals;
      if (decision.appeal->outcome) ++answered;
      if (decision.appeal->outcome == "overturned") ++view.overturned;
    }
    view.accounts = static_cast<std::int64_t>(accounts.size());
    std::tie(view.rightLow, view.rightHigh) = wilson(answered - view.overturned, answered);
    health.rules.push_back(std::move(view));
  }
  co_return health;
}

Task<Result<RulesHealth>> OperatorPolicy::read() {
  CO_TRY(co_await readRules_());
  co_return co_await health();
}

Task<Result<StaffDecisionView>> OperatorPolicy::answer(OperatorAppealAnswer body) {
  CO_TRY(auto id, policy::DecisionId::parse(body.decision));
  co_return co_await staff_.answerBy("operator", std::move(id), {.outcome = std::move(body.outcome), .words = std::move(body.words)});
}

Task<Result<StaffDecisionView>> OperatorPolicy::confirm(DecisionWish wish) {
  CO_TRY(auto id, policy::DecisionId::parse(wish.decision));
  co_return co_await staff_.confirmBy("operator", std::move(id));
}

Task<Result<>> OperatorPolicy::lift(DecisionWish wish) {
  CO_TRY(auto id, policy::DecisionId::parse(wish.decision));
  co_return co_await staff_.liftBy("operator", std::move(id));
}

}  // namespace allmende::api
