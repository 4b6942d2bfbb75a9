#pragma once
// Fields of a kernel's messages, which may lack any. Behind the door of server/documents.

#include <string_view>

#include "lib/base/json.h"

namespace allmende::documents {

// Empty when there is no such text.
inline std::string_view textOf(const json::object& object, std::string_view key) {
  const auto* found = findString(object, key);
  return found == nullptr ? std::string_view() : std::string_view(*found);
}

// Null when there is no such object.
inline const json::object* findObject(const json::object& object, std::string_view key) {
  const auto* found = object.if_contains(key);
  return found == nullptr ? nullptr : found->if_object();
}

inline json::value valueOf(const json::object& object, std::string_view key, json::value otherwise) {
  const auto* found = object.if_contains(key);
  return found == nullptr ? std::move(otherwise) : *found;
}

// An iopub message's content as nbformat has it.
inline json::object outputOf(std::string_view type, json::object content) {
  json::object output{{"output_type", type}};
  if (type == "stream") {
    output["name"] = textOf(content, "name");
    output["text"] = textOf(content, "text");
    return output;
  }
  if (type == "error") {
    for (const auto* key : {"ename", "evalue"}) output[key] = textOf(content, key);
    output["traceback"] = valueOf(content, "traceback", json::array());
    return output;
  }
  for (const auto* key : {"data", "metadata"}) output[key] = valueOf(content, key, json::object());
  if (type == "execute_result") output["execution_count"] = valueOf(content, "execution_count", nullptr);
  if (const auto* transient = content.if_contains("transient"); transient != nullptr && transient->is_object())
    output["transient"] = *transient;
  return output;
}

}  // namespace allmende::documents
