#pragma once
// Ids that carry their kind: passing a KernelId where a RuntimeId is wanted does not compile.

#include <compare>
#include <functional>
#include <string>
#include <string_view>

#include "lib/base/result.h"

namespace allmende {

// `bytes` from the system's generator, as lower-case hex.
std::string randomHex(std::size_t bytes);

// A random UUID (version 4) with hyphens, as Jupyter clients expect for kernels and sessions.
std::string randomUuid();

// Whether `text` is a UUID with hyphens.
bool isUuid(std::string_view text);

// Kind names the id and its prefix: struct RuntimeKind { static constexpr std::string_view prefix = "rt_"; static constexpr
// std::string_view name = "runtime"; };
template <class Kind>
class Id {
 public:
  Id() = default;
  static Id make() { return Id(std::string(Kind::prefix) + randomHex(10)); }
  // Fails with InvalidInput unless `text` has the kind's prefix followed by 20 hex digits.
  static Result<Id> parse(std::string_view text) {
    auto rest = text.starts_with(Kind::prefix) ? text.substr(Kind::prefix.size()) : std::string_view{};
    if (rest.size() != 20 || rest.find_first_not_of("0123456789abcdef") != std::string_view::npos)
      return fail(
          Code::InvalidInput, "'{}' is no {} id; one looks like {}0123456789abcdef0123", text.substr(0, 64), Kind::name, Kind::prefix);
    return Id(std::string(text));
  }
  const std::string& text() const { return text_; }
  auto operator<=>(const Id&) const = default;

 private:
  explicit Id(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

}  // namespace allmende

template <class Kind>
struct std::hash<allmende::Id<Kind>> {
  std::size_t operator()(const allmende::Id<Kind>& id) const { return std::hash<std::string>{}(id.text()); }
};
