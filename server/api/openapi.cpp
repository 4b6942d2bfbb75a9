#include "server/api/openapi.h"

namespace allmende::api {
namespace {

// "/api/contents/{path*}" → "/api/contents/{path}": OpenAPI has no word for any number of segments.
std::string plainPath(std::string_view path) {
  std::string plain;
  for (const char c : path) {
    if (c != '*') plain += c;
  }
  return plain;
}

std::string_view verbOf(net::Method method) {
  switch (method) {
    case net::Method::Post: return "post";
    case net::Method::Put: return "put";
    case net::Method::Patch: return "patch";
    case net::Method::Delete: return "delete";
    default: return "get";
  }
}

json::object operationOf(const Row& row, json::object& schemas) {
  json::object operation{{"summary", row.says}};
  json::array parameters;
  for (const auto& name : row.names) {
    parameters.push_back(json::object{{"name", name}, {"in", "path"}, {"required", true}, {"schema", json::object{{"type", "string"}}}});
  }
  if (!parameters.empty()) operation["parameters"] = std::move(parameters);
  if (const auto* scope = std::get_if<Scope>(&row.access)) {
    operation["x-scope"] = accounts::nameOf(*scope);
  } else if (std::get<Opening>(row.access) != Opening::SignedIn) {
    operation["security"] = json::array{};
  }
  if (row.isSocket()) operation["x-websocket"] = true;
  if (!row.typed)
    operation["responses"] =
        json::object{{"default", json::object{{"description", row.isSocket() ? "A WebSocket." : "As Jupyter answers."}}}};
  row.describe(operation, schemas);
  return operation;
}

}  // namespace

json::object describe(const RouteTable& table) {
  json::object paths;
  json::object schemas;
  for (const auto& row : table.rows()) {
    auto& place = paths[plainPath(row->path)];
    if (!place.is_object()) place = json::object{};
    place.get_object()[verbOf(row->method)] = operationOf(*row, schemas);
  }
  schemas["Failure"] = json::object{{"type", "object"},
      {"properties", json::object{{"message", json::object{{"type", "string"}, {"description", "What happened, in a sentence."}}},
                         {"reason", json::object{{"type", "string"}, {"description", "The same in a word, such as not_found."}}}}}};
  return {{"openapi", "3.1.0"},
      {"info", json::object{{"title", "Allmende"}, {"version", ALLMENDE_VERSION},
                   {"description", "Jupyter's Server API in its own shapes, and ours beside it. Failures are {message, reason}."}}},
      {"security", json::array{json::object{{"token", json::array{}}}, json::object{{"cookie", json::array{}}}}},
      {"paths", std::move(paths)},
      {"components",
          json::object{{"schemas", std::move(schemas)},
              {"securitySchemes",
                  json::object{
                      {"token", json::object{{"type", "http"}, {"scheme", "bearer"},
                                    {"description", "An API token: 'Authorization: Bearer …', 'Authorization: token …', or ?token=."}}},
                      {"cookie", json::object{{"type", "apiKey"}, {"in", "cookie"}, {"name", "allmende_session"},
                                     {"description", "Changes also need X-XSRFToken with the value of the _xsrf cookie."}}}}}}}};
}

}  // namespace allmende::api
