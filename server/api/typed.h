#pragma once
// Handlers whose signature says everything: how arguments are read, replies written, and both described. Behind the door of server/api.
//
//   Task<Result<Created<NewToken>>> create(Caller caller, TokenWish wish);     POST: body → 201
//   Task<Result<>> revoke(Caller caller, TokenId id);                         DELETE /api/tokens/{id} → 204

#include <charconv>
#include <functional>

#include "lib/base/json.h"
#include "server/api/call.h"
#include "server/api/schema.h"

namespace allmende::api {

// A parameter that is read from the query: its fields are the query's names.
template <Recorded T>
struct InQuery {
  T value;
};

// 201 instead of 200.
template <class T>
struct Created {
  T body;
};

// A reply that the handler has written itself, whose body is a T.
template <class T>
struct Prepared {
  net::Response response;
};

// A reply that is JSON text already.
struct JsonText {
  std::string text;
};

// What a row runs, and how it is described.
struct Bound {
  bool typed = false;
  std::size_t params = 0;
  std::function<Task<net::Response>(Call)> run;
  std::function<void(json::object&, json::object&)> describe = [](json::object&, json::object&) {};
};

// ---- arguments ----

template <class T>
inline constexpr bool isInQuery = false;
template <class T>
inline constexpr bool isInQuery<InQuery<T>> = true;

template <class T>
inline constexpr bool isPathParam = std::is_same_v<T, std::string> || isId<T>;

inline Result<> readQueryValue(std::string_view, std::string_view text, std::string& to) {
  to = text;
  return {};
}
template <std::integral T>
Result<> readQueryValue(std::string_view name, std::string_view text, T& to) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), to);
  if (error == std::errc{} && end == text.data() + text.size()) return {};
  return fail(Code::InvalidInput, "{}='{}' is no whole number in range", name, text.substr(0, 64));
}
template <class T>
Result<> readQueryValue(std::string_view name, std::string_view text, std::optional<T>& to) {
  return readQueryValue(name, text, to.emplace());
}

template <class T>
Result<T> readQuery(const net::Query& query) {
  T wish;
  Result<> result;
  eachField(wish, [&](const auto& field, auto& member) {
    const auto text = query.find(field.name);
    if (text && result) result = readQueryValue(field.name, *text, member);
  });
  if (!result) return std::unexpected(result.error());
  return wish;
}

// `next` counts the path's parameters as they are used up.
template <class T>
Result<T> readArgument(Call& call, std::size_t& next) {
  if constexpr (std::is_same_v<T, accounts::Caller>) {
    return call.caller.value();
  } else if constexpr (std::is_same_v<T, std::optional<accounts::Caller>>) {
    return call.caller;
  } else if constexpr (std::is_same_v<T, Visit>) {
    return call.visit;
  } else if constexpr (std::is_same_v<T, std::string>) {
    return call.param(next++);
  } else if constexpr (isId<T>) {
    return T::parse(call.param(next++));
  } else if constexpr (isInQuery<T>) {
    TRY(auto value, readQuery<decltype(T::value)>(call.request.query));
    return T{std::move(value)};
  } else if constexpr (std::is_same_v<T, json::object>) {
    return parseJsonObject(call.request.body);
  } else {
    TRY(auto body, parseJsonObject(call.request.body));
    T value{};
    TRY(fromJson(json::value(std::move(body)), value));
    return value;
  }
}

// ---- replies ----

template <class T>
net::Response replyOf(T reply) {
  return net::jsonResponse(200, json::serialize(toJson(reply)));
}
template <class T>
net::Response replyOf(Created<T> reply) {
  auto response = replyOf(std::move(reply.body));
  response.status = 201;
  return response;
}
template <class T>
net::Response replyOf(Prepared<T> reply) {
  return std::move(reply.response);
}
inline net::Response replyOf(JsonText reply) { return net::jsonResponse(200, std::move(reply.text)); }

// ---- description ----

template <class T>
struct ReplyShape {
  using Body = T;
  static constexpr int kStatus = 200;
};
template <class T>
struct ReplyShape<Created<T>> {
  using Body = T;
  static constexpr int kStatus = 201;
};
template <class T>
struct ReplyShape<Prepared<T>> {
  using Body = T;
  static constexpr int kStatus = 200;
};

template <class R>
void describeReply(json::object& operation, json::object& schemas) {
  using Shape = ReplyShape<R>;
  json::object done{{"description", "Done."}};
  if constexpr (!std::is_void_v<R>) {
    json::value schema = json::object{};
    if constexpr (!std::is_same_v<R, JsonText>) schema = schemaOf<typename Shape::Body>(schemas, ForReply{});
    done["content"] = json::object{{"application/json", json::object{{"schema", std::move(schema)}}}};
  }
  operation["responses"] = json::object{{std::is_void_v<R> ? "204" : std::to_string(Shape::kStatus), std::move(done)}};
}

template <class T>
void describeArgument(json::object& operation, json::object& schemas) {
  if constexpr (isInQuery<T>) {
    auto& place = operation["parameters"];
    if (!place.is_array()) place = json::array{};
    auto& parameters = place.get_array();
    using Wish = decltype(T::value);
    Wish wish;
    eachField(wish, [&](const auto& field, const auto& member) {
      parameters.push_back(json::object{{"name", field.name}, {"in", "query"}, {"description", field.says},
          {"schema", schemaOf<std::remove_cvref_t<decltype(member)>>(schemas, ForBody{})}});
    });
  } else if constexpr (!isPathParam<T> && !std::is_same_v<T, accounts::Caller> && !std::is_same_v<T, std::optional<accounts::Caller>> &&
                       !std::is_same_v<T, Visit>) {
    json::value schema = json::object{{"type", "object"}};
    if constexpr (Recorded<T>) schema = schemaOf<T>(schemas, ForBody{});
    operation["requestBody"] = json::object{{"content", json::object{{"application/json", json::object{{"schema", schema}}}}}};
  }
}

// ---- binding ----

template <class A, class R, class... Args>
Task<net::Response> callTyped(A* api, Task<Result<R>> (A::*handler)(Args...), Call call) {
  std::size_t next = 0;
  std::tuple<Result<Args>...> read{readArgument<Args>(call, next)...};
  std::optional<Error> fault;
  std::apply([&](auto&... one) { ((fault = !fault && !one ? std::optional(one.error()) : fault), ...); }, read);
  if (fault) co_return net::errorResponse(*fault);
  auto reply = co_await std::apply([&](auto&... one) { return (api->*handler)(*std::move(one)...); }, read);
  if (!reply) co_return net::errorResponse(reply.error());
  if constexpr (std::is_void_v<R>) {
    co_return net::Response{204, {}, {}};
  } else {
    co_return replyOf(*std::move(reply));
  }
}

template <class A, class R, class... Args>
Bound bindHandler(A& api, Task<Result<R>> (A::*handler)(Args...)) {
  return {true, (std::size_t{isPathParam<Args>} + ... + 0),
      [api = &api, handler](Call call) { return callTyped(api, handler, std::move(call)); },
      [](json::object& operation, json::object& schemas) {
        (describeArgument<Args>(operation, schemas), ...);
        describeReply<R>(operation, schemas);
      }};
}

template <class A>
Bound bindHandler(A& api, Task<net::Response> (A::*handler)(Call)) {
  return {.run = [api = &api, handler](Call call) { return (api->*handler)(std::move(call)); }};
}

}  // namespace allmende::api
