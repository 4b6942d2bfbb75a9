// What rules are given: cells that people submit, observations of nodes, conditions and scenarios of policy authors, times in decisions.

#include "server/policy/policy.h"
#include "tests/fuzz/fuzz.h"

namespace allmende::fuzz {
namespace {

// A book as the shipped ones are, with every kind of detector.
const policy::RuleBook& book() {
  static const auto made = policy::RuleBook::of({*parseJsonObject(R"({"id": "a", "rule": {"title": "T", "title_de": "T", "text": "X",
      "text_de": "X", "reason": "R", "reason_de": "R", "instead": "I", "instead_de": "I"}, "detectors": {
      "words": {"rule": "a", "patterns": "(?i)\\bxmrig\\b\nhashcat\\s+-m", "says": "s", "says_de": "s"},
      "program": {"rule": "a", "tier": "2", "when": "exec.program among john and exec.seconds > 5s", "says": "{exec.seconds}", "says_de": "s"}}})")});
  claim(made.has_value(), "the book of this test can be read");
  return *made;
}

void attemptCell(std::string_view cell) {
  static const policy::Scanner scanner(book());
  const auto commands = policy::commandsOf(cell);
  claim(commands.size() == cell.size(), "blanking moves nothing");
  for (std::size_t at = 0; at < cell.size(); ++at) {
    claim(
        commands[at] == cell[at] || (commands[at] == ' ' && cell[at] != '\n'), "what is not blanked stays, and lines stay where they are");
  }
  const auto lines = std::ranges::count(cell, '\n') + 1;
  for (const auto& match : scanner.scan(cell)) {
    claim(match.detector == "words" && match.line >= 1 && match.line <= lines, "what is found stands in a line of the cell");
    claim(match.excerpt.size() <= 250, "an excerpt is short");
  }
}

void attemptFacts(std::string_view text) {
  const auto object = parseJsonObject(text);
  if (!object) return;
  const auto facts = policy::readFacts(*object);
  if (!facts) return claim(!facts.error().message.empty(), "what is no fact is refused with a sentence");
  const auto again = policy::readFacts(policy::toJsonObject(*facts));
  claim(again && *again == *facts, "facts survive the round trip");
  for (const auto& detector : book().detectors()) static_cast<void>(policy::sentenceOf(detector, *facts, "en"));
}

}  // namespace

void attempt(std::string_view input) {
  attemptCell(input);
  attemptFacts(input);
  const auto condition = policy::Condition::parse(input);
  claim(condition || !condition.error().message.empty(), "what is no condition is refused with a sentence");
  if (const auto at = parseUtc(input)) claim(parseUtc(formatUtc(*at)) == at, "a time survives the round trip");
  if (input.size() < 300) static_cast<void>(policy::runScenario(book(), "fuzzed", input));
}

}  // namespace allmende::fuzz
