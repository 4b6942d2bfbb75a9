#include "server/api/policy_api.h"

#include <algorithm>
#include <set>

namespace allmende::api {
namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') out += "&amp;";
    if (c == '<') out += "&lt;";
    if (c == '>') out += "&gt;";
    if (c != '&' && c != '<' && c != '>') out += c;
  }
  return out;
}

std::string stateOf(const policy::Version& version, Instant now, bool isPaused, bool isSuperseded) {
  if (version.withdrawnAt) return "withdrawn";
  if (version.binding.bindsAt > now) return "upcoming";
  if (isSuperseded) return "superseded";
  if (isPaused) return "paused";
  return version.binding.enforcedAt > now ? "watching" : "in_force";
}

std::optional<AppealView> viewOf(const std::optional<policy::Appeal>& appeal) {
  if (!appeal) return std::nullopt;
  return AppealView{.words = appeal->words,
      .madeAt = appeal->madeAt,
      .outcome = appeal->outcome,
      .answeredAt = appeal->answeredAt,
      .answer = appeal->answer};
}

// The version that a decision was made by; the last one when it is not known any more.
const policy::Version* findVersion(const policy::Book& book, const policy::Decision& decision) {
  const auto is = [&](const policy::Version& one) { return one.rule.id == decision.rule && one.rule.version == decision.version; };
  const auto found = std::ranges::find_if(book.versions(), is);
  return found == book.versions().end() ? nullptr : &*found;
}

}  // namespace

RuleView viewOf(const policy::Version& version, Instant now, bool isPaused, bool isSuperseded) {
  const auto& rule = version.rule;
  RuleView view{.id = rule.id,
      .number = version.number,
      .version = rule.version,
      .title = rule.title,
      .titleDe = rule.titleDe,
      .text = rule.text,
      .textDe = rule.textDe,
      .reason = rule.reason,
      .reasonDe = rule.reasonDe,
      .instead = rule.instead,
      .insteadDe = rule.insteadDe,
      .says = version.says,
      .saysDe = version.saysDe,
      .tiers = rule.tiers,
      .most = rule.most,
      .throttle = rule.throttle,
      .appeal = rule.appeal,
      .emergency = {},
      .emergencyDe = {},
      .announcedAt = version.binding.announcedAt,
      .bindsAt = version.binding.bindsAt,
      .enforcedAt = version.binding.enforcedAt,
      .withdrawnAt = version.withdrawnAt,
      .state = stateOf(version, now, isPaused, isSuperseded)};
  if (!rule.emergency.empty()) std::tie(view.emergency, view.emergencyDe) = std::pair(rule.emergency, rule.emergencyDe);
  return view;
}

DecisionView viewOf(const policy::Decision& decision, const policy::Book& book) {
  DecisionView view{.id = decision.id,
      .rule = decision.rule,
      .version = decision.version,
      .title = decision.rule,
      .titleDe = decision.rule,
      .step = std::string(policy::nameOf(decision.step)),
      .throttle = {},
      .runtime = decision.runtime,
      .evidence = decision.evidence,
      .at = decision.at,
      .endsAt = decision.endsAt,
      .endedAt = decision.endedAt,
      .ending = {},
      .answer = decision.answer,
      .remark = decision.remark,
      .appeal = viewOf(decision.appeal),
      .forgottenAt = decision.at + policy::Decisions::keptFor(decision.step)};
  if (!decision.ending.empty()) view.ending = decision.ending;
  if (const auto* version = findVersion(book, decision)) {
    const auto& rule = version->rule;
    std::tie(view.title, view.titleDe, view.text, view.textDe) = std::tie(rule.title, rule.titleDe, rule.text, rule.textDe);
    std::tie(view.reason, view.reasonDe, view.instead, view.insteadDe) = std::tie(rule.reason, rule.reasonDe, rule.instead, rule.insteadDe);
    view.appealable = rule.appeal;
    if (decision.step == policy::Step::Throttle) view.throttle = rule.throttle;
  }
  return view;
}

