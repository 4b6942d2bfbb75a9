#include "lib/base/json.h"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <charconv>
#include <cmath>

#include "lib/base/json_check.h"

namespace allmende {
namespace {

using ParseError = boost::system::error_code;

// The part of a Boost parser's handler that every reader has the same: nothing.
struct Handler {
  static constexpr std::size_t max_object_size = json::object::max_size();
  static constexpr std::size_t max_array_size = json::array::max_size();
  static constexpr std::size_t max_key_size = json::string::max_size();
  static constexpr std::size_t max_string_size = json::string::max_size();

  bool on_document_begin(ParseError&) { return true; }
  bool on_document_end(ParseError&) { return true; }
  bool on_object_begin(ParseError&) { return true; }
  bool on_array_begin(ParseError&) { return true; }
  bool on_number_part(std::string_view, ParseError&) { return true; }
  bool on_comment_part(std::string_view, ParseError&) { return true; }
  bool on_comment(std::string_view, ParseError&) { return true; }
};

// Keeps nothing but the kind of the outermost value, which ends last.
struct Checker : Handler {
  bool isObject = false;

  bool on_object_end(std::size_t, ParseError&) { return isObject = true; }
  bool on_array_end(std::size_t, ParseError&) { return other(); }
  bool on_key_part(std::string_view, std::size_t, ParseError&) { return true; }
  bool on_key(std::string_view, std::size_t, ParseError&) { return true; }
  bool on_string_part(std::string_view, std::size_t, ParseError&) { return true; }
  bool on_string(std::string_view, std::size_t, ParseError&) { return other(); }
  bool on_int64(std::int64_t, std::string_view, ParseError&) { return other(); }
  bool on_uint64(std::uint64_t, std::string_view, ParseError&) { return other(); }
  bool on_double(double number, std::string_view, ParseError& error) {
    if (!std::isfinite(number)) error = json::error::exponent_overflow;
    return other() && !error;
  }
  bool on_bool(bool, ParseError&) { return other(); }
  bool on_null(ParseError&) { return other(); }

 private:
  bool other() {
    isObject = false;
    return true;
  }
};

// Keeps everything. Boost's own builder gets the last digit of one double in five wrong, and takes what is too large for infinity, which
// JSON cannot say.
struct Builder : Handler {
  json::value_stack values;

  Builder() { values.reset(); }
  bool on_object_end(std::size_t members, ParseError&) { return values.push_object(members), true; }
  bool on_array_end(std::size_t items, ParseError&) { return values.push_array(items), true; }
  bool on_key_part(std::string_view part, std::size_t, ParseError&) { return values.push_chars(part), true; }
  bool on_key(std::string_view rest, std::size_t, ParseError&) { return values.push_key(rest), true; }
  bool on_string_part(std::string_view part, std::size_t, ParseError&) { return values.push_chars(part), true; }
  bool on_string(std::string_view rest, std::size_t, ParseError&) { return values.push_string(rest), true; }
  bool on_int64(std::int64_t number, std::string_view, ParseError&) { return values.push_int64(number), true; }
  bool on_uint64(std::uint64_t number, std::string_view, ParseError&) { return values.push_uint64(number), true; }
  bool on_double(double roughly, std::string_view text, ParseError& error) {
    double number = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failed != std::errc{}) number = roughly;  // as good as zero, or infinite
    if (!std::isfinite(number)) return error = json::error::exponent_overflow, false;
    return values.push_double(number), true;
  }
  bool on_bool(bool value, ParseError&) { return values.push_bool(value), true; }
  bool on_null(ParseError&) { return values.push_null(), true; }
};

json::parse_options depthOf(std::size_t levels) {
  json::parse_options options;
  options.max_depth = levels;
  return options;
}

// The text is given whole, so that the handler is given numbers whole.
template <class H>
Result<> parseWhole(json::basic_parser<H>& parser, std::string_view text, std::size_t depth) {
  ParseError error;
  const auto used = parser.write_some(false, text.data(), text.size(), error);
  if (!error && used == text.size()) return {};
  const auto before = text.substr(0, std::min(used, text.size()));
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const auto column = before.size() - (before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1) + 1;
  if (error == json::error::too_deep)
    return fail(Code::InvalidInput, "the JSON is nested more than {} levels deep at line {}", depth, line);
  return fail(
      Code::InvalidInput, "no valid JSON: {} at line {}, column {}", error ? error.message() : "text after the value", line, column);
}

}  // namespace

Result<json::value> parseJson(std::string_view text, std::size_t depth) {
  json::basic_parser<Builder> parser(depthOf(depth));
  TRY(parseWhole(parser, text, depth));
  return parser.handler().values.release();
}

Result<json::object> parseJsonObject(std::string_view text, std::size_t depth) {
  if (text.empty()) return json::object{};
  TRY(auto value, parseJson(text, depth));
  if (!value.is_object()) return fail(Code::InvalidInput, "a JSON object is needed, not {}", kindOf(value));
  return std::move(value.get_object());
}

Result<> checkJsonObject(std::string_view text, std::size_t depth) {
  json::basic_parser<Checker> parser(depthOf(depth));
  TRY(parseWhole(parser, text, depth));
  if (!parser.handler().isObject) return fail(Code::InvalidInput, "a JSON object is needed");
  return {};
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
