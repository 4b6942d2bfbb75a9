#pragma once
// Asks policy before (may a runtime start, may a cell run without a question) and during (what is seen of runtimes), and carries out what
// it decides. Of decisions it makes none itself.
//
// A decision holds once it is in the database; then it is carried out, and its person is told. When policy, the node or the database are
// away nothing is stopped.

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lib/base/task.h"
#include "server/accounts/accounts.h"
#include "server/enforcement/devices.h"
#include "server/engines/engines.h"
#include "server/groups/groups.h"
#include "server/policy/policy.h"
#include "server/quota/quota.h"
#include "server/runtimes/runtimes.h"

namespace allmende::enforcement {

struct Rooms {
  store::Database& database;
  policy::Book& book;
  policy::Decisions& decisions;
  accounts::Accounts& accounts;
  groups::Groups& groups;
  quota::Ledger& ledger;
  runtimes::Runtimes& runtimes;
  engines::Engine& engine;
  journal::Journal& journal;
  Clock& clock;
};

class Enforcement {
 public:
  static constexpr std::chrono::hours kHoldFor{24};
  static constexpr std::size_t kMostQuestions = 30;    // to one account within an hour; beyond that cells run unasked
  static constexpr int kMostOverturned = 2;            // stops of a rule within 30 days; beyond that it pauses until somebody looks
  static constexpr std::size_t kMostWaiting = 20'000;  // inputs to policy; beyond that what is observed is dropped and counted

  // `accountEvidence`: whether it looks for one person with several accounts (Devices), which an operator has to ask for.
  Enforcement(Executor executor, Rooms rooms, bool accountEvidence);
  // Learns which holds there are, and begins to look. After the book was published.
  Task<Result<>> begin();
  Task<> close();

  // What Runtimes tells.
  Task<> found(std::shared_ptr<runtimes::Agent> agent, AccountId of);
  void ended(const runtimes::Runtime& runtime);
  void observed(const engines::Observed& seen);

  // Denied, naming the decision and until when, while the account is held.
  Result<> mayStart(const AccountId& of) const;

  // Cells that somebody is about to run. Denied, naming the decision, when one of them is to be asked about first: the answer is due at
  // answer(), and then they run. `runtime` is theirs, if one runs.
  struct Cell {
    std::string id;
    std::string source;
  };
  Task<Result<>> mayRun(AccountId by, std::vector<Cell> cells);
  // Code that went to a kernel past the documents: it runs in any case, and its person hears of the rule.
  void ran(const AccountId& by, std::string_view code);

  // A person's answer to a question: see policy::Decisions::answer. Behind run_anyway and allowed_use the rule does not ask again for as
  // long as their runtime lives.
  Task<Result<policy::Decision>> answer(AccountId by, policy::DecisionId id, std::string answer, std::optional<std::string> remark);

  // Somebody has signed in by a browser that shows `device`; gives what it is to show from then on, nothing where accounts are not looked
  // at.
  Task<std::optional<std::string>> signedIn(AccountId who, std::string device);
  bool looksAtAccounts() const { return accountEvidence_; }
  // Forgets what has been kept long enough.
  Task<Result<>> sweep() { return devices_.sweep(); }

  // What holds of an account now, the last first: notices, warnings, throttles, holds and restrictions, those too that are proposed.
  std::vector<policy::Decision> holding(const AccountId& of) const;

