#include "lib/base/json.h"

#include <algorithm>

namespace allmende {

Result<json::value> parseJson(std::string_view text, std::size_t depth) {
  json::parse_options options;
  options.max_depth = depth;
  json::stream_parser parser({}, options);
  boost::system::error_code error;
  const auto used = parser.write_some(text.data(), text.size(), error);
  if (!error && used == text.size()) parser.finish(error);
  if (!error && used == text.size()) return parser.release();
  const auto before = text.substr(0, std::min(used, text.size()));
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const auto column = before.size() - (before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1) + 1;
  if (error == json::error::too_deep)
    return fail(Code::InvalidInput, "the JSON is nested more than {} levels deep at line {}", depth, line);
  return fail(
      Code::InvalidInput, "no valid JSON: {} at line {}, column {}", error ? error.message() : "text after the value", line, column);
}

Result<json::object> parseJsonObject(std::string_view text, std::size_t depth) {
  if (text.empty()) return json::object{};
  TRY(auto value, parseJson(text, depth));
  if (!value.is_object()) return fail(Code::InvalidInput, "a JSON object is needed, not {}", kindOf(value));
  return std::move(value.get_object());
}

const json::string* findString(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value == nullptr ? nullptr : value->if_string();
}

std::string_view kindOf(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null: return "null";
    case json::kind::bool_: return "true or false";
    case json::kind::int64:
    case json::kind::uint64:
    case json::kind::double_: return "a number";
    case json::kind::string: return "a string";
    case json::kind::array: return "an array";
    case json::kind::object: return "an object";
  }
  return "a value";
}

}  // namespace allmende
