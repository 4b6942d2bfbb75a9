#pragma once
// JSON of recorded structs, and reading untrusted JSON with sentences that name what is wrong.

#include <boost/json.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/id.h"
#include "lib/base/record.h"
#include "lib/base/result.h"

namespace allmende {

namespace json = boost::json;

// Parses one JSON value; at most `depth` levels deep. Fails with InvalidInput naming line and column.
Result<json::value> parseJson(std::string_view text, std::size_t depth = 64);

// The same, for what must be an object. An empty text is an empty object.
Result<json::object> parseJsonObject(std::string_view text, std::size_t depth = 64);

// The member as a string; nullptr when absent, null or of another type.
const json::string* findString(const json::object& object, std::string_view name);

template <class T>
json::value toJson(const T& value);

// Reads `value` into `to`. `path` names the place in messages: "kernel.name must be a string, not a number".
// Unknown members of recorded structs are refused; absent ones keep their default.
template <class T>
Result<> fromJson(const json::value& value, T& to, std::string_view path = "");

// What a JSON value is, in words: "a string", "an object", …
std::string_view kindOf(const json::value& value);

// ---- implementation of the two walks ----

template <class T>
inline constexpr bool isOptional = false;
template <class T>
inline constexpr bool isOptional<std::optional<T>> = true;
template <class T>
inline constexpr bool isVector = false;
template <class T>
inline constexpr bool isVector<std::vector<T>> = true;
template <class T>
inline constexpr bool isTextMap = false;
template <class T>
inline constexpr bool isTextMap<std::map<std::string, T>> = true;
template <class T>
inline constexpr bool isId = false;
template <class K>
inline constexpr bool isId<Id<K>> = true;

template <class T>
json::value toJson(const T& value) {
  if constexpr (Recorded<T>) {
    json::object object;
    eachField(value, [&](const auto& field, const auto& member) {
      using Member = std::remove_cvref_t<decltype(member)>;
      if constexpr (isOptional<Member>) {
        if (member) object[field.name] = toJson(*member);
      } else {
        object[field.name] = toJson(member);
      }
    });
    return object;
  } else if constexpr (isOptional<T>) {
    return value ? toJson(*value) : json::value(nullptr);
  } else if constexpr (isVector<T>) {
    json::array array;
    for (const auto& item : value) array.push_back(toJson(item));
    return array;
  } else if constexpr (isTextMap<T>) {
    json::object object;
    for (const auto& [name, item] : value) object[name] = toJson(item);
    return object;
  } else if constexpr (isId<T>) {
    return json::string(value.text());
  } else if constexpr (std::is_same_v<T, Instant>) {
    return json::string(formatUtc(value));
  } else if constexpr (std::is_same_v<T, std::string>) {
    return json::string(value);
  } else {
    return json::value(value);
  }
}

inline std::string placeIn(std::string_view path, std::string_view name) {
  return path.empty() ? std::string(name) : fmt::format("{}.{}", path, name);
}

inline std::unexpected<Error> wrongKind(std::string_view path, std::string_view wanted, const json::value& value) {
  return fail(Code::InvalidInput, "{} must be {}, not {}", path.empty() ? "the body" : path, wanted, kindOf(value));
}

template <class T>
Result<> fromJson(const json::value& value, T& to, std::string_view path) {
  if constexpr (Recorded<T>) {
    if (!value.is_object()) return wrongKind(path, "an object", value);
    const auto& object = value.get_object();
    Result<> result;
    std::size_t known = 0;
    eachField(to, [&](const auto& field, auto& member) {
      const auto* found = object.if_contains(field.name);
      if (found == nullptr) return;
      ++known;
      if (result) result = fromJson(*found, member, placeIn(path, field.name));
    });
    if (!result || known == object.size()) return result;
    for (const auto& entry : object) {
      bool listed = false;
      eachField(to, [&](const auto& field, auto&) { listed = listed || field.name == std::string_view(entry.key()); });
      if (!listed) return fail(Code::InvalidInput, "unknown field '{}'", placeIn(path, entry.key()));
    }
    return result;
  } else if constexpr (isOptional<T>) {
    if (value.is_null()) {
      to.reset();
      return {};
    }
    return fromJson(value, to.emplace(), path);
  } else if constexpr (isVector<T>) {
    if (!value.is_array()) return wrongKind(path, "an array", value);
    to.clear();
    for (const auto& item : value.get_array()) {
      const auto place = fmt::format("{}[{}]", path, to.size());
      TRY(fromJson(item, to.emplace_back(), place));
    }
    return {};
  } else if constexpr (isTextMap<T>) {
    if (!value.is_object()) return wrongKind(path, "an object", value);
    to.clear();
    for (const auto& entry : value.get_object()) {
      TRY(fromJson(entry.value(), to[std::string(entry.key())], placeIn(path, entry.key())));
    }
    return {};
  } else if constexpr (isId<T>) {
    if (!value.is_string()) return wrongKind(path, "a string", value);
    TRY(to, T::parse(std::string_view(value.get_string())));
    return {};
  } else if constexpr (std::is_same_v<T, Instant>) {
    const auto at = value.is_string() ? parseUtc(std::string_view(value.get_string())) : std::nullopt;
    if (!at) return wrongKind(path, "a time such as 2026-11-24T14:10:37.000000Z", value);
    to = *at;
    return {};
  } else if constexpr (std::is_same_v<T, std::string>) {
    if (!value.is_string()) return wrongKind(path, "a string", value);
    to = std::string_view(value.get_string());
    return {};
  } else if constexpr (std::is_same_v<T, bool>) {
    if (!value.is_bool()) return wrongKind(path, "true or false", value);
    to = value.get_bool();
    return {};
  } else if constexpr (std::is_integral_v<T>) {
    boost::system::error_code error;
    if (!value.is_number()) return wrongKind(path, "a whole number", value);
    to = value.to_number<T>(error);
    if (error) return fail(Code::InvalidInput, "{} must be a whole number in range", path);
    return {};
  } else if constexpr (std::is_floating_point_v<T>) {
    if (!value.is_number()) return wrongKind(path, "a number", value);
    to = value.to_number<T>();
    return {};
  } else {
    if constexpr (std::is_same_v<T, json::object>) {
      if (!value.is_object()) return wrongKind(path, "an object", value);
      to = value.get_object();
    } else {
      to = value;
    }
    return {};
  }
}

}  // namespace allmende
