#include "lib/link/link.h"

namespace allmende::link {
namespace {

template <class T>
constexpr std::string_view wireName() {
  return fieldsOf(Type<T>{}).name;
}

// Reads `body` as the alternative of `Variant` whose record is named `name`.
template <class Variant, std::size_t I = 0>
Result<Variant> readNamed(std::string_view name, const json::value& body) {
  if constexpr (I == std::variant_size_v<Variant>) {
    return fail(Code::InvalidInput, "the link knows no '{}' in version {}.{}", name.substr(0, 64), kLinkVersion.major, kLinkVersion.minor);
  } else {
    using T = std::variant_alternative_t<I, Variant>;
    if (wireName<T>() != name) return readNamed<Variant, I + 1>(name, body);
    T value;
    TRY(fromJson(body, value, wireName<T>()));
    return Variant(std::move(value));
  }
}

template <class Variant>
json::object namedObject(std::string_view key, const Variant& value) {
  return std::visit(
      [&](const auto& item) {
        json::object object;
        object[key] = wireName<std::remove_cvref_t<decltype(item)>>();
        object["body"] = toJson(item);
        return object;
      },
      value);
}

Result<std::int64_t> readNumber(const json::object& object, std::string_view name) {
  std::int64_t number = 0;
  const auto* found = object.if_contains(name);
  if (found == nullptr) return fail(Code::InvalidInput, "a link message without '{}'", name);
  TRY(fromJson(*found, number, name));
  return number;
}

json::value bodyOf(const json::object& object) {
  const auto* body = object.if_contains("body");
  return body == nullptr ? json::value(json::object()) : *body;
}

Result<Answer> readAnswer(const json::object& object) {
  Answer answer;
  TRY(answer.number, readNumber(object, "answer"));
  const auto* error = object.if_contains("error");
  if (error == nullptr) {
    answer.body = bodyOf(object);
    return answer;
  }
  if (!error->is_object()) return fail(Code::InvalidInput, "error must be an object, not {}", kindOf(*error));
  const auto* reason = findString(error->get_object(), "reason");
  const auto* message = findString(error->get_object(), "message");
  if (reason == nullptr || message == nullptr) return fail(Code::InvalidInput, "error must have a reason and a message");
  answer.body = std::unexpected(Error{codeNamed(*reason).value_or(Code::Internal), std::string(*message), {}});
  return answer;
}

}  // namespace

Result<> agreeOnVersion(const Hello& theirs) {
  if (theirs.major == kLinkVersion.major) return {};
  return fail(Code::Conflict,
      "{} speaks version {}.{} of the link and this side version {}.{}; install server and node of the same release and restart both",
      theirs.program.empty() ? "the other side" : std::string_view(theirs.program).substr(0, 64), theirs.major, theirs.minor,
      kLinkVersion.major, kLinkVersion.minor);
}

std::string encode(const Hello& hello) { return json::serialize(json::object{{"hello", toJson(hello)}}); }

std::string encode(const Ask& ask) {
  auto object = namedObject("ask", ask.body);
  object["number"] = ask.number;
  return json::serialize(object);
}

std::string encode(const Answer& answer) {
  json::object object{{"answer", answer.number}};
  if (answer.body) {
    object["body"] = *answer.body;
  } else {
    const auto& error = answer.body.error();
    object["error"] = json::object{{"reason", nameOf(error.code)}, {"message", error.message}};
  }
  return json::serialize(object);
}

std::string encode(const Event& event) { return json::serialize(namedObject("event", event)); }

Result<FromServer> decodeFromServer(std::string_view text) {
  TRY(const auto object, parseJsonObject(text));
  if (const auto* hello = object.if_contains("hello")) {
    Hello value;
    TRY(fromJson(*hello, value, "hello"));
    return FromServer(std::move(value));
  }
  const auto* name = findString(object, "ask");
  if (name == nullptr) return fail(Code::InvalidInput, "a text on the link that is neither hello nor ask");
  Ask ask;
  TRY(ask.number, readNumber(object, "number"));
  TRY(ask.body, readNamed<AskBody>(*name, bodyOf(object)));
  return FromServer(std::move(ask));
}

Result<FromNode> decodeFromNode(std::string_view text) {
  TRY(const auto object, parseJsonObject(text));
  if (const auto* hello = object.if_contains("hello")) {
    Hello value;
    TRY(fromJson(*hello, value, "hello"));
    return FromNode(std::move(value));
  }
  if (object.contains("answer")) {
    TRY(auto answer, readAnswer(object));
    return FromNode(std::move(answer));
  }
  const auto* name = findString(object, "event");
  if (name == nullptr) return fail(Code::InvalidInput, "a text on the link that is neither hello, answer nor event");
  TRY(auto event, readNamed<Event>(*name, bodyOf(object)));
  return FromNode(std::move(event));
}

}  // namespace allmende::link
