#pragma once
// Decisions of everybody, appeals, and how the rules fare: for people of the staff in the page (Administer), and for who runs the server by
// its socket. Behind the door of server/api.

#include "server/api/policy_api.h"

namespace allmende::api {

struct StaffFilter {
  std::optional<std::string> rule;
  std::optional<std::string> account;
  std::optional<std::int64_t> shadow;
  std::optional<std::int64_t> appeals;
};
constexpr auto fieldsOf(Type<StaffFilter>) {
  using F = StaffFilter;
  return record("StaffFilter", field("rule", &F::rule, "Of this rule only."),
      field("account", &F::account, "Of the account with this name only."),
      field("shadow", &F::shadow, "1 = also what would have been done, were the rule enforced."),
      field("appeals", &F::appeals, "1 = only those with an appeal that waits for an answer."));
}

struct StaffDecisionView {
  std::string account;
  std::int64_t shadow = 0;
  std::optional<std::string> proposedBy;
  std::optional<std::string> confirmedBy;
  std::optional<std::int64_t> lastsS;
  DecisionView decision;
};
constexpr auto fieldsOf(Type<StaffDecisionView>) {
  using D = StaffDecisionView;
  return record("StaffDecision", field("account", &D::account, "Its name."), field("shadow", &D::shadow, "1 = it was only logged."),
      field("proposed_by", &D::proposedBy, "Of a restriction."), field("confirmed_by", &D::confirmedBy, "Absent: nothing holds yet."),
      field("lasts_s", &D::lastsS, "Seconds from its confirmation on."), field("decision", &D::decision));
}

struct StaffDecisions {
  std::vector<StaffDecisionView> decisions;
};
constexpr auto fieldsOf(Type<StaffDecisions>) {
  return record("StaffDecisions", field("decisions", &StaffDecisions::decisions, "Newest first."));
}

struct AppealAnswerBody {
  std::string outcome;
  std::string words;
};
constexpr auto fieldsOf(Type<AppealAnswerBody>) {
  using A = AppealAnswerBody;
  return record("AppealAnswer", field("outcome", &A::outcome, "upheld or overturned."), field("words", &A::words, "To the person; why."));
}

struct ExemptionBody {
  std::optional<std::string> account;
  std::optional<std::string> group;
  std::string rule;
  std::int64_t forS = 0;
  std::string reason;
};
constexpr auto fieldsOf(Type<ExemptionBody>) {
  using E = ExemptionBody;
  return record("ExemptionWish", field("account", &E::account, "Its name; either this or a group."),
      field("group", &E::group, "Its id: the rule does not hold for those who belong to it."),
      field("rule", &E::rule, "That does not hold for it."), field("for_s", &E::forS, "Seconds until it holds again; a year at most."),
      field("reason", &E::reason, "The person reads it."));
}

struct RestrictionBody {
  std::string account;
  std::string rule;
  std::int64_t forS = 0;
  std::string reason;
};
constexpr auto fieldsOf(Type<RestrictionBody>) {
  using B = RestrictionBody;
  return record("RestrictionWish", field("account", &B::account, "Its name."), field("rule", &B::rule, "By which it is proposed."),
      field("for_s", &B::forS, "Seconds during which it starts no runtime; an hour to a year."),
      field("reason", &B::reason, "The person reads it."));
}

// How a rule fares.
struct RuleHealthView {
  std::string rule;
  std::string title;
  std::string titleDe;
  std::int64_t version = 0;
  std::string state;
  std::map<std::string, std::int64_t> steps;
  std::map<std::string, std::int64_t> shadowSteps;
  std::int64_t accounts = 0;
  std::int64_t appeals = 0;
  std::int64_t openAppeals = 0;
  std::int64_t overturned = 0;
  double rightLow = 0;
  double rightHigh = 1;
};
constexpr auto fieldsOf(Type<RuleHealthView>) {
  using H = RuleHealthView;
  return record("RuleHealth", field("rule", &H::rule), field("title", &H::title), field("title_de", &H::titleDe),
      field("version", &H::version), field("state", &H::state, "As in Rule."),
      field("steps", &H::steps, "How often each step was taken within 30 days."),
      field("shadow_steps", &H::shadowSteps, "How often it would have been."), field("accounts", &H::accounts, "To how many accounts."),
      field("appeals", &H::appeals, "Against them."), field("open_appeals", &H::openAppeals), field("overturned", &H::overturned),
      field("right_low", &H::rightLow,
          "Between this share and the next one of its stops and holds were right, judged by the appeals that were answered (Wilson's "
          "interval, 95 %)."),
      field("right_high", &H::rightHigh));
}
struct RulesHealth {
  std::vector<RuleHealthView> rules;
};
constexpr auto fieldsOf(Type<RulesHealth>) { return record("RulesHealth", field("rules", &RulesHealth::rules)); }

// With how much confidence `good` of `all` says a share: Wilson's interval at 95 %; 0 to 1 for none.
std::pair<double, double> wilson(std::int64_t good, std::int64_t all);

class StaffApi {
 public:
  StaffApi(policy::Book& book, policy::Decisions& decisions, enforcement::Enforcement& enforcement, accounts::Accounts& accounts,
      journal::Journal& journal, const Clock& clock)
      : book_(book), decisions_(decisions), enforcement_(enforcement), accounts_(accounts), journal_(journal), clock_(clock) {}

