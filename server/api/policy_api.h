#pragma once
// The rules, for everybody to read; and what was decided of somebody, for them alone. Behind the door of server/api.

#include "server/api/call.h"
#include "server/api/typed.h"
#include "server/enforcement/enforcement.h"

namespace allmende::api {

struct RuleView {
  std::string id;
  std::int64_t number = 0;
  std::int64_t version = 1;
  std::string title;
  std::string titleDe;
  std::string text;
  std::string textDe;
  std::string reason;
  std::string reasonDe;
  std::string instead;
  std::string insteadDe;
  std::vector<std::string> says;
  std::vector<std::string> saysDe;
  std::vector<std::string> tiers;
  std::string most;
  std::string throttle;
  bool appeal = true;
  std::optional<std::string> emergency;
  std::optional<std::string> emergencyDe;
  Instant announcedAt;
  Instant bindsAt;
  Instant enforcedAt;
  std::optional<Instant> withdrawnAt;
  std::string state;
};
constexpr auto fieldsOf(Type<RuleView>) {
  using R = RuleView;
  return record("Rule", field("id", &R::id), field("number", &R::number, "Of all versions of all rules, in the order of publication."),
      field("version", &R::version, "Of this rule."), field("title", &R::title), field("title_de", &R::titleDe),
      field("text", &R::text, "What is not allowed."), field("text_de", &R::textDe), field("reason", &R::reason, "Why."),
      field("reason_de", &R::reasonDe), field("instead", &R::instead, "What is allowed."), field("instead_de", &R::insteadDe),
      field("says", &R::says, "What it goes by, as those concerned are told."), field("says_de", &R::saysDe),
      field("tiers", &R::tiers, "Whom it holds for; empty = everybody."),
      field("most", &R::most, "The furthest step that is taken without people: log, notice, warning, throttle, stop, hold."),
      field("throttle", &R::throttle, "What is slowed down: cpu, connections, all_but_web, upload."),
      field("appeal", &R::appeal, "Whether its decisions can be appealed against."),
      field("emergency", &R::emergency, "Why it bound at once; absent when it did not."), field("emergency_de", &R::emergencyDe),
      field("announced_at", &R::announcedAt), field("binds_at", &R::bindsAt, "From then on it holds."),
      field("enforced_at", &R::enforcedAt, "Until then what would be done is only logged."),
      field("withdrawn_at", &R::withdrawnAt, "Since then it is no longer published."),
      field("state", &R::state, "upcoming, watching (it holds and is not yet enforced), in_force, paused, superseded or withdrawn."));
}

struct ExemptionView {
  std::string rule;
  Instant endsAt;
  std::string reason;
};
constexpr auto fieldsOf(Type<ExemptionView>) {
  using E = ExemptionView;
  return record(
      "Exemption", field("rule", &E::rule), field("ends_at", &E::endsAt, "From then on it holds again."), field("reason", &E::reason));
}

struct PolicyView {
  std::int64_t last = 0;
  std::optional<std::int64_t> accepted;
  std::vector<ExemptionView> exemptions;
  std::optional<policy::DecisionId> restriction;
  bool looksAtAccounts = false;
  std::vector<RuleView> rules;
};
constexpr auto fieldsOf(Type<PolicyView>) {
  using P = PolicyView;
  return record("Policy", field("last", &P::last, "The number of the last version of any rule; 0 = there are no rules."),
      field("accepted", &P::accepted, "Up to which number the caller has accepted them; absent when nobody is signed in."),
      field("exemptions", &P::exemptions, "Rules that do not hold for the caller, for some time."),
      field("restriction", &P::restriction, "A decision that keeps the caller from runtimes, or is proposed to."),
      field("looks_at_accounts", &P::looksAtAccounts, "Whether browsers that several accounts sign in by are recognised."),
      field("rules", &P::rules, "Those that hold and those that are announced."));
}

// What a rule did lately, as far as it says nothing of anybody.
struct RuleNumbersView {
  std::string rule;
  std::optional<std::int64_t> accounts;
  std::map<std::string, std::int64_t> steps;
  std::optional<std::int64_t> appeals;
  std::optional<std::int64_t> overturned;
};
constexpr auto fieldsOf(Type<RuleNumbersView>) {
  using N = RuleNumbersView;
  return record("RuleNumbers", field("rule", &N::rule),
      field("accounts", &N::accounts, "That it concerned; absent = some, but too few to say."),
      field("steps", &N::steps, "How often each step was taken; those that concerned too few are not there."),
      field("appeals", &N::appeals, "Against it; absent = too few people were concerned."),
      field("overturned", &N::overturned, "Of these."));
}
struct PolicyNumbers {
  std::int64_t days = 0;
  std::int64_t least = 0;
  std::vector<RuleNumbersView> rules;
};
constexpr auto fieldsOf(Type<PolicyNumbers>) {
  using N = PolicyNumbers;
  return record("PolicyNumbers", field("days", &N::days, "That they are about, up to now."),
      field("least", &N::least, "A number about fewer accounts than these is not told."), field("rules", &N::rules));
}
// Of decisions within the time that the numbers are about; none of what was only logged.
RuleNumbersView numbersOf(std::string rule, const std::vector<policy::Decision>& decisions);
inline constexpr std::size_t kLeastPublished = 20;  // accounts

struct AcceptanceBody {
  std::int64_t upTo = 0;
};
constexpr auto fieldsOf(Type<AcceptanceBody>) {
  return record("PolicyAcceptance", field("up_to", &AcceptanceBody::upTo, "The number up to which the rules were read."));
}

struct AppealView {
  std::string words;
  Instant madeAt;
  std::optional<std::string> outcome;
  std::optional<Instant> answeredAt;
  std::optional<std::string> answer;
};
constexpr auto fieldsOf(Type<AppealView>) {
  using A = AppealView;
  return record("Appeal", field("words", &A::words), field("made_at", &A::madeAt),
      field("outcome", &A::outcome, "upheld or overturned; absent while nobody has answered."), field("answered_at", &A::answeredAt),
      field("answer", &A::answer));
}

struct DecisionView {
  policy::DecisionId id;
  std::string rule;
  std::int64_t version = 1;
  std::string title;
  std::string titleDe;
  std::string text;
  std::string textDe;
  std::string reason;
  std::string reasonDe;
  std::string instead;
  std::string insteadDe;
  std::string step;
  std::optional<std::string> throttle;
  std::string runtime;
  std::vector<policy::Finding> evidence;
  Instant at;
  std::optional<Instant> endsAt;
  std::optional<Instant> endedAt;
  std::optional<std::string> ending;
  std::optional<std::string> answer;
  std::optional<std::string> remark;
  bool appealable = true;
  std::optional<AppealView> appeal;
  std::optional<Instant> forgottenAt;
};
constexpr auto fieldsOf(Type<DecisionView>) {
  using D = DecisionView;
  return record("Decision", field("id", &D::id, "Begins with dec_."), field("rule", &D::rule), field("version", &D::version),
      field("title", &D::title, "Of the rule."), field("title_de", &D::titleDe), field("text", &D::text, "What is not allowed."),
      field("text_de", &D::textDe), field("reason", &D::reason, "Why."), field("reason_de", &D::reasonDe),
      field("instead", &D::instead, "What is allowed."), field("instead_de", &D::insteadDe),
      field("step", &D::step,
          "notice, warning, throttle, stop, hold or restrict (proposed by one person of the staff, while it has no end)."),
      field("throttle", &D::throttle, "What is slowed down."), field("runtime", &D::runtime, "In which it was seen; empty = none ran."),
      field("evidence", &D::evidence, "What was seen."), field("at", &D::at), field("ends_at", &D::endsAt, "By itself."),
      field("ended_at", &D::endedAt, "It holds no more."), field("ending", &D::ending, "lifted, lapsed, paused or overturned."),
      field("answer", &D::answer, "To a warning: run_anyway, allowed_use or cancelled."), field("remark", &D::remark),
      field("appealable", &D::appealable), field("appeal", &D::appeal),
      field("forgotten_at", &D::forgottenAt, "When it is deleted, unless an appeal is open."));
}

struct AnswerBody {
  std::string answer;
  std::optional<std::string> remark;
};
constexpr auto fieldsOf(Type<AnswerBody>) {
  return record("DecisionAnswer", field("answer", &AnswerBody::answer, "run_anyway, allowed_use or cancelled."),
      field("remark", &AnswerBody::remark, "One line, for whoever may look at it; at most 300 bytes."));
}

struct AppealBody {
  std::string words;
};
constexpr auto fieldsOf(Type<AppealBody>) { return record("AppealWish", field("words", &AppealBody::words, "At most 4000 bytes.")); }

// As the API shows them.
RuleView viewOf(const policy::Version& version, Instant now, bool isPaused, bool isSuperseded);
DecisionView viewOf(const policy::Decision& decision, const policy::Book& book);

class PolicyApi {
 public:
  PolicyApi(
      policy::Book& book, policy::Decisions& decisions, enforcement::Enforcement& enforcement, const Clock& clock, std::string baseUrl)
      : book_(book), decisions_(decisions), enforcement_(enforcement), clock_(clock), baseUrl_(std::move(baseUrl)) {}

  Task<Result<PolicyView>> get(std::optional<accounts::Caller> caller);
  Task<Result<std::vector<RuleView>>> versions(std::optional<accounts::Caller> caller);
  Task<Result<>> accept(accounts::Caller caller, AcceptanceBody body);
  Task<net::Response> feed(Call call);
  // Reckoned anew every ten minutes at most.
  Task<Result<PolicyNumbers>> numbers();

  Task<Result<std::vector<DecisionView>>> list(accounts::Caller caller);
  Task<Result<DecisionView>> decision(accounts::Caller caller, policy::DecisionId id);
  Task<Result<DecisionView>> answer(accounts::Caller caller, policy::DecisionId id, AnswerBody body);
  Task<Result<Created<AppealView>>> appeal(accounts::Caller caller, policy::DecisionId id, AppealBody body);

 private:
  std::vector<RuleView> viewAll() const;

  policy::Book& book_;
  policy::Decisions& decisions_;
  enforcement::Enforcement& enforcement_;
  const Clock& clock_;
  std::string baseUrl_;
  PolicyNumbers numbers_;
  std::optional<Duration> numbersAt_;
};

}  // namespace allmende::api
