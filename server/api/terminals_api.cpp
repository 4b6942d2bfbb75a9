#include "server/api/terminals_api.h"

#include "server/api/kernels_api.h"
#include "server/api/reply.h"

namespace allmende::api {
namespace {

constexpr Duration kPatience = 20s;

bool isName(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

// The name of the runtime that is asked about; stock clients know but one.
std::string runtimeIn(const Call& call) { return std::string(call.request.query.find("runtime").value_or("")); }

net::Response notFound(std::string_view name) { return jupyterError(404, fmt::format("Terminal not found: {}", name)); }

// {"name", "last_activity"} of what the agent said; nothing else goes on.
json::object modelOf(const json::value& said) {
  json::object model;
  if (!said.is_object()) return model;
  for (const auto* field : {"name", "last_activity"}) {
    const auto* text = findString(said.get_object(), field);
    model[field] = text == nullptr ? json::string() : *text;
  }
  return model;
}

}  // namespace

Task<net::Response> TerminalsApi::list(Call call) {
  auto agent = runtimes_.find(call.account(), runtimeIn(call));
  if (!agent) co_return kernelError(agent.error());
  json::array models;
  if (*agent == nullptr) co_return net::jsonResponse(200, "[]");
  auto said = co_await (*agent)->ask(net::Method::Get, "/api/terminals", "", kPatience);
  if (!said) co_return kernelError(said.error());
  if (const auto* list = said->if_array()) {
    for (const auto& one : *list) models.push_back(modelOf(one));
  }
  co_return net::jsonResponse(200, json::serialize(models));
}

Task<net::Response> TerminalsApi::start(Call call) {
  auto body = parseJsonObject(call.request.body);
  if (!body) co_return jupyterError(400, body.error().message);
  json::object wish;
  for (const auto* field : {"name", "cwd"}) {
    if (const auto* text = findString(*body, field)) wish[field] = *text;
  }
  if (const auto* name = findString(wish, "name"); name != nullptr && !isName(*name)) {
    co_return jupyterError(400, "a terminal's name has 1 to 64 letters, digits, '_' and '-'");
  }
  auto agent = co_await runtimes_.start(call.account(), runtimeIn(call));
  if (!agent) co_return kernelError(agent.error());
  auto said = co_await (*agent)->ask(net::Method::Post, "/api/terminals", json::serialize(wish), kPatience);
  if (!said) co_return kernelError(said.error());
  co_return net::jsonResponse(200, json::serialize(modelOf(*said)));
}

Task<net::Response> TerminalsApi::ask(Call call, net::Method method) {
  const auto name = call.param(0);
  auto agent = runtimes_.find(call.account(), runtimeIn(call));
  if (!agent) co_return kernelError(agent.error());
  if (*agent == nullptr || !isName(name)) co_return notFound(name);
  auto said = co_await (*agent)->ask(method, "/api/terminals/" + name, "", kPatience);
  if (!said && said.error().code == Code::NotFound) co_return notFound(name);
  if (!said) co_return kernelError(said.error());
  if (method == net::Method::Delete) co_return emptyReply(204);
  co_return net::jsonResponse(200, json::serialize(modelOf(*said)));
}

Task<net::Response> TerminalsApi::get(Call call) { co_return co_await ask(std::move(call), net::Method::Get); }

Task<net::Response> TerminalsApi::stop(Call call) { co_return co_await ask(std::move(call), net::Method::Delete); }

Task<net::Answer> TerminalsApi::socket(Call call) {
  const auto name = call.param(0);
  auto agent = runtimes_.find(call.account(), runtimeIn(call));
  if (!agent) co_return kernelError(agent.error());
  if (*agent == nullptr || !isName(name)) co_return notFound(name);
  auto socket = co_await (*agent)->open("/terminals/websocket/" + name, {});
  if (!socket && socket.error().code == Code::NotFound) co_return notFound(name);
  if (!socket) co_return kernelError(socket.error());
  co_return net::Upgrade{
      .subprotocol = "", .maxMessage = 1U << 20U, .serve = [agent = *std::move(socket)](std::shared_ptr<net::WebSocket> client) {
        return runtimes::relayFrames(std::move(client), agent);
      }};
}

}  // namespace allmende::api