  Task<Result<StaffDecisions>> list(accounts::Caller caller, InQuery<StaffFilter> filter);
  // Every look at one is noted in the journal.
  Task<Result<StaffDecisionView>> get(accounts::Caller caller, policy::DecisionId id);
  Task<Result<StaffDecisionView>> answer(accounts::Caller caller, policy::DecisionId id, AppealAnswerBody body);
  Task<Result<>> lift(accounts::Caller caller, policy::DecisionId id);
  Task<Result<>> resume(accounts::Caller caller, std::string rule);
  Task<Result<>> exempt(accounts::Caller caller, ExemptionBody body);
  Task<Result<Created<StaffDecisionView>>> propose(accounts::Caller caller, RestrictionBody body);
  Task<Result<StaffDecisionView>> confirm(accounts::Caller caller, policy::DecisionId id);
  Task<Result<RulesHealth>> health(accounts::Caller caller);

  // The same for whoever `by` says.
  Task<Result<StaffDecisions>> listFor(StaffFilter filter);
  Task<Result<StaffDecisionView>> answerBy(std::string by, policy::DecisionId id, AppealAnswerBody body);
  Task<Result<>> liftBy(std::string by, policy::DecisionId id) { co_return co_await enforcement_.lift(std::move(id), std::move(by)); }
  Task<Result<>> resumeBy(std::string by, std::string rule) { co_return co_await enforcement_.resume(std::move(rule), std::move(by)); }
  Task<Result<>> exemptBy(std::string by, ExemptionBody body);
  Task<Result<StaffDecisionView>> proposeBy(std::string by, RestrictionBody body);
  Task<Result<StaffDecisionView>> confirmBy(std::string by, policy::DecisionId id);
  Task<Result<RulesHealth>> healthOfAll();

 private:
  Task<Result<StaffDecisionView>> viewFor(policy::Decision decision);
  Task<Result<std::string>> nameOf(AccountId id);

  policy::Book& book_;
  policy::Decisions& decisions_;
  enforcement::Enforcement& enforcement_;
  accounts::Accounts& accounts_;
  journal::Journal& journal_;
  const Clock& clock_;
};

// ---- by the operator's socket ----

struct DecisionWish {
  std::string decision;
};
constexpr auto fieldsOf(Type<DecisionWish>) {
  return record("DecisionWish", field("decision", &DecisionWish::decision, "Begins with dec_."));
}
struct OperatorAppealAnswer {
  std::string decision;
  std::string outcome;
  std::string words;
};
constexpr auto fieldsOf(Type<OperatorAppealAnswer>) {
  using A = OperatorAppealAnswer;
  return record("OperatorAppealAnswer", field("decision", &A::decision), field("outcome", &A::outcome, "upheld or overturned."),
      field("words", &A::words, "To the person; why."));
}
struct RuleWish {
  std::string rule;
};
constexpr auto fieldsOf(Type<RuleWish>) { return record("RuleWish", field("rule", &RuleWish::rule)); }

class OperatorPolicy {
 public:
  // `readRules` publishes what the folder of the rules says now.
  OperatorPolicy(StaffApi& staff, std::function<Task<Result<>>()> readRules) : staff_(staff), readRules_(std::move(readRules)) {}

  Task<Result<RulesHealth>> read();
  Task<Result<RulesHealth>> health() { return staff_.healthOfAll(); }
  Task<Result<StaffDecisions>> list(StaffFilter filter) { return staff_.listFor(std::move(filter)); }
  Task<Result<StaffDecisionView>> answer(OperatorAppealAnswer body);
  Task<Result<>> lift(DecisionWish wish);
  Task<Result<StaffDecisionView>> propose(RestrictionBody body) { return staff_.proposeBy("operator", std::move(body)); }
  Task<Result<StaffDecisionView>> confirm(DecisionWish wish);
  Task<Result<>> exempt(ExemptionBody body) { return staff_.exemptBy("operator", std::move(body)); }
  Task<Result<>> resume(RuleWish wish) { return staff_.resumeBy("operator", std::move(wish.rule)); }

 private:
  StaffApi& staff_;
  std::function<Task<Result<>>()> readRules_;
};

}  // namespace allmende::api
