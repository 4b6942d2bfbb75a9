// Part of Enforcement: what is asked before cells run, and the answers.

#include <algorithm>

#include "lib/base/log.h"
#include "server/enforcement/enforcement.h"

namespace allmende::enforcement {
namespace {

using policy::Decision;
using policy::DecisionId;
using policy::Step;

constexpr std::size_t kMostMatches = 8;

}  // namespace

policy::Finding Enforcement::findingOf(const policy::Match& match) const {
  const auto* detector = rooms_.book.inForce().findDetector(match.detector);
  return {.detector = match.detector,
      .family = std::string(policy::nameOf(policy::Family::Code)),
      .tier = 1,
      .since = rooms_.clock.now(),
      .says = detector == nullptr ? "" : policy::sentenceOf(*detector, {}, "en"),
      .saysDe = detector == nullptr ? "" : policy::sentenceOf(*detector, {}, "de"),
      .line = match.line,
      .excerpt = match.excerpt};
}

bool Enforcement::ruleAsks(const policy::Rule& rule, std::string_view tier) const {
  const auto binding = rooms_.book.bindings().find(rule.id);
  if (binding == rooms_.book.bindings().end() || rooms_.clock.now() < binding->second.enforcedAt) return false;
  if (!rule.tiers.empty() && std::ranges::find(rule.tiers, tier) == rule.tiers.end()) return false;
  return *policy::stepNamed(rule.most) >= Step::Warning && !engine_.isPaused(rule.id);
}

Task<Result<>> Enforcement::mayRun(AccountId by, std::vector<Cell> cells) {
  std::map<std::string, std::vector<policy::Match>> byRule;
  for (const auto& cell : cells) {
    ++counters_.cellsScanned;
    noteRun(by, cell.source);
    for (auto& match : scanner_.scan(cell.source)) {
      const auto* detector = rooms_.book.inForce().findDetector(match.detector);
      if (detector == nullptr) continue;  // the book is being changed
      auto& matches = byRule[detector->rule];
      if (matches.size() < kMostMatches) matches.push_back(std::move(match));
    }
  }
  if (byRule.empty()) co_return Result<>{};
  const auto tier = co_await rooms_.ledger.tierOf(by);
  const auto exemptions = co_await exemptionsOf(by);
  const auto isExempt = [&](const std::string& rule) {
    return exemptions && std::ranges::find(*exemptions, rule, &policy::Exemption::rule) != exemptions->end();
  };
  for (auto& [id, matches] : byRule) {
    const auto& person = people_[by];
    note(person, matches);
    const auto* rule = rooms_.book.inForce().findRule(id);
    if (rule == nullptr || person.answered.contains(id) || isExempt(id) || !ruleAsks(*rule, tier ? tier->name : "free")) continue;
    const auto title = rule->title;  // the book may change meanwhile
    const auto asked = co_await question(by, *rule, std::move(matches));
    // Who cannot be asked is not kept from working.
    if (!asked) {
      log::error("question.not_asked", {{"rule", id}, {"error", asked.error().message}});
      continue;
    }
    co_return std::unexpected(Error{Code::Denied,
        fmt::format("before this cell runs there is a question: it shows signs of what the rule \"{}\" is about. Answer it on the page "
                    "Decisions, or by PUT /api/decisions/{}/answer, and run the cell again",
            title, asked->text()),
        asked->text()});
  }
  co_return Result<>{};
}

Task<Result<DecisionId>> Enforcement::question(AccountId by, policy::Rule rule, std::vector<policy::Match> matches) {
  auto& person = people_[by];
  const auto open = person.asked.find(rule.id);
  const auto known = person.matches.find(rule.id);
  if (open != person.asked.end() && known != person.matches.end() && known->second == matches) co_return DecisionId::parse(open->second);
  const auto now = rooms_.clock.sinceStart();
  while (!person.questions.empty() && now - person.questions.front() > 1h) person.questions.pop_front();
  if (person.questions.size() >= kMostQuestions) co_return fail(Code::OverLimit, "{} questions within an hour are enough", kMostQuestions);
  person.questions.push_back(now);
  Decision decision{.id = DecisionId::make(),
      .account = by,
      .runtime = person.runtimes.empty() ? std::string() : *person.runtimes.begin(),
      .rule = rule.id,
      .version = rule.version,
      .step = Step::Warning,
      .evidence = {},
      .at = rooms_.clock.now(),
      .ending = {}};
  for (const auto& match : matches) decision.evidence.push_back(findingOf(match));
  CO_TRY(co_await rooms_.decisions.record(decision));
  ++counters_.questions;
  people_[by].asked.insert_or_assign(decision.rule, decision.id.text());
  people_[by].matches.insert_or_assign(decision.rule, std::move(matches));
  co_return decision.id;
}

void Enforcement::ran(const AccountId& by, std::string_view code) {
  ++counters_.cellsScanned;
  noteRun(by, code);
  const auto matches = scanner_.scan(code);
  if (matches.empty()) return;
  const auto found = people_.find(by);
  if (found != people_.end()) note(found->second, matches);
}

// What was found is evidence of the runtime that runs, if one does.
void Enforcement::note(const Person& person, const std::vector<policy::Match>& matches) {
  if (person.runtimes.empty()) return;
  std::vector<std::string> detectors;
  for (const auto& match : matches) detectors.push_back(match.detector);
  for (const auto& runtime : person.runtimes) feed(policy::Observed{runtime, {{"cell.matches", detectors}}});
}

Task<Result<Decision>> Enforcement::answer(AccountId by, DecisionId id, std::string answer, std::optional<std::string> remark) {
  CO_TRY(co_await rooms_.decisions.answer(by, id, answer, std::move(remark)));
  CO_TRY(auto decision, co_await rooms_.decisions.get(by, id));
  auto& person = people_[by];
  if (const auto asked = person.asked.find(decision.rule); asked != person.asked.end() && asked->second == id.text())
    person.asked.erase(asked);
  if (answer != "cancelled") person.answered[decision.rule] = true;
  for (auto& one : person.holding) {
    if (one.id == id) one.answer = answer;
  }
  co_return decision;
}

}  // namespace allmende::enforcement
