#pragma once
// Field lists: a struct's fields said once, beside it. JSON, OpenAPI schemas, settings and link messages all walk them.
//
//   struct Usage { std::int64_t used = 0; std::int64_t limit = 0; };
//   constexpr auto fieldsOf(Type<Usage>) {
//     return record("Usage", field("used", &Usage::used, "Bytes in use."), field("limit", &Usage::limit, "Bytes allowed."));
//   }

#include <string_view>
#include <tuple>
#include <type_traits>

namespace allmende {

template <class T>
struct Type {};

template <class T, class M>
struct Field {
  std::string_view name;
  M T::* member;
  std::string_view says;
};

template <class T, class M>
constexpr Field<T, M> field(std::string_view name, M T::* member, std::string_view says = "") {
  return {name, member, says};
}

template <class... F>
struct Record {
  std::string_view name;
  std::tuple<F...> fields;
};

template <class... F>
constexpr Record<F...> record(std::string_view name, F... fields) {
  return {name, std::tuple(fields...)};
}

// True for structs that have a field list.
template <class T>
concept Recorded = requires { fieldsOf(Type<std::remove_cvref_t<T>>{}); };

// Calls fn(field, value) for each field of `object`, in the order of its list.
template <Recorded T, class Fn>
constexpr void eachField(T&& object, Fn&& fn) {
  constexpr auto list = fieldsOf(Type<std::remove_cvref_t<T>>{});
  std::apply([&](const auto&... f) { (fn(f, object.*(f.member)), ...); }, list.fields);
}

}  // namespace allmende