// ---- the rules ----

std::vector<RuleView> PolicyApi::viewAll() const {
  std::vector<RuleView> views;
  std::vector<std::string> seen;  // rules of which a newer version holds
  const auto now = clock_.now();
  for (const auto& version : book_.versions()) {
    const bool isSuperseded = std::ranges::find(seen, version.rule.id) != seen.end();
    if (version.isInForce(now)) seen.push_back(version.rule.id);
    views.push_back(viewOf(version, now, enforcement_.isPaused(version.rule.id), isSuperseded));
  }
  return views;
}

Task<Result<PolicyView>> PolicyApi::get(std::optional<accounts::Caller> caller) {
  PolicyView view{.last = book_.last(),
      .accepted = {},
      .exemptions = {},
      .restriction = {},
      .looksAtAccounts = enforcement_.looksAtAccounts(),
      .rules = viewAll()};
  std::erase_if(view.rules, [](const RuleView& rule) { return rule.state == "superseded" || rule.state == "withdrawn"; });
  const auto orderOf = [&](const RuleView& one) {
    const auto found = std::ranges::find_if(book_.versions(), [&](const auto& version) { return version.number == one.number; });
    return std::tuple(found->rule.order, one.id, one.version);
  };
  std::ranges::sort(view.rules, {}, orderOf);
  if (caller) {
    CO_TRY(view.accepted, co_await book_.accepted(caller->account));
    CO_TRY(const auto exemptions, co_await enforcement_.exemptionsOf(caller->account));
    for (const auto& one : exemptions) view.exemptions.push_back({.rule = one.rule, .endsAt = one.endsAt, .reason = one.reason});
  }
  for (const auto& decision : caller ? enforcement_.holding(caller->account) : std::vector<policy::Decision>{}) {
    if (decision.step == policy::Step::Restrict) view.restriction = decision.id;
  }
  co_return view;
}

Task<Result<std::vector<RuleView>>> PolicyApi::versions(std::optional<accounts::Caller>) { co_return viewAll(); }

Task<Result<>> PolicyApi::accept(accounts::Caller caller, AcceptanceBody body) {
  co_return co_await book_.accept(caller.account, body.upTo);
}

RuleNumbersView numbersOf(std::string rule, const std::vector<policy::Decision>& decisions) {
  RuleNumbersView numbers{.rule = std::move(rule), .accounts = {}, .steps = {}, .appeals = {}, .overturned = {}};
  std::set<AccountId> accounts;
  std::map<policy::Step, std::set<AccountId>> byStep;
  std::map<policy::Step, std::int64_t> steps;
  std::int64_t appeals = 0;
  std::int64_t overturned = 0;
  for (const auto& decision : decisions) {
    accounts.insert(decision.account);
    byStep[decision.step].insert(decision.account);
    ++steps[decision.step];
    if (decision.appeal) ++appeals;
    if (decision.appeal && decision.appeal->outcome == "overturned") ++overturned;
  }
  for (const auto& [step, concerned] : byStep) {
    if (concerned.size() >= kLeastPublished) numbers.steps.emplace(policy::nameOf(step), steps[step]);
  }
  if (!accounts.empty() && accounts.size() < kLeastPublished) return numbers;
  numbers.accounts = static_cast<std::int64_t>(accounts.size());
  std::tie(numbers.appeals, numbers.overturned) = std::pair(appeals, overturned);
  return numbers;
}

