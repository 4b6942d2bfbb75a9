// Asking an agent within limits.

#include "server/runtimes/agent.h"

#include "lib/base/json.h"

namespace allmende::runtimes {
namespace {

Code codeOfStatus(int status) {
  switch (status) {
    case 400: return Code::InvalidInput;
    case 403: return Code::Denied;
    case 404:
    case 410: return Code::NotFound;
    case 409: return Code::Conflict;
    case 413:
    case 429: return Code::OverLimit;
    case 503: return Code::Unavailable;
    case 504: return Code::TimedOut;
    case 507: return Code::DiskFull;
    default: return status < 500 ? Code::InvalidInput : Code::Internal;
  }
}

// The sentence of a refusal; agents speak Jupyter's {"message", "reason"}.
std::string sentenceOf(const net::Response& response) {
  constexpr std::size_t kLongest = 1000;
  if (const auto body = parseJsonObject(response.text())) {
    if (const auto* message = findString(*body, "message"); message != nullptr && !message->empty())
      return std::string(std::string_view(*message).substr(0, kLongest));
  }
  const auto text = response.text().substr(0, kLongest);
  return !text.empty() && net::isUtf8(text) ? std::string(text) : fmt::format("the runtime answered with status {}", response.status);
}

Error unreachable(Error error) {
  error.message = fmt::format("the runtime does not answer: {}", error.message);
  return error;
}

}  // namespace

Task<Result<net::Response>> Agent::send(net::Method method, std::string target, std::string body, Duration patience) {
  net::Request request;
  request.method = method;
  request.path = target.substr(0, target.find('?'));
  request.target = std::move(target);
  if (!body.empty()) request.headers.add("Content-Type", "application/json");
  request.body = std::move(body);
  auto response = co_await client_.send(std::move(request), patience, kLargestAgentReply);
  if (!response) co_return std::unexpected(unreachable(std::move(response).error()));
  co_return response;
}

Task<Result<json::value>> Agent::ask(net::Method method, std::string target, std::string body, Duration patience) {
  CO_TRY(auto response, co_await send(method, std::move(target), std::move(body), patience));
  if (response.status >= 300) co_return std::unexpected(Error{codeOfStatus(response.status), sentenceOf(response), {}});
  if (response.status == 204) co_return json::value(nullptr);
  auto value = parseJson(response.text());
  if (!value) co_return fail(Code::Unavailable, "the runtime's answer is no JSON: {}", value.error().message);
  co_return value;
}

Task<Result<net::Response>> Agent::forward(net::Method method, std::string target, std::string body, Duration patience) {
  net::Request request;
  request.method = method;
  request.path = target.substr(0, target.find('?'));
  request.target = std::move(target);
  if (!body.empty()) request.headers.add("Content-Type", "application/json");
  request.body = std::move(body);
  auto answered = co_await client_.send(std::move(request), patience, kLargestAgentFile);
  if (!answered) co_return std::unexpected(unreachable(std::move(answered).error()));
  net::Response response{answered->status, {}, std::move(answered->body)};
  for (const auto* name : {"Content-Type", "Content-Disposition", "Last-Modified", "Location"}) {
    if (const auto value = answered->headers.find(name); !value.empty()) response.headers.add(name, std::string(value));
  }
  co_return response;
}

Task<Result<std::shared_ptr<net::WebSocket>>> Agent::open(std::string target, std::vector<std::string> subprotocols) {
  auto socket = co_await client_.openWebSocket(std::move(target), {}, std::move(subprotocols), 20s);
  if (!socket && socket.error().code != Code::NotFound) co_return std::unexpected(unreachable(std::move(socket).error()));
  co_return socket;
}

}  // namespace allmende::runtimes
