#pragma once
// What was decided of whom, why, until when, and what they said to it. Part of the door server/policy/policy.h.

#include <optional>
#include <string>
#include <vector>

#include "lib/base/id.h"
#include "lib/store/store.h"
#include "server/journal/journal.h"
#include "server/policy/engine.h"

namespace allmende::policy {

struct DecisionKind {
  static constexpr std::string_view prefix = "dec_";
  static constexpr std::string_view name = "decision";
};
using DecisionId = Id<DecisionKind>;
struct AppealKind {
  static constexpr std::string_view prefix = "app_";
  static constexpr std::string_view name = "appeal";
};
using AppealId = Id<AppealKind>;

// Evidence as it is kept and shown to whom it is about.
struct Finding {
  std::string detector;
  std::string family;
  std::int64_t tier = 1;
  Instant since;
  std::string says;  // what was seen, in English
  std::string saysDe;
  std::optional<std::int64_t> line;    // of the cell
  std::optional<std::string> excerpt;  // what stands there
};
constexpr auto fieldsOf(Type<Finding>) {
  using F = Finding;
  return record("Finding", field("detector", &F::detector),
      field("family", &F::family, "code, exec, cpu, network, payload, account: where it was seen."),
      field("tier", &F::tier, "1 weak, 2 medium, 3 hard evidence."), field("since", &F::since), field("says", &F::says, "What was seen."),
      field("says_de", &F::saysDe, "In German."), field("line", &F::line, "Of the cell."),
      field("excerpt", &F::excerpt, "What stands there."));
}

struct Appeal {
  AppealId id;
  DecisionId decision;
  AccountId account;
  std::string words;
  Instant madeAt;
  std::optional<std::string> outcome;  // "upheld", "overturned"; absent while it is open
  std::optional<Instant> answeredAt;
  std::optional<std::string> answeredBy;
  std::optional<std::string> answer;
};

struct Decision {
  DecisionId id;
  AccountId account;
  std::string runtime;
  std::string rule;
  std::int64_t version = 1;
  Step step = Step::Log;
  bool shadow = false;
  std::vector<Finding> evidence;
  Instant at;
  std::optional<Instant> endsAt;      // by itself
  std::optional<Instant> endedAt;     // before its end, or with it
  std::string ending;                 // "lifted", "lapsed", "paused", "overturned"
  std::optional<std::string> answer;  // to a warning: "run_anyway", "allowed_use", "cancelled"
  std::optional<std::string> remark;  // with it
  std::optional<Appeal> appeal;
  // Of step Restrict: until it is confirmed nothing holds, and endsAt is absent.
  struct Restriction {
    Duration lasts{0};
    std::string proposedBy;
    std::optional<std::string> confirmedBy;
  };
  std::optional<Restriction> restriction;
};

// A rule that does not hold for an account: a course, research.
struct Exemption {
  std::string rule;
  Instant endsAt;
  std::string reason;  // the person reads it
};

struct DecisionFilter {
  std::optional<AccountId> account;
  std::optional<std::string> rule;
  bool withShadow = false;
  bool openAppeals = false;  // only those
  Step least = Step::Notice;
  int limit = 200;  // at most 1000
};

class Decisions {
 public:
  static constexpr std::size_t kLongestWords = 4000;
  static constexpr std::chrono::hours kStrikesCount{90 * 24};

  Decisions(store::Database& database, journal::Journal& journal, const Clock& clock)
      : database_(database), journal_(journal), clock_(clock) {}

  Task<Result<>> record(Decision decision);
  // Nothing of it holds any more. What has ended already stays as it ended.
  Task<Result<>> end(DecisionId id, std::string ending);
  // NotFound when it is not theirs.
  Task<Result<Decision>> get(std::optional<AccountId> of, DecisionId id);
  // Newest first.
  Task<Result<std::vector<Decision>>> list(DecisionFilter filter);
  // Stops and holds that still count, and whether the account was throttled or more within their time.
  struct Record {
    std::vector<Strike> strikes;
    bool seenBefore = false;
  };
  Task<Result<Record>> recordOf(AccountId of);
  // Restrictions that are proposed and neither confirmed nor ended.
  Task<Result<std::vector<Decision>>> proposals();
  // Holds and confirmed restrictions that have not ended.
  Task<Result<std::vector<Decision>>> holds();
  // Measures on runtimes that an earlier server had taken and nobody has lifted.
  Task<Result<>> endLeftOver();
  // What their person says to a warning. Conflict when it was answered, NotFound when it is not theirs.
  Task<Result<>> answer(AccountId by, DecisionId id, std::string answer, std::optional<std::string> remark);

  // Fails with Conflict when there is one, Denied when the rule allows none (`allowed`), InvalidInput without words.
  Task<Result<Appeal>> appeal(AccountId by, DecisionId id, std::string words, bool allowed);
  // `outcome`: "upheld" or "overturned". Gives the decision it was about. Conflict when it was answered.
  Task<Result<Decision>> answerAppeal(DecisionId id, std::string by, std::string outcome, std::string words);

  static constexpr std::chrono::hours kHearing{72};  // for the person to say something, unless they have
  static constexpr std::chrono::hours kLongestRestriction{366 * 24};
  // A person of the staff proposes that an account starts no runtime for a time, which the account is told with the reason. Fails with
  // InvalidInput without a reason or for another time, Conflict when one is proposed or holds.
  Task<Result<Decision>> propose(AccountId about, const Rule& rule, Duration lasts, std::string reason, std::string by);
  // Another one confirms it: it holds from now on. Denied for who proposed it; Conflict before the person was heard, while their appeal is
  // not answered, and when it holds or has ended.
  Task<Result<Decision>> confirm(DecisionId id, std::string by);

  // From now on a rule does not hold for `subject`, the id of an account or a group, until an end within a year. Fails with InvalidInput
  // for another end or no reason.
  Task<Result<>> exempt(std::string subject, Exemption exemption, std::string by);
  // Those of an account that have not ended, with those of its groups.
  Task<Result<std::vector<Exemption>>> exemptionsOf(AccountId of, std::vector<GroupId> groups);

  // How long a decision of that step is kept: log 7 days, notices and warnings 30, restrictions twice the longest, the rest 180.
  static std::chrono::hours keptFor(Step step);
  // Forgets what has been kept for so long.
  Task<Result<>> sweep();

 private:
  store::Database& database_;
  journal::Journal& journal_;
  const Clock& clock_;
};

}  // namespace allmende::policy
