#include "server/policy_check.h"

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "server/policy/policy.h"

namespace allmende {
namespace {

namespace fs = std::filesystem;

constexpr Duration kLookEvery{5'000};
constexpr std::size_t kLongestLine = 64U << 10U;
constexpr double kMostSeconds = 366.0 * 86'400;

std::string textOf(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

struct Begun {
  std::string runtime;
  std::string account;
  std::string tier;
};
constexpr auto fieldsOf(Type<Begun>) {
  return record("began", field("runtime", &Begun::runtime), field("account", &Begun::account), field("tier", &Begun::tier));
}
struct Seen {
  std::string runtime;
  json::object facts;
};
constexpr auto fieldsOf(Type<Seen>) { return record("observed", field("runtime", &Seen::runtime), field("facts", &Seen::facts)); }
struct Over {
  std::string runtime;
};
constexpr auto fieldsOf(Type<Over>) { return record("ended", field("runtime", &Over::runtime)); }

struct Line {
  double at = 0;
  std::optional<Begun> began;
  std::optional<Seen> observed;
  std::optional<Over> ended;
};
constexpr auto fieldsOf(Type<Line>) {
  return record(
      "line", field("at", &Line::at), field("began", &Line::began), field("observed", &Line::observed), field("ended", &Line::ended));
}

Result<std::pair<Duration, policy::Input>> readLine(std::string_view text) {
  if (text.size() > kLongestLine) return fail(Code::InvalidInput, "the line has {} bytes; {} at most are taken", text.size(), kLongestLine);
  TRY(const auto object, parseJsonObject(text));
  Line line;
  TRY(fromJson(object, line));
  if (line.at < 0 || line.at > kMostSeconds) return fail(Code::InvalidInput, "at is {}; allowed are seconds from 0 to a year", line.at);
  const Duration at{static_cast<std::int64_t>(line.at * 1000)};
  if (line.began)
    return std::pair(at,
        policy::Input(policy::RuntimeBegan{
            .runtime = line.began->runtime, .account = line.began->account, .tier = line.began->tier, .accountSince = {}, .strikes = {}}));
  if (line.ended) return std::pair(at, policy::Input(policy::RuntimeEnded{line.ended->runtime}));
  if (!line.observed) return fail(Code::InvalidInput, "one of began, observed and ended is needed");
  TRY(auto facts, policy::readFacts(line.observed->facts));
  return std::pair(at, policy::Input(policy::Observed{line.observed->runtime, std::move(facts)}));
}

std::string_view nameOf(policy::Turn turn) {
  return turn == policy::Turn::Paused ? "paused" : turn == policy::Turn::Lifted ? "lifted" : "up";
}

}  // namespace

bool checkPolicy(const std::string& folder, const Say& say) {
  const auto book = policy::RuleBook::load(fs::path(folder) / "rules");
  if (!book) return say({{"failure", book.error().message}}), false;
  say({{"rules", book->rules().size()}, {"detectors", book->detectors().size()}});
  bool holds = true;
  std::error_code error;
  std::set<fs::path> scenarios;
  for (const auto& entry : fs::directory_iterator(fs::path(folder) / "scenarios", error)) scenarios.insert(entry.path());
  for (const auto& file : scenarios) {
    const auto report = policy::runScenario(*book, file.filename().string(), textOf(file));
    if (!report) say({{"failure", report.error().message}});
    if (report)
      say({{"scenario", file.filename().string()}, {"expectations", report->expectations}, {"failures", toJson(report->failures)}});
    holds = holds && report && report->failures.empty();
  }
  return holds;
}

bool replayPolicy(const std::string& folder, std::istream& evidence, const Say& say) {
  const auto book = policy::RuleBook::load(fs::path(folder) / "rules");
  if (!book) return say({{"failure", book.error().message}}), false;
  policy::Bindings inForce;
  for (const auto& rule : book->rules()) inForce[rule.id] = {};
  policy::Engine engine(*book, std::move(inForce));
  Duration last{0};
  const auto take = [&](const policy::Input& input, Duration at) {
    for (const auto& verdict : engine.take(input, {.wall = Instant{at}, .steady = at})) {
      json::array detectors;
      for (const auto& one : verdict.evidence) detectors.emplace_back(one.detector);
      say({{"at", static_cast<double>(at.count()) / 1000}, {"turn", nameOf(verdict.turn)}, {"step", policy::nameOf(verdict.step)},
          {"rule", verdict.rule}, {"runtime", verdict.runtime}, {"account", verdict.account}, {"detectors", std::move(detectors)}});
    }
  };
  std::size_t number = 0;
  for (std::string text; std::getline(evidence, text);) {
    ++number;
    if (text.empty()) continue;
    const auto line = readLine(text);
    if (!line) return say({{"failure", fmt::format("line {}: {}", number, line.error().message)}}), false;
    // What is late counts as seen when it came: time does not go back.
    const auto at = std::max(last, line->first);
    for (auto look = last + kLookEvery; look < at; look += kLookEvery) take(policy::Look{}, look);
    take(line->second, at);
    last = at;
  }
  return true;
}

}  // namespace allmende