  // A person of the staff has answered an appeal; when it is overturned, what was done is undone: the runtime's units are given back,
  // strikes no longer count, and it is charged to the rule.
  Task<Result<policy::Decision>> answerAppeal(policy::DecisionId id, std::string by, std::string outcome, std::string words);
  // Ends a measure before its time.
  Task<Result<>> lift(policy::DecisionId id, std::string by);
  // A rule does not hold for an account, see policy::Decisions::exempt; what holds of it by that rule is lifted. NotFound for a rule there
  // is none.
  Task<Result<>> exempt(AccountId who, policy::Exemption exemption, std::string by);
  // The same for all of a group; for who comes to it later, from their next runtime on.
  Task<Result<>> exemptGroup(GroupId group, policy::Exemption exemption, std::string by);
  // The exemptions of an account and its groups that have not ended.
  Task<Result<std::vector<policy::Exemption>>> exemptionsOf(AccountId of);
  // See policy::Decisions::propose. NotFound for a rule there is none.
  Task<Result<policy::Decision>> propose(AccountId about, std::string rule, Duration lasts, std::string reason, std::string by);
  // See policy::Decisions::confirm; what runs of the account is stopped.
  Task<Result<policy::Decision>> confirm(policy::DecisionId id, std::string by);
  // A rule that its circuit breaker has paused acts again. NotFound for a rule there is none.
  Task<Result<>> resume(std::string rule, std::string by);
  bool isPaused(std::string_view rule) const { return engine_.isPaused(rule); }

  // The rules that are in force have changed: everything goes by them from now on.
  void tellPolicy();

  struct Counters {
    std::uint64_t observed = 0;
    std::uint64_t refused = 0;  // facts that are none
    std::uint64_t dropped = 0;
    std::uint64_t cellsScanned = 0;
    std::uint64_t questions = 0;
    std::map<std::string, std::uint64_t> bySteps;  // "crypto-mining throttle"
  };
  const Counters& counters() const { return counters_; }

 private:
  struct Person {
    std::set<std::string> runtimes;                             // that run
    std::map<std::string, std::vector<policy::Match>> matches;  // of the last cells, by rule
    std::map<std::string, std::string> asked;                   // by rule: the decision that waits for an answer
    std::deque<Duration> questions;                             // when they were asked, within the last hour
    std::map<std::string, bool> answered;                       // by rule
    std::deque<policy::Decision> holding;                       // the last first
  };
  Task<> work();
  Task<> look();
  Task<> carryOut(policy::Verdict verdict);
  Task<> carryOutStep(policy::Verdict verdict);
  Task<> carryOutLift(policy::Verdict verdict);
  Task<> restrain(AccountId of);
  Task<> restrainAll();
  Task<> endHolds();
  // Undoes what an overturned decision did.
  Task<> undo(policy::Decision decision);
  // Pauses the rule when too many of its stops were overturned since somebody looked last.
  Task<Result<>> charge(std::string rule);
  Task<> stop(policy::Decision decision);
  void feed(policy::Input input);
  Result<> checkRule(const std::string& rule) const;
  // What holds of them by a rule does no longer.
  Task<Result<>> liftFor(AccountId who, policy::Exemption exemption);
  // Whether these cells go on with the work of somebody who used up the units.
  void noteRun(const AccountId& by, std::string_view source);
  Task<> lookForHandOver(AccountId by, std::string source);
  Task<> tellOfAccount(AccountId of, std::string runtime);
  void note(const Person& person, const std::vector<policy::Match>& matches);
  policy::Moment moment() const { return {.wall = rooms_.clock.now(), .steady = rooms_.clock.sinceStart()}; }
  std::vector<policy::Finding> findingsOf(const policy::Verdict& verdict) const;
  policy::Finding findingOf(const policy::Match& match) const;
  bool ruleAsks(const policy::Rule& rule, std::string_view tier) const;
  Task<Result<policy::DecisionId>> question(AccountId by, policy::Rule rule, std::vector<policy::Match> matches);
  void keepFromStarting(policy::Decision decision);
  // It holds no more of them.
  void release(const AccountId& of, const policy::DecisionId& id);

  Rooms rooms_;
  policy::Engine engine_;
  policy::Scanner scanner_;
  Devices devices_;
  LastCells lastCells_;
  bool accountEvidence_;
  std::map<AccountId, Person> people_;                       // never erased: a few words for each
  std::map<AccountId, std::vector<policy::Decision>> held_;  // holds and confirmed restrictions; none of them hides another
  std::deque<policy::Input> due_;
  Instant begunAt_;
  Counters counters_;
  Notifier changed_;
  TaskScope scope_;
};

// For people, in English: what was decided and what comes next.
std::string sentenceOf(const policy::Rule& rule, const policy::Decision& decision);

}  // namespace allmende::enforcement
