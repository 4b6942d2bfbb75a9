#include "server/policy/engine.h"

#include <algorithm>

#include "lib/base/cases.h"
#include "lib/base/result.h"

namespace allmende::policy {
namespace {

constexpr Duration kHour{3'600'000};
constexpr std::size_t kHoursKept = 7 * 24;

// Of a detector whose evidence counts as `tier` by now; 0 while it does not.
std::int64_t weightOf(const Detector& detector, Duration since, Duration now) {
  return now - since >= detector.lasting ? detector.tier : 0;
}

}  // namespace

void Engine::setBook(const RuleBook& book, Bindings bindings) {
  book_ = &book;
  bindings_ = std::move(bindings);
  for (auto& [id, watched] : runtimes_) {
    for (auto& [rule, one] : watched.cases)
      std::erase_if(one.signs, [&](const auto& sign) { return book.findDetector(sign.first) == nullptr; });
    std::erase_if(watched.cases, [&](const auto& one) { return book.findRule(one.first) == nullptr; });
  }
}

std::vector<Verdict> Engine::take(const Input& input, const Moment& now) {
  std::vector<Verdict> verdicts;
  const auto judgeOne = [&](const std::string& runtime) {
    if (const auto found = runtimes_.find(runtime); found != runtimes_.end()) judgeAll(found->second, now, verdicts);
  };
  std::visit(Cases{[&](const RuntimeBegan& began) { begin(began); },
                 [&](const Observed& observed) {
                   observe(observed, now);
                   judgeOne(observed.runtime);
                 },
                 [&](const RuntimeEnded& ended) { runtimes_.erase(ended.runtime); },
                 [&](const Look&) {
                   for (auto& [id, watched] : runtimes_) judgeAll(watched, now, verdicts);
                 },
                 [&](const RuleResumed& resumed) { breakers_.erase(resumed.rule); },
                 [&](const RuleCharged& charged) {
                   const auto* rule = book_->findRule(charged.rule);
                   if (rule != nullptr && !isPaused(rule->id)) pause(*rule, charged.why, verdicts);
                 },
                 [&](const Exempted& exempted) { exempt(exempted, verdicts); }},
      input);
  return verdicts;
}

bool Engine::isPaused(std::string_view rule) const {
  const auto found = breakers_.find(rule);
  return found != breakers_.end() && found->second.paused;
}

void Engine::begin(const RuntimeBegan& began) { runtimes_.try_emplace(began.runtime, Watched{.who = began, .cases = {}}); }

void Engine::exempt(const Exempted& exempted, std::vector<Verdict>& verdicts) {
  const auto* rule = book_->findRule(exempted.rule);
  for (auto& [id, watched] : runtimes_) {
    if (watched.who.account != exempted.account) continue;
    watched.who.exempt.insert_or_assign(exempted.rule, exempted.until);
    const auto found = watched.cases.find(exempted.rule);
    if (found == watched.cases.end()) continue;
    if (rule != nullptr && found->second.step != Step::Log) lift(watched, *rule, found->second, verdicts);
    watched.cases.erase(found);
  }
}

// ---- what was seen ----

void Engine::observe(const Observed& observed, const Moment& now) {
  const auto found = runtimes_.find(observed.runtime);
  if (found == runtimes_.end()) return;
  auto& watched = found->second;
  const auto matches = observed.facts.find("cell.matches");
  for (const auto& detector : book_->detectors()) {
    bool holds = false;
    if (detector.condition) {
      holds = detector.condition->holds(observed.facts);
    } else if (matches != observed.facts.end()) {
      const auto* words = std::get_if<std::vector<std::string>>(&matches->second);
      holds = words != nullptr && std::ranges::find(*words, detector.id) != words->end();
    }
    const auto* rule = book_->findRule(detector.rule);
    if (!holds || rule == nullptr) continue;
    if (!rule->tiers.empty() && std::ranges::find(rule->tiers, watched.who.tier) == rule->tiers.end()) continue;
    const auto exempt = watched.who.exempt.find(rule->id);
    if (exempt != watched.who.exempt.end() && now.wall < exempt->second) continue;
    auto& sign = watched.cases[rule->id].signs[detector.id];
    if (sign.evidence.detector.empty()) {
      sign.since = now.steady;
      sign.evidence = {.detector = detector.id, .family = detector.family, .tier = detector.tier, .since = now.wall, .facts = {}};
    }
    sign.last = std::max(sign.last, now.steady);
    sign.evidence.facts = observed.facts;
  }
}

// ---- what follows ----

bool Engine::inShadow(const Rule& rule, const Moment& now) const {
  const auto found = bindings_.find(rule.id);
  return found == bindings_.end() || now.wall < found->second.enforcedAt;
}

void Engine::judgeAll(Watched& watched, const Moment& now, std::vector<Verdict>& verdicts) {
  for (auto& [id, one] : watched.cases) {
    if (const auto* rule = book_->findRule(id)) judge(watched, *rule, one, now, verdicts);
  }
}

void Engine::judge(Watched& watched, const Rule& rule, Case& one, const Moment& now, std::vector<Verdict>& verdicts) {
  std::erase_if(one.signs, [&](const auto& entry) {
    const auto& sign = entry.second;
    return now.steady - sign.last > (sign.evidence.family == Family::Code ? kFreshCode : kFresh);
  });
  if (one.signs.empty()) {
    one.mediumSince.reset();
    one.twoSince.reset();
    if (!one.quietSince) one.quietSince = now.steady;
    if (now.steady - *one.quietSince >= kUntilLifted && one.step != Step::Log) lift(watched, rule, one, verdicts);
    if (one.step == Step::Log) one.logged = false;
    return;
  }
  one.quietSince.reset();
  const bool shadow = inShadow(rule, now);
  if (one.shadow && !shadow) {  // what was only logged begins anew
    one = Case{.signs = std::move(one.signs)};
  }
  one.shadow = shadow;
  if (!one.logged) {
    one.logged = true;
    verdicts.push_back(verdictOf(Turn::Up, watched, rule, one));
  }
  auto step = std::min(stepFor(watched, rule, one, now), *stepNamed(rule.most));
  if (isPaused(rule.id)) step = std::min(step, Step::Notice);
  if (step <= one.step || one.step >= Step::Stop) return;
  if (step >= Step::Throttle && !shadow && one.step < Step::Throttle) {
    std::string why;
    if (pauses(rule, watched, now, why)) {
      pause(rule, why, verdicts);
      step = Step::Notice;
      if (step <= one.step) return;
    }
  }
  one.step = step;
  if (step == Step::Throttle) ++one.throttles;
  if ((step == Step::Warning || step == Step::Throttle) && !one.shownAt) one.shownAt = now.steady;
  verdicts.push_back(verdictOf(Turn::Up, watched, rule, one));
  if (step < Step::Throttle || shadow) return;
  if (step >= Step::Stop) strike(watched.who.account, rule.id, now);
}

Step Engine::stepFor(const Watched& watched, const Rule& rule, Case& one, const Moment& now) const {
  std::set<Family> weak;
  std::set<Family> medium;
  std::set<Family> hard;
  bool stopsNow = false;
  for (const auto& [id, sign] : one.signs) {
    const auto* detector = book_->findDetector(id);
    const auto weight = detector == nullptr ? 0 : weightOf(*detector, sign.since, now.steady);
    if (weight >= 1) weak.insert(sign.evidence.family);
    if (sign.evidence.family == Family::Code) continue;
    if (weight >= 2) medium.insert(sign.evidence.family);
    if (weight >= 3) hard.insert(sign.evidence.family);
    stopsNow = stopsNow || (weight >= 3 && detector->stops);
  }
  const auto keep = [&](bool holds, std::optional<Duration>& since) {
    if (!holds) since.reset();
    if (holds && !since) since = now.steady;
    return since ? now.steady - *since : Duration{-1};
  };
  const auto mediumFor = keep(!medium.empty(), one.mediumSince);
  const auto twoFor = keep(medium.size() >= 2, one.twoSince);
  if (stopsNow) return holdOrStop(watched, rule, now);
  const bool shown = one.shownAt && now.steady - *one.shownAt >= kUntilStop;
  const bool joined = !hard.empty() && medium.size() >= 2;
  const bool knownAlready = watched.who.seenBefore || one.throttles >= 2 || (one.throttles == 1 && one.step < Step::Throttle);
  if (joined && shown && (rule.alone || knownAlready)) return holdOrStop(watched, rule, now);
  if (rule.alone && !hard.empty() && one.step < Step::Throttle && one.throttles + 1 >= kThrottlesBeforeStop)
    return holdOrStop(watched, rule, now);
  if (!hard.empty() || twoFor >= kUntilThrottle) return Step::Throttle;
  if (mediumFor >= kUntilWarning) return Step::Warning;
  if (!medium.empty() || weak.size() >= 2) return Step::Notice;
  return Step::Log;
}

Step Engine::holdOrStop(const Watched& watched, const Rule& rule, const Moment& now) const {
  std::size_t same = 0;
  std::size_t all = 0;
  for (const auto& strike : watched.who.strikes) {
    if (now.wall - strike.at < kStrikesPair && strike.rule == rule.id) ++same;
    if (now.wall - strike.at < kStrikesTriple) ++all;
  }
  return same >= 1 || all >= 2 ? Step::Hold : Step::Stop;
}

void Engine::strike(const std::string& account, const std::string& rule, const Moment& now) {
  for (auto& [id, watched] : runtimes_) {
    if (watched.who.account != account) continue;
    watched.who.strikes.push_back({rule, now.wall});
    watched.who.seenBefore = true;
  }
}

void Engine::lift(Watched& watched, const Rule& rule, Case& one, std::vector<Verdict>& verdicts) {
  verdicts.push_back(verdictOf(Turn::Lifted, watched, rule, one));
  const auto throttles = one.throttles;
  one = Case{};
  one.throttles = throttles;  // who begins again after a throttle was lifted is not seen for the first time
}

Verdict Engine::verdictOf(Turn turn, const Watched& watched, const Rule& rule, const Case& one) const {
  Verdict verdict{.turn = turn,
      .step = one.step,
      .shadow = one.shadow,
      .runtime = watched.who.runtime,
      .account = watched.who.account,
      .rule = rule.id,
      .version = rule.version,
      .evidence = {},
      .why = {}};
  for (const auto& [id, sign] : one.signs) verdict.evidence.push_back(sign.evidence);
  std::ranges::sort(verdict.evidence, {}, [](const Evidence& one) { return std::pair(-one.tier, one.detector); });
  return verdict;
}

// ---- the circuit breaker ----

bool Engine::pauses(const Rule& rule, const Watched& watched, const Moment& now, std::string& why) {
  auto& breaker = breakers_[rule.id];
  while (!breaker.hits.empty() && now.steady - breaker.hits.front().at > kHour) breaker.hits.pop_front();
  if (breaker.byHour.empty()) {
    breaker.hour = now.steady;
    breaker.byHour.push_back(0);
  }
  for (; now.steady - breaker.hour >= kHour && breaker.byHour.size() <= kHoursKept; breaker.hour += kHour) breaker.byHour.push_back(0);
  if (now.steady - breaker.hour >= kHour) breaker.hour = now.steady;
  while (breaker.byHour.size() > kHoursKept) breaker.byHour.pop_front();

  const bool isNew = std::ranges::find(breaker.hits, watched.who.account, &Hit::account) == breaker.hits.end();
  if (!isNew) return false;
  breaker.hits.push_back({.at = now.steady,
      .account = watched.who.account,
      .goodStanding = watched.who.strikes.empty() && now.wall - watched.who.accountSince >= kGoodStanding});
  ++breaker.byHour.back();
  const auto hits = breaker.hits.size();
  if (hits <= kBreakerAccounts) return false;
  // The greatest of all hours but this one: of 168 it is the 99th percentile.
  std::size_t usual = 0;
  for (std::size_t i = 0; i + 1 < breaker.byHour.size(); ++i) usual = std::max(usual, breaker.byHour[i]);
  const auto most = std::max(kBreakerAccounts, 3 * usual);
  const auto good = static_cast<std::size_t>(std::ranges::count(breaker.hits, true, &Hit::goodStanding));
  if (hits > most) {
    why = fmt::format("{} accounts within an hour; more than {} are unusual", hits, most);
  } else if (good * 5 > hits) {
    why = fmt::format("{} of {} accounts within an hour were in good standing for more than 30 days", good, hits);
  }
  return !why.empty();
}

void Engine::pause(const Rule& rule, const std::string& why, std::vector<Verdict>& verdicts) {
  breakers_[rule.id].paused = true;
  Verdict paused{.turn = Turn::Paused, .rule = rule.id, .version = rule.version, .why = why};
  verdicts.push_back(std::move(paused));
  for (auto& [id, watched] : runtimes_) {
    const auto found = watched.cases.find(rule.id);
    if (found != watched.cases.end() && found->second.step >= Step::Throttle && !found->second.shadow)
      lift(watched, rule, found->second, verdicts);
  }
}

}  // namespace allmende::policy
