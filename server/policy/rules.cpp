#include "server/policy/rules.h"

#include <algorithm>
#include <ranges>
#include <set>

#include "lib/base/sha256.h"
#include "lib/config/config.h"
#include "server/policy/scanner.h"

namespace allmende::policy {
namespace {

constexpr std::string_view kSteps[] = {"log", "notice", "warning", "throttle", "stop", "hold", "restrict"};
constexpr std::size_t kMostRules = 100;
constexpr std::size_t kMostDetectors = 500;

bool isName(std::string_view name) {
  return !name.empty() && name.size() <= 48 &&
         std::ranges::all_of(name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

Result<> checkTexts(const Rule& rule) {
  const std::pair<std::string_view, const std::string&> needed[] = {{"title", rule.title}, {"title_de", rule.titleDe}, {"text", rule.text},
      {"text_de", rule.textDe}, {"reason", rule.reason}, {"reason_de", rule.reasonDe}, {"instead", rule.instead},
      {"instead_de", rule.insteadDe}};
  for (const auto& [key, text] : needed) {
    if (text.empty()) return fail(Code::InvalidInput, "{} is missing; people must be able to read it", key);
  }
  if (rule.emergency.empty() != rule.emergencyDe.empty())
    return fail(Code::InvalidInput, "emergency and emergency_de must both be there, or neither");
  return {};
}

Result<> checkRule(const Rule& rule) {
  TRY(checkTexts(rule));
  const auto most = stepNamed(rule.most);
  if (!most || *most == Step::Restrict)
    return fail(
        Code::InvalidInput, "most is '{}'; allowed are {}", rule.most, fmt::join(kSteps | std::views::take(std::size(kSteps) - 1), ", "));
  constexpr std::string_view kThrottles[] = {"cpu", "connections", "all_but_web", "upload"};
  if (std::ranges::find(kThrottles, rule.throttle) == std::end(kThrottles))
    return fail(Code::InvalidInput, "throttle is '{}'; allowed are {}", rule.throttle, fmt::join(kThrottles, ", "));
  if (rule.version < 1) return fail(Code::InvalidInput, "version is {}; it counts from 1", rule.version);
  constexpr Duration kMost = std::chrono::hours{366 * 24};
  if (rule.noticePeriod > kMost || rule.shadow > kMost) return fail(Code::InvalidInput, "notice_period and shadow may be a year at most");
  return {};
}

// Every {name} must be a fact.
Result<> checkSentence(std::string_view text) {
  for (auto open = text.find('{'); open != std::string_view::npos; open = text.find('{', open + 1)) {
    const auto close = text.find('}', open);
    const auto name = text.substr(open + 1, close == std::string_view::npos ? close : close - open - 1);
    if (findFact(name) == nullptr) return fail(Code::InvalidInput, "'{{{}}}' in says is no fact", name.substr(0, 64));
  }
  return {};
}

Result<> checkDetector(Detector& detector) {
  if (detector.when.empty() == detector.patterns.empty()) return fail(Code::InvalidInput, "one of when and patterns is needed");
  if (detector.says.empty() || detector.saysDe.empty())
    return fail(Code::InvalidInput, "says and says_de are needed; who is concerned must be able to read what was seen");
  for (const auto* text : {&detector.says, &detector.saysDe}) TRY(checkSentence(*text));
  if (detector.tier < 1 || detector.tier > 3) return fail(Code::InvalidInput, "tier is {}; allowed are 1, 2 and 3", detector.tier);
  if (!detector.patterns.empty()) {
    if (detector.tier != 1) return fail(Code::InvalidInput, "words of a cell are weak evidence: tier must be 1, not {}", detector.tier);
    return Scanner::check(detector);
  }
  TRY(detector.condition, during("when", Condition::parse(detector.when)));
  detector.family = detector.condition->family();
  return {};
}

template <class T>
json::object textsOf(const T& from) {
  json::object texts;
  eachField(from, [&](const auto& field, const auto& member) { texts[field.name] = config::format(member); });
  return texts;
}

template <class T>
Result<> fill(T& to, const json::value& texts) {
  if (!texts.is_object()) return fail(Code::Internal, "a rule that was published is no object");
  for (const auto& slot : config::slotsOf(to)) {
    // A key that a later version of the program has more keeps its default.
    if (const auto* text = findString(texts.get_object(), slot.name)) TRY(during(slot.name, slot.set(std::string_view(*text))));
  }
  return {};
}

}  // namespace

std::string_view nameOf(Step step) { return kSteps[static_cast<std::size_t>(step)]; }

std::optional<Step> stepNamed(std::string_view name) {
  const auto found = std::ranges::find(kSteps, name);
  if (found == std::end(kSteps)) return std::nullopt;
  return static_cast<Step>(found - std::begin(kSteps));
}

// A book that is being read. Slots refer to what they fill: a map's elements do not move.
struct RuleBook::Making {
  std::map<std::string, Rule, std::less<>> rules;
  std::map<std::string, Detector, std::less<>> detectors;
  std::map<std::string, std::string, std::less<>> places;  // by kind and name

  std::string placeOf(std::string_view kind, std::string_view name) const {
    const auto found = places.find(fmt::format("{} {}", kind, name));
    return fmt::format("{}{} {}", found == places.end() ? "" : found->second + ": ", kind, name);
  }
};

Result<RuleBook> RuleBook::load(const std::filesystem::path& folder) {
  std::error_code error;
  std::set<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".toml") files.insert(entry.path());
  }
  if (error) return fail(Code::InvalidInput, "the folder of the rules {} cannot be read: {}", folder.string(), error.message());
  Making making;
  const auto slotsFor = [&](std::string_view kind, std::string_view name, std::string_view place) -> Result<std::vector<config::Slot>> {
    if (!isName(name)) return fail(Code::InvalidInput, "{}: a name has 1 to 48 of a-z, 0-9 and -, not '{}'", place, name.substr(0, 64));
    const auto [known, isNew] = making.places.emplace(fmt::format("{} {}", kind, name), place);
    if (!isNew) return fail(Code::InvalidInput, "{}: there is a {} '{}' already, at {}", place, kind, name, known->second);
    if (making.rules.size() >= kMostRules || making.detectors.size() >= kMostDetectors)
      return fail(Code::InvalidInput, "{}: more than {} rules or {} detectors", place, kMostRules, kMostDetectors);
    if (kind == "detector") return config::slotsOf(making.detectors[std::string(name)]);
    return config::slotsOf(making.rules[std::string(name)]);
  };
  for (const auto& file : files) TRY(config::loadTables(file, {"rule", "detector"}, slotsFor));
  if (making.rules.empty()) return fail(Code::InvalidInput, "{} has no rule: write [rule.NAME] into a file of it", folder.string());
  return make(std::move(making));
}

Result<RuleBook> RuleBook::of(const std::vector<json::object>& sources) {
  Making making;
  for (const auto& source : sources) {
    const auto* id = findString(source, "id");
    const auto* detectors = source.if_contains("detectors");
    if (id == nullptr || !source.contains("rule") || detectors == nullptr || !detectors->is_object())
      return fail(Code::Internal, "a rule that was published lacks its parts");
    TRY(fill(making.rules[std::string(*id)], source.at("rule")));
    for (const auto& entry : detectors->get_object()) TRY(fill(making.detectors[std::string(entry.key())], entry.value()));
  }
  return make(std::move(making));
}

Result<RuleBook> RuleBook::make(Making making) {
  RuleBook book;
  for (auto& [name, rule] : making.rules) {
    TRY(during(making.placeOf("rule", name), checkRule(rule)));
    rule.id = name;
    book.rules_.push_back(std::move(rule));
  }
  std::ranges::sort(book.rules_, {}, [](const Rule& rule) { return std::pair(rule.order, rule.id); });
  for (auto& [name, detector] : making.detectors) {
    const auto place = making.placeOf("detector", name);
    TRY(during(place, checkDetector(detector)));
    const auto* rule = book.findRule(detector.rule);
    if (rule == nullptr) return fail(Code::InvalidInput, "{}: there is no rule '{}'", place, detector.rule);
    if (detector.stops && !rule->alone)
      return fail(Code::InvalidInput, "{}: stops is for rules with alone = true, which '{}' is not", place, rule->id);
    detector.id = name;
    book.detectors_.push_back(std::move(detector));
  }
  return book;
}

json::object RuleBook::sourceOf(const Rule& rule) const {
  json::object detectors;
  for (const auto& detector : detectors_) {
    if (detector.rule == rule.id) detectors[detector.id] = textsOf(detector);
  }
  return {{"id", rule.id}, {"rule", textsOf(rule)}, {"detectors", std::move(detectors)}};
}

std::string RuleBook::fingerprintOf(const Rule& rule) const { return sha256Of(json::serialize(sourceOf(rule))); }

std::vector<std::string> RuleBook::wordsFor(std::string_view fact) const {
  std::set<std::string> words;
  for (const auto& detector : detectors_) {
    if (!detector.condition) continue;
    for (auto& word : detector.condition->wordsFor(fact)) words.insert(std::move(word));
  }
  return {words.begin(), words.end()};
}

const Rule* RuleBook::findRule(std::string_view id) const {
  const auto found = std::ranges::find(rules_, id, &Rule::id);
  return found == rules_.end() ? nullptr : &*found;
}

const Detector* RuleBook::findDetector(std::string_view id) const {
  const auto found = std::ranges::find(detectors_, id, &Detector::id);
  return found == detectors_.end() ? nullptr : &*found;
}

std::vector<std::string> RuleBook::tellingFlags() const {
  std::set<std::string> words;
  for (const auto& detector : detectors_) {
    if (!detector.condition || !detector.condition->wordsFor("exec.program").empty()) continue;
    for (auto& word : detector.condition->wordsFor("exec.flags")) words.insert(std::move(word));
  }
  return {words.begin(), words.end()};
}

std::string sentenceOf(const Detector& detector, const Facts& facts, std::string_view language) {
  const auto& pattern = language == "de" ? detector.saysDe : detector.says;
  std::string text;
  for (std::size_t at = 0; at < pattern.size();) {
    const auto open = pattern.find('{', at);
    const auto close = open == std::string::npos ? open : pattern.find('}', open);
    if (close == std::string::npos) return text + pattern.substr(at);
    text += pattern.substr(at, open - at);
    const auto name = pattern.substr(open + 1, close - open - 1);
    const auto found = facts.find(name);
    const auto* kind = findFact(name);
    text += kind == nullptr || found == facts.end() ? "?" : wordsOf(*kind, found->second);
    at = close + 1;
  }
  return text;
}

}  // namespace allmende::policy
