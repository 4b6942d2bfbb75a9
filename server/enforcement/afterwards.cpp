// Part of Enforcement: what people decide of decisions.

#include <algorithm>

#include "lib/base/log.h"
#include "server/enforcement/enforcement.h"

namespace allmende::enforcement {
namespace {

using policy::Decision;
using policy::DecisionId;
using policy::Step;

constexpr std::chrono::hours kMonth{30 * 24};
constexpr int kMostLooks = 100;   // of rules that were resumed, the last ones
constexpr int kMostStops = 1000;  // of a rule, the last ones

}  // namespace

void Enforcement::release(const AccountId& of, const DecisionId& id) {
  std::erase_if(people_[of].holding, [&](const Decision& one) { return one.id == id; });
  const auto held = held_.find(of);
  if (held == held_.end()) return;
  std::erase_if(held->second, [&](const Decision& one) { return one.id == id; });
  if (held->second.empty()) held_.erase(held);
}

Task<Result<>> Enforcement::lift(DecisionId id, std::string by) {
  CO_TRY(const auto decision, co_await rooms_.decisions.get(std::nullopt, id));
  CO_TRY(co_await rooms_.decisions.end(id, "lifted"));
  log::info("decision.lifted", {{"decision", id.text()}, {"by", by}});
  release(decision.account, id);
  co_await restrain(decision.account);
  co_return Result<>{};
}

Task<Result<Decision>> Enforcement::answerAppeal(DecisionId id, std::string by, std::string outcome, std::string words) {
  CO_TRY(auto decision, co_await rooms_.decisions.answerAppeal(id, by, outcome, std::move(words)));
  if (decision.appeal->outcome == "overturned") co_await undo(decision);
  co_return decision;
}

Task<> Enforcement::undo(Decision decision) {
  release(decision.account, decision.id);
  co_await restrain(decision.account);
  if (decision.step < Step::Throttle || decision.step == Step::Restrict) co_return;
  const auto* rule = rooms_.book.inForce().findRule(decision.rule);
  const auto reason = fmt::format("A decision by the rule \"{}\" was overturned.", rule == nullptr ? decision.rule : rule->title);
  const auto given = co_await rooms_.ledger.refund(decision.account, decision.runtime, reason);
  if (!given)
    log::error(
        "units.not_given_back", {{"decision", decision.id.text()}, {"error", given.error().message}, {"help", "allmende units give"}});
  if (const auto charged = co_await charge(decision.rule); !charged)
    log::error("rule.not_charged", {{"rule", decision.rule}, {"error", charged.error().message}});
}

Task<Result<>> Enforcement::charge(std::string rule) {
  auto since = rooms_.clock.now() - kMonth;
  CO_TRY(const auto looks,
      co_await rooms_.journal.list({.subject = {}, .name = std::string(journal::kRuleResumed.name), .limit = kMostLooks}));
  for (const auto& look : looks) {
    const auto* of = findString(look.detail, "rule");
    if (of != nullptr && *of == rule) since = std::max(since, look.at);
  }
  CO_TRY(const auto decisions, co_await rooms_.decisions.list({.account = {}, .rule = rule, .least = Step::Stop, .limit = kMostStops}));
  const auto overturned = std::ranges::count_if(decisions, [&](const Decision& one) {
    return one.step != Step::Restrict && one.appeal && one.appeal->outcome == "overturned" && one.appeal->answeredAt &&
           *one.appeal->answeredAt >= since;
  });
  if (overturned > kMostOverturned)
    feed(policy::RuleCharged{rule, fmt::format("{} of its stops were overturned within 30 days", overturned)});
  co_return Result<>{};
}

Task<Result<>> Enforcement::exempt(AccountId who, policy::Exemption exemption, std::string by) {
  CO_TRY(checkRule(exemption.rule));
  CO_TRY(co_await rooms_.decisions.exempt(who.text(), exemption, std::move(by)));
  co_return co_await liftFor(std::move(who), std::move(exemption));
}

Task<Result<>> Enforcement::exemptGroup(GroupId group, policy::Exemption exemption, std::string by) {
  CO_TRY(checkRule(exemption.rule));
  CO_TRY(co_await rooms_.groups.titleOf(group));
  CO_TRY(co_await rooms_.decisions.exempt(group.text(), exemption, std::move(by)));
  CO_TRY(auto people, co_await rooms_.groups.peopleOf(std::move(group)));
  for (auto& person : people) {
    CO_TRY(co_await liftFor(std::move(person), exemption));
  }
  co_return Result<>{};
}

Result<> Enforcement::checkRule(const std::string& rule) const {
  if (rooms_.book.inForce().findRule(rule) != nullptr) return {};
  return fail(Code::NotFound, "there is no rule '{}' in force", rule.substr(0, 64));
}

Task<Result<>> Enforcement::liftFor(AccountId who, policy::Exemption exemption) {
  feed(policy::Exempted{who.text(), exemption.rule, exemption.endsAt});
  std::vector<DecisionId> lifted;
  if (const auto held = held_.find(who); held != held_.end()) {
    for (const auto& one : held->second) {
      if (one.rule == exemption.rule) lifted.push_back(one.id);
    }
  }
  for (const auto& id : lifted) {
    release(who, id);
    CO_TRY(co_await rooms_.decisions.end(id, "lifted"));
  }
  co_return Result<>{};
}

Task<Result<std::vector<policy::Exemption>>> Enforcement::exemptionsOf(AccountId of) {
  CO_TRY(auto groups, co_await rooms_.groups.idsOf(of));
  co_return co_await rooms_.decisions.exemptionsOf(std::move(of), std::move(groups));
}

Task<Result<Decision>> Enforcement::propose(AccountId about, std::string rule, Duration lasts, std::string reason, std::string by) {
  const auto* found = rooms_.book.inForce().findRule(rule);
  if (found == nullptr) co_return fail(Code::NotFound, "there is no rule '{}' in force", rule.substr(0, 64));
  const auto of = *found;  // the book may change meanwhile
  CO_TRY(auto decision, co_await rooms_.decisions.propose(std::move(about), of, lasts, std::move(reason), std::move(by)));
  people_[decision.account].holding.push_front(decision);
  co_return decision;
}

Task<Result<Decision>> Enforcement::confirm(DecisionId id, std::string by) {
  CO_TRY(auto decision, co_await rooms_.decisions.confirm(std::move(id), std::move(by)));
  release(decision.account, decision.id);  // as it was proposed
  people_[decision.account].holding.push_front(decision);
  co_await stop(decision);
  co_return decision;
}

Task<Result<>> Enforcement::resume(std::string rule, std::string by) {
  if (rooms_.book.inForce().findRule(rule) == nullptr) co_return fail(Code::NotFound, "there is no rule '{}' in force", rule.substr(0, 64));
  feed(policy::RuleResumed{rule});
  co_return co_await rooms_.journal.record(journal::kRuleResumed, {}, {{"rule", rule}, {"by", by}});
}

}  // namespace allmende::enforcement
