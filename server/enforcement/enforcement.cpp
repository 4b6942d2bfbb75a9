#include "server/enforcement/enforcement.h"

#include <algorithm>
#include <iterator>

#include "lib/base/cases.h"
#include "lib/base/log.h"

namespace allmende::enforcement {
namespace {

using policy::Decision;
using policy::DecisionId;
using policy::Step;
using policy::Verdict;

constexpr Duration kLookEvery{5'000};
constexpr int kLooksToRestrain = 12;  // a minute
constexpr double kThrottledCpus = 0.1;
constexpr std::int64_t kThrottledUpload = 250'000;  // bytes a second
constexpr std::size_t kMostHolding = 20;            // shown of one person

std::string dayWords(Instant at) {
  const auto text = formatUtc(at);
  return fmt::format("{} {} UTC", text.substr(0, 10), text.substr(11, 5));
}

// Which of two holds back more.
std::string_view stricter(std::string_view left, std::string_view right) {
  if (left == link::kHoldAllButWeb || right == link::kHoldNone) return left;
  return right == link::kHoldAllButWeb || left == link::kHoldNone ? right : left;
}

}  // namespace

std::string sentenceOf(const policy::Rule& rule, const Decision& decision) {
  std::string seen;
  for (const auto& finding : decision.evidence) seen += (seen.empty() ? "" : " ") + finding.says;
  switch (decision.step) {
    case Step::Stop:
      return fmt::format(
          "The runtime was stopped by the rule \"{}\". {} Files and notebooks are kept, and you can start another.", rule.title, seen);
    case Step::Hold:
      return fmt::format(
          "The runtime was stopped by the rule \"{}\", and no other can be started until {}. {} Files and notebooks are kept.", rule.title,
          decision.endsAt ? dayWords(*decision.endsAt) : "somebody has looked", seen);
    case Step::Restrict:
      return fmt::format(
          "The runtime was stopped: by the rule \"{}\" two people of the staff decided that none can be started until {}. {} "
          "Files and notebooks are kept.",
          rule.title, decision.endsAt ? dayWords(*decision.endsAt) : "they have looked again", seen);
    default: return fmt::format("Signs of what the rule \"{}\" is about: {}", rule.title, seen);
  }
}

Enforcement::Enforcement(Executor executor, Rooms rooms, bool accountEvidence)
    : rooms_(rooms),
      engine_(rooms.book.inForce(), rooms.book.bindings()),
      scanner_(rooms.book.inForce()),
      devices_(rooms.database, rooms.clock),
      accountEvidence_(accountEvidence),
      changed_(executor),
      scope_(executor) {}

Task<Result<>> Enforcement::begin() {
  begunAt_ = rooms_.clock.now();
  CO_TRY(co_await rooms_.decisions.endLeftOver());
  CO_TRY(auto holds, co_await rooms_.decisions.holds());
  for (auto& hold : holds) {
    people_[hold.account].holding.push_front(hold);
    keepFromStarting(std::move(hold));
  }
  CO_TRY(auto proposals, co_await rooms_.decisions.proposals());
  for (auto& proposal : proposals) people_[proposal.account].holding.push_front(std::move(proposal));
  tellPolicy();
  std::vector<std::string> rules;
  for (const auto& rule : rooms_.book.inForce().rules()) rules.push_back(rule.id);
  for (auto& rule : rules) CO_TRY(co_await charge(std::move(rule)));
  scope_.spawn("carry out decisions", work());
  scope_.spawn("look at runtimes", look());
  co_return Result<>{};
}

Task<> Enforcement::close() { co_await scope_.close(); }

void Enforcement::tellPolicy() {
  const auto& book = rooms_.book.inForce();
  engine_.setBook(book, rooms_.book.bindings());
  scanner_ = policy::Scanner(book);
  rooms_.engine.observe({.programs = book.wordsFor("exec.program"),
      .flags = book.wordsFor("exec.flags"),
      .telling = book.tellingFlags(),
      .names = book.wordsFor("payload.names")});
}

// ---- what comes in ----

void Enforcement::feed(policy::Input input) {
  if (due_.size() >= kMostWaiting && std::holds_alternative<policy::Observed>(input)) {
    ++counters_.dropped;
    return;
  }
  due_.push_back(std::move(input));
  changed_.notifyAll();
}

Task<> Enforcement::found(std::shared_ptr<runtimes::Agent> agent, AccountId of) {
  const auto id = agent->runtime().text();
  auto& person = people_[of];
  person.runtimes.insert(id);
  const auto account = co_await rooms_.accounts.get(of);
  const auto tier = co_await rooms_.ledger.tierOf(of);
  const auto record = co_await rooms_.decisions.recordOf(of);
  if (!account || !tier || !record) log::error("policy.knows_less", {{"runtime", id}});
  policy::RuntimeBegan began{.runtime = id,
      .account = of.text(),
      .tier = tier ? tier->name : "free",
      .accountSince = account ? account->createdAt : rooms_.clock.now(),
      .strikes = {}};
  if (record) std::tie(began.strikes, began.seenBefore) = std::pair(record->strikes, record->seenBefore);
  const auto exemptions = co_await exemptionsOf(of);
  if (exemptions) {
    for (const auto& one : *exemptions) began.exempt.insert_or_assign(one.rule, one.endsAt);
  }
  if (!person.runtimes.contains(id)) co_return;  // it has ended meanwhile
  feed(std::move(began));
  co_await tellOfAccount(of, id);
  // What an earlier server had slowed down is free again: its evidence is gone with it.
  for (const auto& runtime : rooms_.runtimes.list(of)) {
    if (runtime.id.text() == id && runtime.startedAt < begunAt_) co_await restrain(of);
  }
}

void Enforcement::ended(const runtimes::Runtime& runtime) {
  const auto id = runtime.id.text();
  auto& person = people_[runtime.owner];
  person.runtimes.erase(id);
  if (person.runtimes.empty()) {
    person.answered.clear();
    person.matches.clear();
  }
  for (const auto& decision : person.holding) {
    if (decision.runtime == id && decision.step < Step::Stop)
      scope_.spawn("end decision", [](Enforcement* self, DecisionId which) -> Task<> {
        static_cast<void>(co_await self->rooms_.decisions.end(std::move(which), "lapsed"));
      }(this, decision.id));
  }
  std::erase_if(person.holding, [&](const Decision& one) { return one.runtime == id && one.step < Step::Stop; });
  feed(policy::RuntimeEnded{id});
  if (accountEvidence_ && runtime.reason == "quota") lastCells_.usedUp(runtime.owner, rooms_.clock.sinceStart());
}

void Enforcement::observed(const engines::Observed& seen) {
  ++counters_.observed;
  auto facts = policy::readFacts(seen.facts);
  if (!facts) {
    ++counters_.refused;
    log::warning("policy.facts_refused", {{"runtime", seen.id.text()}, {"error", facts.error().message}});
    return;
  }
  feed(policy::Observed{seen.id.text(), *std::move(facts)});
}

// A node that was started anew has forgotten what it held back.
Task<> Enforcement::restrainAll() {
  std::vector<AccountId> throttled;
  for (const auto& [of, person] : people_) {
    if (std::ranges::find(person.holding, Step::Throttle, &Decision::step) != person.holding.end()) throttled.push_back(of);
  }
  for (auto& of : throttled) co_await restrain(std::move(of));
}

// Those whose time is over.
Task<> Enforcement::endHolds() {
  std::vector<Decision> over;
  for (const auto& [of, holds] : held_) {
    std::ranges::copy_if(
        holds, std::back_inserter(over), [&](const Decision& one) { return one.endsAt && *one.endsAt <= rooms_.clock.now(); });
  }
  for (const auto& hold : over) {
    release(hold.account, hold.id);
    static_cast<void>(co_await rooms_.decisions.end(hold.id, "lapsed"));
  }
}

Task<> Enforcement::look() {
  for (int looks = 0;;) {
    co_await rooms_.clock.sleep(kLookEvery);
    if (const auto changed = rooms_.book.refresh(); changed && *changed) tellPolicy();
    co_await endHolds();
    if (due_.empty()) feed(policy::Look{});
    if (++looks % kLooksToRestrain == 0) co_await restrainAll();
  }
}

Task<> Enforcement::work() {
  for (;;) {
    while (due_.empty()) co_await changed_.wait();
    const auto input = std::move(due_.front());
    due_.pop_front();
    for (auto& verdict : engine_.take(input, moment())) co_await carryOut(std::move(verdict));
  }
}

// ---- what goes out ----

std::vector<policy::Finding> Enforcement::findingsOf(const Verdict& verdict) const {
  std::vector<policy::Finding> findings;
  for (const auto& evidence : verdict.evidence) {
    const auto* detector = rooms_.book.inForce().findDetector(evidence.detector);
    if (detector == nullptr) continue;
    findings.push_back({.detector = evidence.detector,
        .family = std::string(policy::nameOf(evidence.family)),
        .tier = evidence.tier,
        .since = evidence.since,
        .says = policy::sentenceOf(*detector, evidence.facts, "en"),
        .saysDe = policy::sentenceOf(*detector, evidence.facts, "de"),
        .line = {},
        .excerpt = {}});
  }
  return findings;
}

Task<> Enforcement::carryOut(Verdict verdict) {
  if (verdict.turn == policy::Turn::Paused) {
    log::error("rule.paused", {{"rule", verdict.rule}, {"why", verdict.why}, {"help", "allmende policy resume RULE"}});
    static_cast<void>(co_await rooms_.journal.record(journal::kRulePaused, {}, {{"rule", verdict.rule}, {"why", verdict.why}}));
    co_return;
  }
  if (verdict.turn == policy::Turn::Lifted) co_return co_await carryOutLift(std::move(verdict));
  co_await carryOutStep(std::move(verdict));
}

Task<> Enforcement::carryOutStep(Verdict verdict) {
  auto of = AccountId::parse(verdict.account);
  if (!of) co_return;
  Decision decision{.id = DecisionId::make(),
      .account = *of,
      .runtime = verdict.runtime,
      .rule = verdict.rule,
      .version = verdict.version,
      .step = verdict.step,
      .shadow = verdict.shadow,
      .evidence = findingsOf(verdict),
      .at = rooms_.clock.now(),
      .ending = {}};
  if (decision.step == Step::Hold) decision.endsAt = decision.at + kHoldFor;
  ++counters_.bySteps[fmt::format("{} {}", verdict.rule, policy::nameOf(verdict.step))];
  // What is not written down is not done.
  if (const auto recorded = co_await rooms_.decisions.record(decision); !recorded) {
    log::error("decision.not_recorded", {{"rule", verdict.rule}, {"runtime", verdict.runtime}, {"error", recorded.error().message}});
    co_return;
  }
  if (decision.shadow || decision.step == Step::Log) co_return;
  log::info("decision.made",
      {{"decision", decision.id.text()}, {"rule", decision.rule}, {"step", policy::nameOf(decision.step)}, {"runtime", decision.runtime}});
  auto& person = people_[*of];
  // A further step of the same rule takes the place of the one before.
  std::vector<DecisionId> before;
  std::erase_if(person.holding, [&](const Decision& one) {
    const bool same = one.rule == decision.rule && one.runtime == decision.runtime && one.step < decision.step;
    if (same) before.push_back(one.id);
    return same;
  });
  person.holding.push_front(decision);
  while (person.holding.size() > kMostHolding) person.holding.pop_back();
  for (auto& id : before) static_cast<void>(co_await rooms_.decisions.end(std::move(id), "lapsed"));
  if (decision.step == Step::Throttle) co_await restrain(*of);
  if (decision.step >= Step::Stop) co_await stop(std::move(decision));
}

Task<> Enforcement::carryOutLift(Verdict verdict) {
  const auto of = AccountId::parse(verdict.account);
  if (!of || verdict.shadow) co_return;
  auto& holding = people_[*of].holding;
  const auto found = std::ranges::find_if(
      holding, [&](const Decision& one) { return one.rule == verdict.rule && one.runtime == verdict.runtime && one.step < Step::Stop; });
  if (found == holding.end()) co_return;
  const auto id = found->id;
  holding.erase(found);
  static_cast<void>(co_await rooms_.decisions.end(id, engine_.isPaused(verdict.rule) ? "paused" : "lifted"));
  co_await restrain(*of);
}

// Slows each of their runtimes down as much as all that holds of it says, and no more.
Task<> Enforcement::restrain(AccountId of) {
  const auto& person = people_[of];
  std::vector<engines::Restrain> all;
  for (const auto& runtime : person.runtimes) {
    const auto id = engines::RuntimeId::parse(runtime);
    if (!id) continue;
    engines::Restrain how{.id = *id, .connections = std::string(link::kHoldNone)};
    for (const auto& decision : person.holding) {
      if (decision.step != Step::Throttle || decision.runtime != runtime) continue;
      const auto* rule = rooms_.book.inForce().findRule(decision.rule);
      if (rule == nullptr) continue;
      if (rule->throttle == "cpu") how.cpus = kThrottledCpus;
      if (rule->throttle == "upload") how.uploadBytesPerSecond = kThrottledUpload;
      if (rule->throttle == "connections") how.connections = stricter(how.connections, link::kHoldNew);
      if (rule->throttle == "all_but_web") how.connections = stricter(how.connections, link::kHoldAllButWeb);
    }
    all.push_back(std::move(how));
  }
  for (const auto& how : all) {
    if (const auto done = co_await rooms_.engine.restrain(how); !done)
      log::warning("runtime.not_restrained", {{"runtime", how.id.text()}, {"error", done.error().message}});
  }
}

Task<> Enforcement::stop(Decision decision) {
  const bool keepsFromAll = decision.step >= Step::Hold;
  if (keepsFromAll) keepFromStarting(decision);
  const auto* rule = rooms_.book.inForce().findRule(decision.rule);
  if (rule == nullptr) co_return;
  const auto sentence = sentenceOf(*rule, decision);
  for (const auto& runtime : rooms_.runtimes.list(decision.account)) {
    const bool meant = keepsFromAll || runtime.id.text() == decision.runtime;
    if (!meant || runtime.state == runtimes::RuntimeState::Stopped) continue;
    const auto stopped = co_await rooms_.runtimes.stopBecause(decision.account, runtime.id, "policy", sentence);
    if (!stopped && stopped.error().code != Code::NotFound)
      log::error("runtime.not_stopped", {{"runtime", runtime.id.text()}, {"error", stopped.error().message}});
  }
}

// ---- what holds ----

void Enforcement::keepFromStarting(Decision decision) {
  auto& holds = held_[decision.account];
  std::erase_if(holds, [&](const Decision& one) { return one.id == decision.id; });
  holds.push_back(std::move(decision));
}

// Names the one that ends last.
Result<> Enforcement::mayStart(const AccountId& of) const {
  const auto found = held_.find(of);
  if (found == held_.end() || found->second.empty()) return {};
  const auto endOf = [](const Decision& one) { return one.endsAt.value_or(Instant::max()); };
  const auto& hold = *std::ranges::max_element(found->second, {}, endOf);
  if (endOf(hold) <= rooms_.clock.now()) return {};
  const auto* rule = rooms_.book.inForce().findRule(hold.rule);
  return std::unexpected(Error{Code::Denied,
      fmt::format("no runtime can be started until {}: {} by the rule \"{}\". Files and notebooks are open; the page Decisions shows what "
                  "was seen, "
                  "and there you can appeal",
          hold.endsAt ? dayWords(*hold.endsAt) : "somebody has looked",
          hold.step == Step::Restrict ? "two people of the staff decided so" : "yours was stopped again",
          rule == nullptr ? hold.rule : rule->title),
      hold.id.text()});
}

std::vector<Decision> Enforcement::holding(const AccountId& of) const {
  const auto found = people_.find(of);
  if (found == people_.end()) return {};
  return {found->second.holding.begin(), found->second.holding.end()};
}

}  // namespace allmende::enforcement