Task<Result<PolicyNumbers>> PolicyApi::numbers() {
  constexpr int kDays = 90;
  constexpr int kMostReckoned = 1000;  // decisions of a rule, the last ones
  const auto now = clock_.sinceStart();
  if (numbersAt_ && now - *numbersAt_ < 10min) co_return numbers_;
  const auto before = numbersAt_;
  if (before) numbersAt_ = now;  // whoever asks meanwhile is told the numbers from before
  PolicyNumbers numbers{.days = kDays, .least = kLeastPublished, .rules = {}};
  std::vector<std::string> rules;
  for (const auto& rule : book_.inForce().rules()) rules.push_back(rule.id);
  for (auto& rule : rules) {
    auto decisions = co_await decisions_.list({.account = {}, .rule = rule, .limit = kMostReckoned});
    if (!decisions) {
      numbersAt_ = before;
      co_return std::unexpected(std::move(decisions).error());
    }
    std::erase_if(*decisions, [&](const policy::Decision& one) { return one.at < clock_.now() - std::chrono::hours{24 * kDays}; });
    numbers.rules.push_back(numbersOf(std::move(rule), *decisions));
  }
  numbers_ = numbers;
  numbersAt_ = now;
  co_return numbers;
}

// Atom (RFC 4287): one entry for each version of a rule, the newest first.
Task<net::Response> PolicyApi::feed(Call call) {
  const auto url = fmt::format("{}://{}{}policy", call.visit.secure ? "https" : "http", call.visit.host, baseUrl_);
  const auto views = viewAll();
  std::string text = fmt::format(
      "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n<id>{0}</id>\n<title>Rules of this "
      "commons</title>\n<link href=\"{0}\"/>\n<updated>{1}</updated>\n<author><name>Allmende</name></author>\n",
      escaped(url), formatUtc(views.empty() ? Instant{} : views.front().announcedAt));
  for (const auto& view : views) {
    text += fmt::format(
        "<entry>\n<id>{0}#{1}-{2}</id>\n<title>{3}, version {2}</title>\n<link href=\"{0}#{1}\"/>\n<updated>{4}</updated>\n"
        "<summary>{5} {6} Announced {7}, holds from {8}, enforced from {9} UTC.</summary>\n</entry>\n",
        escaped(url), view.id, view.version, escaped(view.title), formatUtc(view.announcedAt), escaped(view.text), escaped(view.reason),
        formatUtc(view.announcedAt).substr(0, 16), formatUtc(view.bindsAt).substr(0, 16), formatUtc(view.enforcedAt).substr(0, 16));
  }
  net::Response response{200, {}, text + "</feed>\n"};
  response.headers.add("Content-Type", "application/atom+xml; charset=utf-8");
  co_return response;
}

// ---- decisions ----

Task<Result<std::vector<DecisionView>>> PolicyApi::list(accounts::Caller caller) {
  CO_TRY(const auto decisions, co_await decisions_.list({.account = caller.account, .rule = {}}));
  std::vector<DecisionView> views;
  for (const auto& decision : decisions) views.push_back(viewOf(decision, book_));
  co_return views;
}

Task<Result<DecisionView>> PolicyApi::decision(accounts::Caller caller, policy::DecisionId id) {
  CO_TRY(const auto decision, co_await decisions_.get(caller.account, std::move(id)));
  co_return viewOf(decision, book_);
}

Task<Result<DecisionView>> PolicyApi::answer(accounts::Caller caller, policy::DecisionId id, AnswerBody body) {
  CO_TRY(const auto decision, co_await enforcement_.answer(caller.account, std::move(id), std::move(body.answer), std::move(body.remark)));
  co_return viewOf(decision, book_);
}

Task<Result<Created<AppealView>>> PolicyApi::appeal(accounts::Caller caller, policy::DecisionId id, AppealBody body) {
  CO_TRY(const auto decision, co_await decisions_.get(caller.account, id));
  const auto* version = findVersion(book_, decision);
  CO_TRY(const auto appeal,
      co_await decisions_.appeal(caller.account, std::move(id), std::move(body.words), version == nullptr || version->rule.appeal));
  co_return Created<AppealView>{*viewOf(std::optional(appeal))};
}

}  // namespace allmende::api
