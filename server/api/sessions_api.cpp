// Jupyter's sessions, with the shapes and codes of stock servers.

#include "server/api/kernels_api.h"
#include "server/api/reply.h"

namespace allmende::api {
namespace {

json::object modelOf(const runtimes::Sessions::WithKernel& one) {
  const auto& session = one.session;
  json::object model{
      {"id", session.id}, {"path", session.path}, {"name", session.name}, {"type", session.type}, {"kernel", toJson(one.kernel)}};
  if (session.type == "notebook") model["notebook"] = json::object{{"path", session.path}, {"name", session.name}};
  return model;
}

net::Response modelReply(int status, const runtimes::Sessions::WithKernel& one) {
  return net::jsonResponse(status, json::serialize(modelOf(one)));
}

std::optional<std::string> textIn(const json::object& object, std::string_view name) {
  const auto* text = findString(object, name);
  return text == nullptr ? std::nullopt : std::optional(std::string(*text));
}

const json::object* objectIn(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value == nullptr ? nullptr : value->if_object();
}

// The shape of clients before Jupyter: {"notebook": {"path"}}.
void modernise(json::object& body) {
  const auto* notebook = objectIn(body, "notebook");
  if (notebook == nullptr) return;
  const auto path = textIn(*notebook, "path");
  const auto name = textIn(*notebook, "name");
  if (!body.contains("path") && (path || name)) body["path"] = path ? *path : *name;
  if (!body.contains("type")) body["type"] = "notebook";
}

constexpr std::size_t kLongest = 4096;  // bytes of a path or name

}  // namespace

Task<net::Response> SessionsApi::list(Call call) {
  auto sessions = co_await sessions_.list(call.account());
  if (!sessions) co_return kernelError(sessions.error());
  json::array models;
  for (const auto& one : *sessions) models.push_back(modelOf(one));
  co_return net::jsonResponse(200, json::serialize(models));
}

Task<net::Response> SessionsApi::get(Call call) {
  auto session = co_await sessions_.get(call.account(), call.param(0));
  if (!session) co_return kernelError(session.error());
  co_return modelReply(200, *session);
}

Task<net::Response> SessionsApi::start(Call call) {
  auto body = parseJsonObject(call.request.body);
  if (!body) co_return jupyterError(400, body.error().message);
  if (call.request.body.empty()) co_return jupyterError(400, "No JSON data provided");
  modernise(*body);
  for (const auto* field : {"path", "type"}) {
    const auto text = textIn(*body, field);
    if (!text) co_return jupyterError(400, fmt::format("Missing field in JSON data: {}", field));
    if (text->size() > kLongest)
      co_return jupyterError(400, fmt::format("{} has {} bytes; at most {} are allowed", field, text->size(), kLongest));
  }
  runtimes::SessionWish wish{.path = *textIn(*body, "path"), .name = textIn(*body, "name").value_or(""), .type = *textIn(*body, "type")};
  if (const auto* kernel = objectIn(*body, "kernel")) {
    wish.kernelId = textIn(*kernel, "id");
    wish.kernelName = textIn(*kernel, "name");
  }
  if (wish.kernelId && wish.kernelId->empty()) wish.kernelId.reset();
  if (!wish.kernelName || wish.kernelName->empty()) wish.kernelName = specs_.defaultName();
  const auto of = call.account();
  const auto session = sessions_.findByPath(of, wish.path);
  Result<runtimes::Sessions::WithKernel> made = fail(Code::NotFound, "none yet");
  if (session) made = co_await sessions_.get(of, *session);
  if (!made && made.error().code == Code::NotFound) {
    if (!wish.kernelId && specs_.find(*wish.kernelName) == nullptr) co_return noSuchKernelspec(*wish.kernelName);
    made = co_await sessions_.start(of, std::move(wish));
  }
  if (!made) co_return kernelError(made.error());
  auto response = modelReply(201, *made);
  response.headers.add("Location", fmt::format("{}api/sessions/{}", baseUrl_, made->session.id));
  co_return response;
}

Task<net::Response> SessionsApi::change(Call call) {
  auto body = parseJsonObject(call.request.body);
  if (!body) co_return jupyterError(400, body.error().message);
  if (call.request.body.empty()) co_return jupyterError(400, "No JSON data provided");
  modernise(*body);
  const auto of = call.account();
  auto before = co_await sessions_.get(of, call.param(0));
  if (!before) co_return kernelError(before.error());
  runtimes::SessionChange change{.path = textIn(*body, "path"), .name = textIn(*body, "name"), .type = textIn(*body, "type"), .kernel = {}};
  if ((change.path && change.path->size() > kLongest) || (change.name && change.name->size() > kLongest))
    co_return jupyterError(400, fmt::format("a path or name has at most {} bytes", kLongest));
  if (const auto* kernel = objectIn(*body, "kernel")) {
    const auto id = textIn(*kernel, "id");
    const auto name = textIn(*kernel, "name");
    if (id && !kernels_.has(of, *id)) co_return jupyterError(400, fmt::format("No such kernel: {}", *id));
    if (id) change.kernel = *id;
    if (!id && name) {
      if (specs_.find(*name) == nullptr) co_return noSuchKernelspec(*name);
      auto path = change.path.value_or(before->session.path);
      auto runtime = sessions_.runtimeOf(of, path);
      auto started = co_await kernels_.start(of, {.name = *name, .path = std::move(path), .id = {}, .runtime = std::move(runtime)});
      if (!started) {
        co_return net::jsonResponse(
            501, json::serialize(
                     json::object{{"message", fmt::format("The '{}' kernel could not be started: {}", *name, started.error().message)},
                         {"short_message", fmt::format("Error starting kernel {}", *name)}}));
      }
      change.kernel = started->id;
    }
  }
  auto session = co_await sessions_.change(of, call.param(0), std::move(change));
  if (!session) co_return kernelError(session.error());
  co_return modelReply(200, *session);
}

Task<net::Response> SessionsApi::stop(Call call) {
  auto stopped = co_await sessions_.stop(call.account(), call.param(0));
  if (stopped) co_return emptyReply(204);
  if (stopped.error().code == Code::Conflict) co_return jupyterError(410, stopped.error().message);
  co_return kernelError(stopped.error());
}

}  // namespace allmende::api
