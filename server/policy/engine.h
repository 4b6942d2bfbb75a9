#pragma once
// The ladder: what follows from what was seen. Part of the door server/policy/policy.h.
//
// Pure: facts and time come in, verdicts go out, and the same stream gives the same verdicts again. It knows of no clock, no database and
// no runtime but by what it is told.
//
//   log        weak evidence (tier 1)                                        kept, nobody acts
//   notice     medium evidence (tier 2), or weak evidence of two families    a banner
//   warning    medium evidence for a minute                                  a question to answer
//   throttle   hard evidence (tier 3), or medium of two families for 2 min   something is slowed down, lifted 10 min after the signs end
//   stop       hard evidence and medium of another family, 2 min after a warning or throttle was shown
//   hold       the second stop for the same rule within 30 days, or the third within 90: no runtime for 24 h
//
// Words in code count for log and notice alone. Who is seen for the first time is throttled at most, except where a rule protects others.

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "lib/base/clock.h"
#include "server/policy/rules.h"

namespace allmende::policy {

// Timers go by `steady`, which never jumps; strikes, bindings and accounts' ages by `wall`.
struct Moment {
  Instant wall;
  Duration steady{0};
};

struct Strike {  // a stop
  std::string rule;
  Instant at;
};

// ---- in ----

struct RuntimeBegan {
  std::string runtime;
  std::string account;
  std::string tier;
  Instant accountSince;
  std::vector<Strike> strikes;                         // of the account, that still count
  bool seenBefore = false;                             // whether the account was throttled or stopped within 90 days
  std::map<std::string, Instant, std::less<>> exempt;  // rules that do not hold for it, until when
};
// A rule does not hold for an account: what runs hears of it at once.
struct Exempted {
  std::string account;
  std::string rule;
  Instant until;
};
struct Observed {
  std::string runtime;
  Facts facts;  // which held together
};
struct RuntimeEnded {
  std::string runtime;
};
// Time has passed. Due every few seconds.
struct Look {};
// Somebody has looked into it: the rule acts again.
struct RuleResumed {
  std::string rule;
};
// It was wrong too often: it pauses as if its circuit breaker had found so.
struct RuleCharged {
  std::string rule;
  std::string why;
};
using Input = std::variant<RuntimeBegan, Observed, RuntimeEnded, Look, RuleResumed, RuleCharged, Exempted>;

// ---- out ----

struct Evidence {
  std::string detector;
  Family family = Family::Code;
  std::int64_t tier = 1;
  Instant since;
  Facts facts;  // those the detector speaks of
};

enum class Turn : std::uint8_t {
  Up,      // `step` is reached
  Lifted,  // the signs have ended, or the rule was paused: nothing of `step` holds any more
  Paused,  // the rule's circuit breaker: it hits too many; from now on it goes no further than a notice
};

struct Verdict {
  Turn turn = Turn::Up;
  Step step = Step::Log;
  bool shadow = false;  // what would be done, had the rule been in force long enough
  std::string runtime;  // with account: empty in Paused
  std::string account;
  std::string rule;
  std::int64_t version = 0;
  std::vector<Evidence> evidence;  // what led to it, the strongest first
  std::string why;                 // of Paused
};

class Engine {
 public:
  static constexpr Duration kFresh{45'000};           // evidence that is not seen again for this long has ended
  static constexpr Duration kFreshCode{600'000};      // of a submitted cell
  static constexpr Duration kUntilWarning{60'000};    // of medium evidence
  static constexpr Duration kUntilThrottle{120'000};  // of medium evidence of two families
  static constexpr Duration kUntilStop{120'000};      // after a warning or throttle was shown
  static constexpr Duration kUntilLifted{600'000};    // after the signs have ended
  static constexpr int kThrottlesBeforeStop = 3;      // of a rule that acts alone
  static constexpr std::chrono::hours kStrikesPair{30 * 24};
  static constexpr std::chrono::hours kStrikesTriple{90 * 24};
  static constexpr std::size_t kBreakerAccounts = 5;
  static constexpr std::chrono::hours kGoodStanding{30 * 24};

  explicit Engine(const RuleBook& book, Bindings bindings) : book_(&book), bindings_(std::move(bindings)) {}
  // What was seen stays; steps that were reached stay.
  void setBook(const RuleBook& book, Bindings bindings);

  // Unknown runtimes, and facts from the past, have no consequence.
  std::vector<Verdict> take(const Input& input, const Moment& now);

  bool isPaused(std::string_view rule) const;
  std::size_t runtimes() const { return runtimes_.size(); }

 private:
  struct Sign {
    Evidence evidence;
    Duration since{0};
    Duration last{0};
  };
  // One rule in one runtime.
  struct Case {
    std::map<std::string, Sign, std::less<>> signs;  // by detector
    Step step = Step::Log;
    bool logged = false;
    bool shadow = false;
    std::optional<Duration> mediumSince;
    std::optional<Duration> twoSince;    // medium evidence of two families
    std::optional<Duration> shownAt;     // the first warning or throttle
    std::optional<Duration> quietSince;  // no sign is left
    int throttles = 0;
  };
  struct Watched {
    RuntimeBegan who;
    std::map<std::string, Case, std::less<>> cases;  // by rule
  };
  struct Hit {
    Duration at{0};
    std::string account;
    bool goodStanding = false;
  };
  struct Breaker {
    std::deque<Hit> hits;            // of the last hour
    std::deque<std::size_t> byHour;  // accounts hit, of the last seven days
    Duration hour{0};                // when the last of these began
    bool paused = false;
  };

  void begin(const RuntimeBegan& began);
  void observe(const Observed& observed, const Moment& now);
  void exempt(const Exempted& exempted, std::vector<Verdict>& verdicts);
  void judge(Watched& watched, const Rule& rule, Case& one, const Moment& now, std::vector<Verdict>& verdicts);
  void judgeAll(Watched& watched, const Moment& now, std::vector<Verdict>& verdicts);
  Step stepFor(const Watched& watched, const Rule& rule, Case& one, const Moment& now) const;
  bool inShadow(const Rule& rule, const Moment& now) const;
  Step holdOrStop(const Watched& watched, const Rule& rule, const Moment& now) const;
  void strike(const std::string& account, const std::string& rule, const Moment& now);
  bool pauses(const Rule& rule, const Watched& watched, const Moment& now, std::string& why);
  void lift(Watched& watched, const Rule& rule, Case& one, std::vector<Verdict>& verdicts);
  void pause(const Rule& rule, const std::string& why, std::vector<Verdict>& verdicts);
  Verdict verdictOf(Turn turn, const Watched& watched, const Rule& rule, const Case& one) const;

  const RuleBook* book_;
  Bindings bindings_;
  std::map<std::string, Watched, std::less<>> runtimes_;
  std::map<std::string, Breaker, std::less<>> breakers_;  // by rule
};

}  // namespace allmende::policy
