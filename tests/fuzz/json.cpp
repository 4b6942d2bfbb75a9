// JSON from anybody. The first byte says how deep it may be nested.

#include <algorithm>

#include "lib/base/json.h"
#include "tests/fuzz/fuzz.h"

namespace allmende::fuzz {
namespace {

std::size_t depthOf(const json::value& value) {
  std::size_t deepest = 0;
  if (const auto* array = value.if_array()) {
    for (const auto& item : *array) deepest = std::max(deepest, depthOf(item));
    return deepest + 1;
  }
  if (const auto* object = value.if_object()) {
    for (const auto& member : *object) deepest = std::max(deepest, depthOf(member.value()));
    return deepest + 1;
  }
  return 0;
}

}  // namespace

void attempt(std::string_view input) {
  const std::size_t depth = takeChoice(input);
  const auto value = parseJson(input, depth);
  if (!value) return claim(!value.error().message.empty(), "JSON is refused with a sentence");
  claim(depthOf(*value) <= depth, "no JSON is deeper than allowed");
  const auto again = parseJson(json::serialize(*value), depth);
  claim(again && *again == *value, "a value survives the round trip");
  if (value->is_object()) claim(parseJsonObject(input, depth).has_value(), "an object is read as one");
}

}  // namespace allmende::fuzz
