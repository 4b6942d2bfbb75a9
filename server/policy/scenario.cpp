#include "server/policy/scenario.h"

#include <algorithm>
#include <ranges>

#include "lib/config/config.h"
#include "server/policy/scanner.h"

namespace allmende::policy {
namespace {

// A cell of one line of a scenario, in which ⏎ stands for a new one.
std::string withLines(std::string_view cell) {
  constexpr std::string_view kNewLine = "\u23CE";
  std::string lines;
  for (auto at = cell.find(kNewLine); at != std::string_view::npos; at = cell.find(kNewLine)) {
    lines.append(cell.substr(0, at)).push_back('\n');
    cell.remove_prefix(at + kNewLine.size());
  }
  return lines.append(cell);
}

constexpr Duration kLookEvery{5'000};
constexpr Duration kShowEvery{10'000};
constexpr Duration kLongest = std::chrono::hours{24 * 8};
// The day on which every scenario begins: nothing depends on which.
const Instant kBeginning{std::chrono::hours{24 * 365 * 50}};

struct Happened {
  Duration at{0};
  Verdict verdict;
};
struct Expectation {
  std::size_t line = 0;
  std::string text;
  std::string rule;  // empty: nothing beyond `step`, or nothing at all
  bool isSilence = false;
  Turn turn = Turn::Up;
  Step step = Step::Log;
  std::string runtime;
  Duration by{0};
};
struct Moved {
  Duration at{0};
  std::size_t number = 0;  // in the order of the file where times are alike
  Input input;
};

std::vector<std::string> wordsIn(std::string_view line) {
  std::vector<std::string> words;
  for (const auto part : std::views::split(line, ' ')) {
    if (!std::ranges::empty(part)) words.emplace_back(part.begin(), part.end());
  }
  return words;
}

class Reader {
 public:
  explicit Reader(const RuleBook& book) : book_(book), scanner_(book) {
    for (const auto& rule : book.rules()) bindings_[rule.id] = {};
  }

  Result<> read(std::size_t line, std::string_view text) {
    const auto words = wordsIn(text);
    if (words.empty() || words[0].starts_with('#')) return {};
    const auto is = [&](std::size_t at, std::string_view word) { return at < words.size() && words[at] == word; };
    if (is(0, "given") && is(1, "runtime") && words.size() >= 7 && is(3, "of") && is(5, "on")) return readRuntime(words);
    if (is(0, "given") && is(1, "strike") && words.size() == 7 && is(3, "of") && is(6, "ago")) return readStrike(words);
    if (is(0, "given") && is(1, "rule") && words.size() == 5 && is(3, "in") && is(4, "shadow")) {
      TRY(const auto rule, ruleNamed(words[2]));
      bindings_[rule] = {.announcedAt = kBeginning, .bindsAt = kBeginning + kLongest, .enforcedAt = kBeginning + kLongest};
      return {};
    }
    if (is(0, "at") && words.size() >= 4 && is(3, "submits")) return readSubmits(words, text);
    if (is(0, "at") && words.size() == 4 && is(3, "ends")) {
      TRY(const auto at, timeOf(words[1]));
      moves_.push_back({at, moves_.size(), RuntimeEnded{words[2]}});
      return {};
    }
    if (is(0, "at") && words.size() >= 5 && is(3, "shows")) {
      TRY(const auto at, timeOf(words[1]));
      return readShows(at, at, words, 2);
    }
    if (is(0, "from") && is(2, "to") && words.size() >= 7 && is(5, "shows")) {
      TRY(const auto from, timeOf(words[1]));
      TRY(const auto to, timeOf(words[3]));
      return readShows(from, to, words, 4);
    }
    if (is(0, "expect")) return readExpect(line, text, words);
    return fail(Code::InvalidInput, "not understood; a line begins with given, at, from or expect, as in the scenarios that are there");
  }

  ScenarioReport run(std::string_view name) {
    Engine engine(book_, bindings_);
    const auto take = [&](const Input& input, Duration at) {
      for (auto& verdict : engine.take(input, {.wall = kBeginning + at, .steady = at})) happened_.push_back({at, std::move(verdict)});
    };
    for (auto& runtime : runtimes_) {
      const auto strikes = strikes_.find(runtime.account);
      if (strikes != strikes_.end()) {
        runtime.strikes = strikes->second;
        runtime.seenBefore = true;
      }
      take(runtime, Duration{0});
    }
    std::sort(moves_.begin(), moves_.end(),
        [](const Moved& left, const Moved& right) { return std::pair(left.at, left.number) < std::pair(right.at, right.number); });
    Duration last{0};
    for (const auto& move : moves_) last = std::max(last, move.at);
    for (const auto& expectation : expectations_) last = std::max(last, expectation.by);
    auto next = moves_.begin();
    for (Duration at{0}; at <= last; at += kLookEvery) {
      for (; next != moves_.end() && next->at <= at; ++next) take(next->input, next->at);
      take(Look{}, at);
    }
    ScenarioReport report{.failures = {}, .expectations = expectations_.size()};
    for (const auto& expectation : expectations_) {
      if (!isMet(expectation))
        report.failures.push_back(fmt::format("{}:{}: {}; what happened: {}", name, expectation.line, expectation.text, story()));
    }
    return report;
  }

 private:
  static Result<Duration> timeOf(const std::string& text) {
    Duration time{0};
    TRY(config::parse(text, time));
    if (time < Duration{0} || time > kLongest) return fail(Code::InvalidInput, "{} is not within eight days", text);
    return time;
  }

  Result<std::string> ruleNamed(const std::string& name) const {
    if (book_.findRule(name) == nullptr) return fail(Code::InvalidInput, "there is no rule '{}'", name);
    return name;
  }

  Result<> readRuntime(const std::vector<std::string>& words) {
    if (words[6] != "tier" || words.size() < 8) return fail(Code::InvalidInput, "write: given runtime NAME of ACCOUNT on tier TIER");
    RuntimeBegan began{.runtime = words[2], .account = words[4], .tier = words[7], .accountSince = kBeginning, .strikes = {}};
    for (std::size_t at = 8; at + 1 < words.size(); at += 2) {
      if (words[at] == "seen" && words[at + 1] == "before") {
        began.seenBefore = true;
      } else if (words[at] == "since") {
        Duration age{0};
        TRY(config::parse(words[at + 1], age));
        began.accountSince = kBeginning - age;
      } else {
        return fail(Code::InvalidInput, "behind the tier may stand: since TIME, seen before");
      }
    }
    runtimes_.push_back(std::move(began));
    return {};
  }

  Result<> readStrike(const std::vector<std::string>& words) {
    TRY(auto rule, ruleNamed(words[2]));
    Duration ago{0};
    TRY(config::parse(words[5], ago));
    strikes_[words[4]].push_back({std::move(rule), kBeginning - ago});
    return {};
  }

  Result<> readSubmits(const std::vector<std::string>& words, std::string_view text) {
    TRY(const auto at, timeOf(words[1]));
    const std::string_view word = " submits ";
    std::vector<std::string> matched;
    const auto cell = withLines(text.substr(text.find(word) + word.size()));
    for (auto& match : scanner_.scan(cell)) matched.push_back(std::move(match.detector));
    if (!matched.empty()) moves_.push_back({at, moves_.size(), Observed{words[2], {{"cell.matches", std::move(matched)}}}});
    return {};
  }

  Result<> readShows(Duration from, Duration to, const std::vector<std::string>& words, std::size_t runtime) {
    Facts facts;
    for (std::size_t at = runtime + 2; at < words.size(); ++at) {
      const auto equals = words[at].find('=');
      const auto name = words[at].substr(0, equals);
      const auto* kind = findFact(name);
      if (kind == nullptr || equals == std::string::npos)
        return fail(Code::InvalidInput, "'{}' is no FACT=VALUE of a fact there is", words[at]);
      TRY(auto value, valueOf(*kind, words[at].substr(equals + 1)));
      facts.emplace(name, std::move(value));
    }
    for (auto at = from; at <= to; at += kShowEvery) moves_.push_back({at, moves_.size(), Observed{words[runtime], facts}});
    return {};
  }

  static Result<FactValue> valueOf(const FactKind& kind, const std::string& text) {
    if (kind.unit == FactUnit::Word) return text;
    if (kind.unit == FactUnit::Words) {
      std::vector<std::string> words;
      TRY(config::parse(text, words));
      return words;
    }
    if (kind.unit == FactUnit::Seconds) {
      TRY(const auto time, timeOf(text));
      return static_cast<double>(time.count()) / 1000;
    }
    if (kind.unit == FactUnit::Bytes) {
      config::ByteSize size;
      TRY(config::parse(text, size));
      return static_cast<double>(size.bytes);
    }
    double number = 0;
    TRY(config::parse(text, number));
    return number;
  }

  Result<> readExpect(std::size_t line, std::string_view text, const std::vector<std::string>& words) {
    Expectation expectation{.line = line, .text = std::string(text)};
    const bool silence = words.size() == 4 && words[1] == "nothing" && words[2] == "by";
    const bool nothing = silence || (words.size() == 6 && words[1] == "nothing" && words[2] == "beyond" && words[4] == "by");
    expectation.isSilence = silence;
    const bool pauses = words.size() == 6 && words[2] == "to" && words[3] == "pause" && words[4] == "by";
    const bool steps = words.size() == 7 && words[2] == "to" && words[5] == "by";
    if (!nothing && !pauses && !steps) return fail(Code::InvalidInput, "write: expect RULE to STEP RUNTIME by TIME");
    TRY(expectation.by, timeOf(words.back()));
    if (!nothing) {
      TRY(expectation.rule, ruleNamed(words[1]));
    }
    if (pauses) expectation.turn = Turn::Paused;
    if (steps) expectation.runtime = words[4];
    if (steps && words[3] == "lift") {
      expectation.turn = Turn::Lifted;
    } else if (!pauses && !silence) {
      const auto step = stepNamed(words[3]);
      if (!step) return fail(Code::InvalidInput, "'{}' is no step; allowed are log, notice, warning, throttle, stop, hold, lift", words[3]);
      expectation.step = *step;
    }
    expectations_.push_back(std::move(expectation));
    return {};
  }

  bool isMet(const Expectation& expectation) const {
    if (expectation.rule.empty()) {
      return std::ranges::none_of(happened_, [&](const Happened& one) {
        const bool isBeyond = expectation.isSilence || one.verdict.step > expectation.step;
        return one.at <= expectation.by && one.verdict.turn == Turn::Up && !one.verdict.shadow && isBeyond;
      });
    }
    return std::ranges::any_of(happened_, [&](const Happened& one) {
      const auto& verdict = one.verdict;
      if (one.at > expectation.by || verdict.turn != expectation.turn || verdict.rule != expectation.rule || verdict.shadow) return false;
      if (expectation.turn == Turn::Paused) return true;
      return verdict.runtime == expectation.runtime && (expectation.turn == Turn::Lifted || verdict.step == expectation.step);
    });
  }

  std::string story() const {
    std::string told;
    for (const auto& [at, verdict] : happened_) {
      const auto what = verdict.turn == Turn::Paused ? "pause" : verdict.turn == Turn::Lifted ? "lift" : nameOf(verdict.step);
      told += fmt::format("{}{} {} {} {}{}", told.empty() ? "" : ", ", config::format(at), verdict.rule, what, verdict.runtime,
          verdict.shadow ? " (shadow)" : "");
    }
    return told.empty() ? "nothing" : told;
  }

  const RuleBook& book_;
  Scanner scanner_;
  Bindings bindings_;
  std::vector<RuntimeBegan> runtimes_;
  std::map<std::string, std::vector<Strike>> strikes_;
  std::vector<Moved> moves_;
  std::vector<Expectation> expectations_;
  std::vector<Happened> happened_;
};

}  // namespace

Result<ScenarioReport> runScenario(const RuleBook& book, std::string_view name, std::string_view text) {
  Reader reader(book);
  std::size_t number = 0;
  for (const auto part : std::views::split(text, '\n')) {
    ++number;
    TRY(during(fmt::format("{}:{}", name, number), reader.read(number, std::string_view(part.begin(), part.end()))));
  }
  return reader.run(name);
}

}  // namespace allmende::policy
