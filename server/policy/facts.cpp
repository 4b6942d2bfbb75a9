#include "server/policy/facts.h"

#include <algorithm>
#include <cmath>
#include <ranges>

#include "lib/config/config.h"

namespace allmende::policy {
namespace {

constexpr std::size_t kLongestWord = 64;
constexpr std::size_t kMostWords = 32;

std::vector<std::string> wordsIn(std::string_view text) {
  std::vector<std::string> words;
  for (const auto part : std::views::split(text, ' ')) {
    if (!std::ranges::empty(part)) words.emplace_back(part.begin(), part.end());
  }
  return words;
}

std::string allNames() {
  std::vector<std::string_view> names;
  for (const auto& fact : kFacts) names.push_back(fact.name);
  return fmt::format("{}", fmt::join(names, ", "));
}

bool isCounted(FactUnit unit) { return unit != FactUnit::Word && unit != FactUnit::Words; }

Result<double> parseNumber(FactUnit unit, const std::string& text) {
  if (unit == FactUnit::Seconds) {
    Duration time{0};
    TRY(config::parse(text, time));
    return static_cast<double>(time.count()) / 1000;
  }
  if (unit == FactUnit::Bytes) {
    config::ByteSize size;
    TRY(config::parse(text, size));
    return static_cast<double>(size.bytes);
  }
  double number = 0;
  TRY(config::parse(text, number));
  return number;
}

std::string timeWords(double seconds) {
  constexpr double kMinuteInSeconds = 60;
  constexpr double kHourInSeconds = 3600;
  if (seconds < 2 * kMinuteInSeconds) return fmt::format("{:.0f} s", seconds);
  return seconds < 2 * kHourInSeconds ? fmt::format("{:.0f} min", seconds / kMinuteInSeconds)
                                      : fmt::format("{:.1f} h", seconds / kHourInSeconds);
}

std::string sizeWords(double bytes) {
  constexpr double kMega = 1e6;
  constexpr double kGiga = 1e9;
  if (bytes < kMega) return fmt::format("{:.0f} kB", bytes / 1e3);
  return bytes < kGiga ? fmt::format("{:.0f} MB", bytes / kMega) : fmt::format("{:.1f} GB", bytes / kGiga);
}

Result<std::string> readWord(std::string_view name, const json::value& said) {
  if (!said.is_string() || said.get_string().size() > kLongestWord)
    return fail(Code::InvalidInput, "the fact {} must have words of at most {} bytes", name, kLongestWord);
  return std::string(std::string_view(said.get_string()));
}

Result<FactValue> readValue(const FactKind& kind, const json::value& said) {
  if (kind.unit == FactUnit::Word) return readWord(kind.name, said);
  if (kind.unit == FactUnit::Words) {
    if (!said.is_array() || said.get_array().size() > kMostWords)
      return fail(Code::InvalidInput, "the fact {} must be a list of at most {} words", kind.name, kMostWords);
    std::vector<std::string> words;
    for (const auto& one : said.get_array()) {
      TRY(auto word, readWord(kind.name, one));
      words.push_back(std::move(word));
    }
    return words;
  }
  if (!said.is_number()) return fail(Code::InvalidInput, "the fact {} must be a number", kind.name);
  const auto number = said.to_number<double>();
  if (!std::isfinite(number) || number < 0) return fail(Code::InvalidInput, "the fact {} must be a number from 0", kind.name);
  return number;
}

}  // namespace

std::string_view nameOf(Family family) {
  switch (family) {
    case Family::Code: return "code";
    case Family::Exec: return "exec";
    case Family::Cpu: return "cpu";
    case Family::Network: return "network";
    case Family::Payload: return "payload";
    case Family::Account: return "account";
  }
  return "";
}

const FactKind* findFact(std::string_view name) {
  const auto found = std::ranges::find(kFacts, name, &FactKind::name);
  return found == std::end(kFacts) ? nullptr : &*found;
}

std::string wordsOf(const FactKind& kind, const FactValue& value) {
  if (const auto* word = std::get_if<std::string>(&value)) return *word;
  if (const auto* words = std::get_if<std::vector<std::string>>(&value)) return fmt::format("{}", fmt::join(*words, " "));
  const auto number = std::get<double>(value);
  if (kind.unit == FactUnit::Seconds) return timeWords(number);
  if (kind.unit == FactUnit::Bytes) return sizeWords(number);
  return number < 10 && number != std::floor(number) ? fmt::format("{:.1f}", number) : fmt::format("{:.0f}", number);
}

json::object toJsonObject(const Facts& facts) {
  json::object said;
  for (const auto& [name, value] : facts) said[name] = std::visit([](const auto& held) { return toJson(held); }, value);
  return said;
}

Result<Facts> readFacts(const json::object& said) {
  Facts facts;
  for (const auto& entry : said) {
    const auto* kind = findFact(entry.key());
    if (kind == nullptr)
      return fail(
          Code::InvalidInput, "there is no fact '{}'; known are {}", std::string_view(entry.key()).substr(0, kLongestWord), allNames());
    TRY(auto value, readValue(*kind, entry.value()));
    facts.emplace(entry.key(), std::move(value));
  }
  return facts;
}

Result<Condition::Part> Condition::parsePart(std::string_view text) {
  auto words = wordsIn(text);
  if (words.size() < 3) return fail(Code::InvalidInput, "'{}' is no comparison; write FACT COMPARISON VALUE", text.substr(0, 100));
  Part part{.fact = findFact(words[0])};
  if (part.fact == nullptr)
    return fail(Code::InvalidInput, "there is no fact '{}'; known are {}", words[0].substr(0, kLongestWord), allNames());
  constexpr std::string_view kNames[] = {">", ">=", "<", "<=", "is", "among", "has", "lacks"};
  const auto found = std::ranges::find(kNames, words[1]);
  const auto at = found - std::begin(kNames);
  const bool fits = found != std::end(kNames) && (isCounted(part.fact->unit)             ? at < 4
                                                     : part.fact->unit == FactUnit::Word ? at == 4 || at == 5
                                                                                         : at >= 5);
  if (!fits) {
    return fail(Code::InvalidInput, "{} cannot be compared by '{}'; allowed is {}", part.fact->name, words[1].substr(0, kLongestWord),
        isCounted(part.fact->unit)          ? "> >= < <="
        : part.fact->unit == FactUnit::Word ? "is, among"
                                            : "has, lacks, among");
  }
  part.compares = static_cast<Compares>(at);
  part.words.assign(words.begin() + 2, words.end());
  if (isCounted(part.fact->unit)) {
    // "20 MB" is one value of two words.
    TRY(part.number, during(part.fact->name, parseNumber(part.fact->unit, fmt::format("{}", fmt::join(part.words, " ")))));
  } else if (part.words.size() > 1 && part.compares != Compares::Among) {
    return fail(Code::InvalidInput, "'{}' of {} takes one word; for several write among", words[1], part.fact->name);
  }
  return part;
}

Result<Condition> Condition::parse(std::string_view text) {
  Condition condition;
  std::string part;
  auto words = wordsIn(text);
  words.emplace_back("and");
  for (const auto& word : words) {
    if (word != "and") {
      part += (part.empty() ? "" : " ") + word;
      continue;
    }
    TRY(auto parsed, parsePart(part));
    if (!condition.parts_.empty() && parsed.fact->family != condition.family_)
      return fail(Code::InvalidInput, "{} is of another family than {}; a detector speaks of one, the ladder joins them", parsed.fact->name,
          condition.parts_.front().fact->name);
    condition.family_ = parsed.fact->family;
    condition.parts_.push_back(std::move(parsed));
    part.clear();
  }
  return condition;
}

std::vector<std::string> Condition::wordsFor(std::string_view fact) const {
  std::vector<std::string> words;
  for (const auto& part : parts_) {
    if (part.fact->name == fact) words.insert(words.end(), part.words.begin(), part.words.end());
  }
  return words;
}

bool Condition::holds(const Facts& facts) const {
  return std::ranges::all_of(parts_, [&](const Part& part) { return holds(part, facts); });
}

bool Condition::holds(const Part& part, const Facts& facts) {
  const auto found = facts.find(part.fact->name);
  if (found == facts.end()) return false;
  if (const auto* number = std::get_if<double>(&found->second)) {
    switch (part.compares) {
      case Compares::More: return *number > part.number;
      case Compares::AtLeast: return *number >= part.number;
      case Compares::Less: return *number < part.number;
      default: return *number <= part.number;
    }
  }
  if (const auto* word = std::get_if<std::string>(&found->second)) return std::ranges::find(part.words, *word) != part.words.end();
  const auto& list = std::get<std::vector<std::string>>(found->second);
  const bool has = std::ranges::find_first_of(list, part.words) != list.end();
  return has != (part.compares == Compares::Lacks);
}

}  // namespace allmende::policy
