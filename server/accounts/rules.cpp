#include "server/accounts/rules.h"

#include <algorithm>
#include <array>

#include "lib/net/net.h"

namespace allmende::accounts {
namespace {

constexpr std::size_t kLongestName = 32;
constexpr std::size_t kLongestDisplayName = 100;
constexpr std::size_t kShortestPassword = 8;
constexpr std::size_t kLongestPassword = 1024;
constexpr std::array<std::string_view, 3> kLocales{"", "en", "de"};
constexpr std::array<std::string_view, 3> kThemes{"", "light", "dark"};

bool isLetterOrDigit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool isNameCharacter(char c) { return isLetterOrDigit(c) || c == '.' || c == '_' || c == '-'; }
bool isControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

std::size_t characters(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

}  // namespace

Result<> checkName(std::string_view name) {
  const bool good = !name.empty() && name.size() <= kLongestName && std::all_of(name.begin(), name.end(), isNameCharacter) &&
                    isLetterOrDigit(name.front()) && isLetterOrDigit(name.back());
  if (good) return {};
  return fail(Code::InvalidInput,
      "'{}' cannot be an account's name: it has 1 to {} of the characters a-z 0-9 . _ - and begins and ends with a letter or digit",
      net::isUtf8(name) ? name.substr(0, characters(name) == name.size() ? 64 : name.size()) : "?", kLongestName);
}

Result<> checkDisplayName(std::string_view name) {
  if (!name.empty() && net::isUtf8(name) && characters(name) <= kLongestDisplayName && std::none_of(name.begin(), name.end(), isControl))
    return {};
  return fail(Code::InvalidInput, "a name to show has 1 to {} characters and no line breaks", kLongestDisplayName);
}

Result<> checkPassword(std::string_view password) {
  if (password.size() >= kShortestPassword && password.size() <= kLongestPassword) return {};
  return fail(
      Code::InvalidInput, "a password has {} to {} characters; a sentence is easy to keep in mind", kShortestPassword, kLongestPassword);
}

Result<> checkChange(const AccountChange& change) {
  if (change.displayName) {
    TRY(checkDisplayName(*change.displayName));
  }
  if (change.locale && std::ranges::find(kLocales, *change.locale) == kLocales.end())
    return fail(Code::InvalidInput, "locale must be en, de or empty, not '{}'", change.locale->substr(0, 16));
  if (change.theme && std::ranges::find(kThemes, *change.theme) == kThemes.end())
    return fail(Code::InvalidInput, "theme must be light, dark or empty, not '{}'", change.theme->substr(0, 16));
  return {};
}

std::string normalName(std::string_view typed) {
  const auto first = typed.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  std::string name(typed.substr(first, typed.find_last_not_of(" \t") - first + 1));
  for (auto& c : name)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return name;
}

std::vector<std::string> namesOf(ScopeSet scopes) {
  std::vector<std::string> names;
  for (const auto& line : kScopes)
    if (scopes.has(line.scope)) names.emplace_back(line.name);
  return names;
}

std::string textOf(ScopeSet scopes) { return fmt::format("{}", fmt::join(namesOf(scopes), " ")); }

Result<ScopeSet> parseScopes(const std::vector<std::string>& names) {
  ScopeSet scopes;
  for (const auto& name : names) {
    const auto* line = std::ranges::find(kScopes, name, &ScopeLine::name);
    if (line == kScopes.end())
      return fail(
          Code::InvalidInput, "there is no scope '{}'; there are: {}", name.substr(0, 32), fmt::join(namesOf(ScopeSet::all()), ", "));
    scopes.add(line->scope);
  }
  return scopes;
}

ScopeSet storedScopes(std::string_view text) {
  ScopeSet scopes;
  const auto padded = fmt::format(" {} ", text);
  for (const auto& line : kScopes)
    if (padded.find(fmt::format(" {} ", line.name)) != std::string::npos) scopes.add(line.scope);
  return scopes;
}

}  // namespace allmende::accounts
