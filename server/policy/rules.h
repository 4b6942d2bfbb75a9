#pragma once
// Rules and detectors as the files of a folder say them. Part of the door server/policy/policy.h.

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/record.h"
#include "server/policy/facts.h"

namespace allmende::policy {

// What happens to somebody, the mildest first. Nothing from Restrict on is ever done without people.
enum class Step : std::uint8_t { Log, Notice, Warning, Throttle, Stop, Hold, Restrict };
std::string_view nameOf(
    Step step);  // "log", "notice", "warning", "throttle", "stop", "hold", "restrict"; the last is taken by people alone
std::optional<Step> stepNamed(std::string_view name);

struct Rule {
  std::string id;          // its table's: [rule.crypto-mining]
  std::int64_t order = 0;  // on the page
  std::int64_t version = 1;
  std::string title;
  std::string titleDe;
  std::string text;
  std::string textDe;
  std::string reason;
  std::string reasonDe;
  std::string instead;
  std::string insteadDe;
  std::vector<std::string> tiers;
  Duration noticePeriod = std::chrono::hours{14 * 24};
  Duration shadow = std::chrono::hours{14 * 24};
  std::string emergency;
  std::string emergencyDe;
  std::string most = "hold";
  std::string throttle = "cpu";
  bool alone = false;
  bool appeal = true;
};

constexpr auto fieldsOf(Type<Rule>) {
  using R = Rule;
  return record("rule", field("order", &R::order, "Its place on the page."),
      field("version", &R::version, "To be raised with every change of the rule or its detectors."),
      field("title", &R::title, "In English."), field("title_de", &R::titleDe, "In German."),
      field("text", &R::text, "What is not allowed."), field("text_de", &R::textDe, "In German."), field("reason", &R::reason, "Why."),
      field("reason_de", &R::reasonDe, "In German."), field("instead", &R::instead, "What is allowed, and what to do instead."),
      field("instead_de", &R::insteadDe, "In German."), field("tiers", &R::tiers, "Whom it holds for; empty = everybody."),
      field("notice_period", &R::noticePeriod, "How long it is announced before it binds."),
      field("shadow", &R::shadow, "How long it is only logged from then on."),
      field("emergency", &R::emergency, "Why it binds at once; shown to everybody. Empty = it does not."),
      field("emergency_de", &R::emergencyDe, "In German."),
      field("most", &R::most, "The furthest step it goes: log, notice, warning, throttle, stop, hold."),
      field("throttle", &R::throttle,
          "What is slowed down: cpu, connections (no new ones), all_but_web (nothing but HTTP and HTTPS leaves) or upload."),
      field("alone", &R::alone, "It protects others: hard evidence of one family is enough for a stop, also the first time."),
      field("appeal", &R::appeal, "Whether its decisions can be appealed against."));
}

// What is seen of a use. Tier 1 is weak, 2 is medium, 3 is hard evidence.
struct Detector {
  std::string id;
  std::string rule;
  std::int64_t tier = 1;
  std::string when;
  std::string patterns;
  Duration lasting{0};
  bool stops = false;
  std::string says;
  std::string saysDe;
  Family family = Family::Code;        // that of `when`
  std::optional<Condition> condition;  // of `when`; none for patterns
};

constexpr auto fieldsOf(Type<Detector>) {
  using D = Detector;
  return record("detector", field("rule", &D::rule, "Whose evidence it is."), field("tier", &D::tier, "1 weak, 2 medium, 3 hard."),
      field("when", &D::when, "Comparisons of facts, joined by and."),
      field("patterns", &D::patterns, "Instead of when: regular expressions for the commands of a cell, one a line."),
      field("lasting", &D::lasting, "For how long it must hold before it counts."),
      field("stops", &D::stops, "Of a rule that acts alone: no warning comes first."),
      field("says", &D::says, "What was seen, with facts in braces: {exec.program}."), field("says_de", &D::saysDe, "In German."));
}

// When a rule was announced on this installation, from when on it binds, and from when on what it says is done: until then it is only
// logged.
struct Binding {
  Instant announcedAt;
  Instant bindsAt;
  Instant enforcedAt;
};
using Bindings = std::map<std::string, Binding, std::less<>>;  // by rule

class RuleBook {
 public:
  // Reads every *.toml of `folder`. Fails with InvalidInput naming file, line and what is allowed: unknown keys, facts, steps, missing
  // texts, two rules of one name, a detector without its rule, patterns that are none.
  static Result<RuleBook> load(const std::filesystem::path& folder);
  // The same of what sourceOf() gave.
  static Result<RuleBook> of(const std::vector<json::object>& sources);
  // A rule with its detectors, every key as text: {"id", "rule": {…}, "detectors": {ID: {…}}}.
  json::object sourceOf(const Rule& rule) const;
  // Differs when anything differs that sourceOf() says.
  std::string fingerprintOf(const Rule& rule) const;

  const std::vector<Rule>& rules() const { return rules_; }
  const Rule* findRule(std::string_view id) const;
  const std::vector<Detector>& detectors() const { return detectors_; }
  const Detector* findDetector(std::string_view id) const;

  // The words of a fact that conditions name: whoever observes need not tell of others.
  std::vector<std::string> wordsFor(std::string_view fact) const;
  // Flags that a condition names without a program.
  std::vector<std::string> tellingFlags() const;

 private:
  struct Making;
  static Result<RuleBook> make(Making making);

  std::vector<Rule> rules_;  // in their order
  std::vector<Detector> detectors_;
};

// What evidence says, in English or German, with its facts filled in.
std::string sentenceOf(const Detector& detector, const Facts& facts, std::string_view language);

}  // namespace allmende::policy
