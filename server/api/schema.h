#pragma once
// JSON schemas of recorded structs. Behind the door of server/api.

#include "lib/base/json.h"

namespace allmende::api {

struct ForBody {};   // nothing is required: what is absent keeps its default
struct ForReply {};  // everything but optional fields is there

// The schema of T; records go into `schemas` under their name and are referred to.
template <class T, class Use>
json::value schemaOf(json::object& schemas, Use use) {
  if constexpr (Recorded<T>) {
    constexpr auto list = fieldsOf(Type<T>{});
    if (!schemas.contains(list.name)) {
      schemas[list.name] = nullptr;  // a place, should it refer to itself
      json::object properties;
      json::array required;
      const T value{};
      eachField(value, [&](const auto& field, const auto& member) {
        using Member = std::remove_cvref_t<decltype(member)>;
        auto schema = schemaOf<Member>(schemas, use);
        if (schema.is_object() && !field.says.empty() && !schema.get_object().contains("$ref"))
          schema.get_object()["description"] = field.says;
        properties[field.name] = std::move(schema);
        if constexpr (std::is_same_v<Use, ForReply> && !isOptional<Member>) required.push_back(json::string(field.name));
      });
      json::object schema{{"type", "object"}, {"properties", std::move(properties)}};
      if (!required.empty()) schema["required"] = std::move(required);
      schemas[list.name] = std::move(schema);
    }
    return json::object{{"$ref", fmt::format("#/components/schemas/{}", list.name)}};
  } else if constexpr (isOptional<T>) {
    return schemaOf<typename T::value_type>(schemas, use);
  } else if constexpr (isVector<T>) {
    return json::object{{"type", "array"}, {"items", schemaOf<typename T::value_type>(schemas, use)}};
  } else if constexpr (isTextMap<T>) {
    return json::object{{"type", "object"}, {"additionalProperties", schemaOf<typename T::mapped_type>(schemas, use)}};
  } else if constexpr (std::is_same_v<T, Instant>) {
    return json::object{{"type", "string"}, {"format", "date-time"}};
  } else if constexpr (isId<T> || std::is_same_v<T, std::string>) {
    return json::object{{"type", "string"}};
  } else if constexpr (std::is_same_v<T, bool>) {
    return json::object{{"type", "boolean"}};
  } else if constexpr (std::is_integral_v<T>) {
    return json::object{{"type", "integer"}};
  } else if constexpr (std::is_floating_point_v<T>) {
    return json::object{{"type", "number"}};
  } else if constexpr (std::is_same_v<T, json::object>) {
    return json::object{{"type", "object"}};
  } else {
    return json::object{};
  }
}

}  // namespace allmende::api
