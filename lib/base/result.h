#pragma once
// Failures as values: Result<T>, Error and its ten codes, TRY and CO_TRY.
//
// A failure is a value with a code and a sentence that is safe to show. A broken invariant is a Bug: an exception that only the
// edges (request, task, main) catch. Absence is neither: functions named find… return std::optional.

#include <fmt/format.h>

#include <cstdint>
#include <expected>
#include <optional>
#include <source_location>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace allmende {

// What a caller can do about a failure. Each edge maps these once: lib/net to HTTP statuses and WebSocket close codes, cli to exit codes.
enum class Code : std::uint8_t {
  InvalidInput,     // fix the request
  Unauthenticated,  // sign in
  Denied,           // read the decision, maybe appeal
  NotFound,         // stop asking; also: not yours
  Conflict,         // reload and retry
  OverLimit,        // wait, free something, or change tier
  DiskFull,         // delete something, then retry
  Unavailable,      // retry with back-off
  TimedOut,         // retry if idempotent
  Cancelled,        // nothing
  Internal,         // report
};

// The code as API bodies and log lines spell it: "invalid_input", "over_limit", …
std::string_view nameOf(Code code);

// The code spelled so; nothing for a name that is none.
std::optional<Code> codeNamed(std::string_view name);

struct Error {
  Code code = Code::Internal;
  std::string message;                  // what happened, which value, what was allowed, what to do; safe to show
  std::optional<std::string> decision;  // "dec_…" when a policy decision is the reason

  bool operator==(const Error&) const = default;
};

template <class T = void>
using Result = std::expected<T, Error>;

// fail(Code::NotFound, "no notebook named '{}'", name): the error half of any Result.
template <class... Args>
std::unexpected<Error> fail(Code code, fmt::format_string<Args...> format, Args&&... args) {
  return std::unexpected(Error{code, fmt::format(format, std::forward<Args>(args)...), {}});
}

// Adds what was being done to a failure on its way up: "placing a runtime: no node has 2 GB free".
template <class T>
Result<T> during(std::string_view doing, Result<T> result) {
  if (!result) result.error().message = fmt::format("{}: {}", doing, result.error().message);
  return result;
}

// A broken invariant. Caught only at the edges, answered as Internal, logged with its place.
class Bug : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

// Throws Bug unless `holds`.
inline void check(bool holds, std::string_view promise, std::source_location at = std::source_location::current()) {
  if (!holds) throw Bug(fmt::format("{}:{}: broken promise: {}", at.file_name(), at.line(), promise));
}

}  // namespace allmende

// TRY(auto x, f());   TRY(g());      return the error of f or g from a plain function, else go on with the value.
// CO_TRY(auto x, co_await f());      the same inside a coroutine.
// Statements on purpose (no statement expressions: those break coroutines); at most one a line, never an `if` body without braces.
#define TRY(...) ALLMENDE_TRY_(return, __VA_ARGS__)
#define CO_TRY(...) ALLMENDE_TRY_(co_return, __VA_ARGS__)
#define ALLMENDE_TRY_(give, ...)                                                                                                 \
  ALLMENDE_PICK(__VA_ARGS__, ALLMENDE_TRY_VALUE, ALLMENDE_TRY_VALUE, ALLMENDE_TRY_VALUE, ALLMENDE_TRY_VALUE, ALLMENDE_TRY_VALUE, \
      ALLMENDE_TRY_VOID, )                                                                                                       \
  (give, ALLMENDE_CAT(try_, __COUNTER__), __VA_ARGS__)
#define ALLMENDE_TRY_VALUE(give, tmp, decl, ...)          \
  auto tmp = (__VA_ARGS__);                               \
  if (!tmp) give std::unexpected(std::move(tmp).error()); \
  decl = *std::move(tmp)
#define ALLMENDE_TRY_VOID(give, tmp, ...) \
  if (auto tmp = (__VA_ARGS__); !tmp) give std::unexpected(std::move(tmp).error())
#define ALLMENDE_PICK(_1, _2, _3, _4, _5, _6, NAME, ...) NAME
#define ALLMENDE_CAT_(a, b) a##b
#define ALLMENDE_CAT(a, b) ALLMENDE_CAT_(a, b)
