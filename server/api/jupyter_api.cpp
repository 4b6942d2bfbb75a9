#include "server/api/jupyter_api.h"

#include "lib/base/log.h"
#include "server/api/reply.h"

namespace allmende::api {
namespace {

using accounts::Scope;

// The version of jupyter_server whose API this is: clients decide by it what they may ask.
constexpr std::string_view kSpokenVersion = "2.21.0";

json::object identityOf(const accounts::Account& account) {
  std::string initials;
  bool atStart = true;
  for (const char c : account.displayName) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (letter && atStart && initials.size() < 2) initials += static_cast<char>(c & ~0x20);
    atStart = c == ' ' || c == '-' || c == '.' || c == '_';
  }
  return {{"username", account.name}, {"name", account.displayName}, {"display_name", account.displayName}, {"initials", initials},
      {"avatar_url", nullptr}, {"color", nullptr}};
}

// Which of our scopes lets do `action` ("read", "write", "execute") on Jupyter's `resource`; nullopt = nobody needs one.
bool allows(const accounts::ScopeSet& scopes, std::string_view resource, std::string_view action) {
  if (resource == "contents") return scopes.has(action == "read" ? Scope::ReadContents : Scope::WriteContents);
  if (resource == "kernels" || resource == "sessions" || resource == "terminals" || resource == "events") return scopes.has(Scope::RunCode);
  if (resource == "server") return scopes.has(Scope::Administer);
  if (resource == "config") return scopes.has(action == "read" ? Scope::ReadAccount : Scope::ManageAccount);
  return action == "read" && scopes.has(Scope::ReadAccount);
}

}  // namespace

JupyterApi::JupyterApi(
    accounts::Accounts& accounts, contents::Contents& contents, runtimes::Kernels& kernels, const Clock& clock, std::function<void()> stop)
    : accounts_(accounts), contents_(contents), kernels_(kernels), stop_(std::move(stop)), started_(formatUtc(clock.now())) {}

Task<net::Response> JupyterApi::version(Call) { co_return net::jsonResponse(200, fmt::format(R"({{"version":"{}"}})", kSpokenVersion)); }

Task<net::Response> JupyterApi::status(Call call) {
  const auto status = kernels_.status(call.account());
  const auto lastActivity = status.lastActivity == Instant{} ? started_ : formatUtc(status.lastActivity);
  co_return net::jsonResponse(200, fmt::format(R"({{"connections":{},"kernels":{},"last_activity":"{}","started":"{}"}})",
                                       status.connections, status.kernels, lastActivity, started_));
}

Task<net::Response> JupyterApi::me(Call call) {
  const auto asked = call.request.query.find("permissions").value_or("");
  const auto bad = [&] {
    return jupyterError(
        400, fmt::format(R"(permissions should be a JSON dict of {{"resource": ["action",]}}, got '{}')", asked.substr(0, 200)));
  };
  auto wanted = parseJsonObject(asked);
  if (!wanted) co_return bad();
  json::object permissions;
  for (const auto& [resource, actions] : *wanted) {
    const auto* list = actions.if_array();
    if (list == nullptr) co_return bad();
    json::array allowed;
    for (const auto& action : *list) {
      if (!action.is_string()) co_return bad();
      if (allows(call.caller->scopes, resource, std::string_view(action.get_string()))) allowed.push_back(action);
    }
    permissions[resource] = std::move(allowed);
  }
  permissions["updatable_fields"] = json::array{"name", "display_name"};
  auto account = co_await accounts_.get(call.account());
  if (!account) co_return net::errorResponse(account.error());
  co_return net::jsonResponse(
      200, json::serialize(json::object{{"identity", identityOf(*account)}, {"permissions", std::move(permissions)}}));
}

Task<net::Response> JupyterApi::changeMe(Call call) {
  auto body = parseJsonObject(call.request.body);
  if (!body || body->empty()) co_return jupyterError(400, "Invalid or missing JSON body");
  accounts::AccountChange change;
  for (const auto& [field, value] : *body) {
    if ((field != "name" && field != "display_name") || !value.is_string())
      co_return jupyterError(400, fmt::format("'{}' cannot be changed; name and display_name can, and are text", std::string_view(field)));
    change.displayName = std::string(value.get_string());
  }
  auto account = co_await accounts_.change(call.account(), std::move(change));
  if (!account) co_return net::errorResponse(account.error());
  co_return net::jsonResponse(200, json::serialize(json::object{{"status", "success"}, {"identity", identityOf(*account)}}));
}

Task<net::Response> JupyterApi::openApi(Call) { co_return net::jsonResponse(200, document_); }

// Every JSON text is a YAML text.
Task<net::Response> JupyterApi::spec(Call) {
  net::Response response{200, {}, document_};
  response.headers.add("Content-Type", "text/x-yaml");
  co_return response;
}

// Nothing is converted here yet, and stock clients build their menu from this list.
Task<net::Response> JupyterApi::exporters(Call) { co_return net::jsonResponse(200, "{}"); }

Task<net::Response> JupyterApi::resolvePath(Call call) {
  const auto path = call.request.query.find("path");
  if (!path) co_return jupyterError(400, "Missing argument path");
  const std::string kernel(call.request.query.find("kernel").value_or(""));
  json::array resolved;
  std::string_view asked = *path;
  if (asked.starts_with("./")) asked.remove_prefix(2);
  if (!asked.starts_with('/') && !asked.starts_with('~')) {
    auto model = co_await contents_.get(call.account(), std::string(asked), {.type = {}, .format = {}, .content = false});
    if (model) resolved.push_back(json::object{{"scope", "server"}, {"path", model->path}});
  }
  json::object body{{"resolved", std::move(resolved)}};
  if (!kernel.empty() && !kernels_.has(call.account(), kernel)) {
    body["unresolved"] = json::array{json::object{{"scope", "kernel"}, {"reason", fmt::format("Kernel {} could not be found", kernel)}}};
  }
  co_return net::jsonResponse(200, json::serialize(body));
}

Task<net::Response> JupyterApi::reportCsp(Call call) {
  log::warning("csp.violated", {{"report", call.request.body.substr(0, 2000)}, {"peer", call.visit.peer}});
  co_return emptyReply(204);
}

Task<net::Response> JupyterApi::shutdown(Call) {
  stop_();
  co_return emptyReply(200);
}

}  // namespace allmende::api
