#pragma once
// What a caller may do, one line each; routes, docs and the token page read this. Part of the door server/accounts/accounts.h.

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace allmende::accounts {

enum class Scope : std::uint8_t { ReadAccount, ManageAccount, ReadContents, WriteContents, RunCode, StopRuntimes, Administer };

struct ScopeLine {
  Scope scope;
  std::string_view name;  // as tokens and the API spell it
  std::string_view says;
};

inline constexpr std::array kScopes{
    ScopeLine{Scope::ReadAccount, "read_account", "See the account's name, settings and runtimes."},
    ScopeLine{Scope::ManageAccount, "manage_account", "Change the account: password, settings, API tokens."},
    ScopeLine{Scope::ReadContents, "read_contents", "List and read files of the drive."},
    ScopeLine{Scope::WriteContents, "write_contents", "Make, change, move and delete files of the drive."},
    ScopeLine{Scope::RunCode, "run_code", "Start runtimes, kernels and terminals, and run code in them."},
    ScopeLine{Scope::StopRuntimes, "stop_runtimes", "Stop runtimes."},
    ScopeLine{Scope::Administer, "administer", "Make accounts and see everybody's use. Only administrators can hold it."},
};

class ScopeSet {
 public:
  constexpr ScopeSet() = default;
  constexpr ScopeSet(std::initializer_list<Scope> scopes) {
    for (const auto scope : scopes) add(scope);
  }
  static constexpr ScopeSet all() {
    ScopeSet set;
    for (const auto& line : kScopes) set.add(line.scope);
    return set;
  }
  constexpr bool has(Scope scope) const { return (bits_ & bit(scope)) != 0; }
  constexpr bool isEmpty() const { return bits_ == 0; }
  constexpr void add(Scope scope) { bits_ |= bit(scope); }
  constexpr void remove(Scope scope) { bits_ &= ~bit(scope); }
  constexpr bool operator==(const ScopeSet&) const = default;

 private:
  static constexpr std::uint32_t bit(Scope scope) { return std::uint32_t{1} << static_cast<unsigned>(scope); }
  std::uint32_t bits_ = 0;
};

constexpr std::string_view nameOf(Scope scope) {
  for (const auto& line : kScopes)
    if (line.scope == scope) return line.name;
  return "";
}

}  // namespace allmende::accounts
