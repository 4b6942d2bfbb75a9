#include "server/api/lab_api.h"

#include <fstream>

#include "server/api/reply.h"

namespace allmende::api {
namespace {

using shelf::Kind;

bool isSection(std::string_view name) {
  return !name.empty() && name.size() <= 100 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
  });
}

// Settings are written as JSON with comments.
Result<json::value> parseSettings(std::string_view raw) {
  json::parse_options options;
  options.allow_comments = true;
  options.allow_trailing_commas = true;
  options.max_depth = 64;
  boost::system::error_code error;
  auto value = json::parse(raw.empty() ? "{}" : raw, error, {}, options);
  if (error) return fail(Code::InvalidInput, "the settings are no JSON: {}", error.message());
  return value;
}

json::object workspaceOf(const shelf::Item& item) {
  auto body = parseJsonObject(item.text);
  json::object workspace = body ? *std::move(body) : json::object{};
  auto& metadata = workspace["metadata"];
  if (!metadata.is_object()) metadata = json::object{};
  metadata.get_object()["id"] = item.name;
  metadata.get_object()["created"] = formatUtc(item.createdAt);
  metadata.get_object()["last_modified"] = formatUtc(item.changedAt);
  return workspace;
}

}  // namespace

void mergeConfig(json::object& into, const json::object& changes) {
  for (const auto& change : changes) {
    if (change.value().is_null()) {
      into.erase(change.key());
    } else if (const auto* inner = change.value().if_object()) {
      auto& place = into[change.key()];
      if (!place.is_object()) place = json::object{};
      mergeConfig(place.get_object(), *inner);
      if (place.get_object().empty()) into.erase(change.key());
    } else {
      into[change.key()] = change.value();
    }
  }
}

// ---- config sections ----

Task<net::Response> LabApi::getConfig(Call call) {
  if (!isSection(call.param(0))) co_return jupyterError(404, "a config section's name has letters, digits, '_', '-' and '.'");
  auto item = co_await shelf_.find(call.account(), Kind::Config, call.param(0));
  if (!item) co_return net::errorResponse(item.error());
  co_return net::jsonResponse(200, *item ? (*item)->text : "{}");
}

Task<net::Response> LabApi::putConfig(Call call) {
  if (!isSection(call.param(0))) co_return jupyterError(404, "a config section's name has letters, digits, '_', '-' and '.'");
  auto body = parseJsonObject(call.request.body);
  if (!body) co_return jupyterError(400, body.error().message);
  auto put = co_await shelf_.put(call.account(), Kind::Config, call.param(0), json::serialize(*body));
  if (!put) co_return net::errorResponse(put.error());
  co_return emptyReply(204);
}

Task<net::Response> LabApi::patchConfig(Call call) {
  if (!isSection(call.param(0))) co_return jupyterError(404, "a config section's name has letters, digits, '_', '-' and '.'");
  auto changes = parseJsonObject(call.request.body);
  if (!changes) co_return jupyterError(400, changes.error().message);
  auto item = co_await shelf_.find(call.account(), Kind::Config, call.param(0));
  if (!item) co_return net::errorResponse(item.error());
  auto section = parseJsonObject(*item ? (*item)->text : "{}");
  if (!section) co_return net::errorResponse(section.error());
  mergeConfig(*section, *changes);
  auto text = json::serialize(*section);
  auto put = co_await shelf_.put(call.account(), Kind::Config, call.param(0), text);
  if (!put) co_return net::errorResponse(put.error());
  co_return net::jsonResponse(200, std::move(text));
}

// ---- settings ----

namespace {

// "@jupyterlab/apputils-extension:themes" → its schema, if the Python environment brings one.
json::object findSchema(const std::filesystem::path& data, std::string_view id) {
  const auto colon = id.find(':');
  if (colon == std::string_view::npos || id.contains("..") || id.starts_with('/')) return {};
  const std::filesystem::path package(id.substr(0, colon));
  const auto file = std::string(id.substr(colon + 1)) + ".json";
  if (file.contains('/')) return {};
  for (const auto& path : {data / "lab" / "schemas" / package / file, data / "labextensions" / package / "schemas" / package / file}) {
    std::ifstream stream(path);
    if (!stream) continue;
    const std::string text((std::istreambuf_iterator<char>(stream)), {});
    if (auto schema = parseJsonObject(text)) return *std::move(schema);
  }
  return {};
}

json::object settingsOf(const std::filesystem::path& data, std::string_view id, const std::optional<shelf::Item>& item) {
  const std::string raw = item ? item->text : "{}";
  auto settings = parseSettings(raw);
  json::object model{{"id", id}, {"raw", raw}, {"settings", settings ? *std::move(settings) : json::value(json::object{})},
      {"schema", findSchema(data, id)}, {"version", ALLMENDE_VERSION}, {"created", nullptr}, {"last_modified", nullptr}};
  if (item) {
    model["created"] = formatUtc(item->createdAt);
    model["last_modified"] = formatUtc(item->changedAt);
  }
  return model;
}

}  // namespace

Task<net::Response> LabApi::listSettings(Call call) {
  auto items = co_await shelf_.list(call.account(), Kind::LabSettings);
  if (!items) co_return net::errorResponse(items.error());
  const bool idsOnly = call.request.query.find("ids_only").value_or("") == "true";
  json::array list;
  for (const auto& item : *items) list.push_back(idsOnly ? json::object{{"id", item.name}} : settingsOf(data_, item.name, item));
  co_return net::jsonResponse(200, json::serialize(json::object{{"settings", std::move(list)}}));
}

Task<net::Response> LabApi::getSettings(Call call) {
  auto item = co_await shelf_.find(call.account(), Kind::LabSettings, call.param(0));
  if (!item) co_return net::errorResponse(item.error());
  co_return net::jsonResponse(200, json::serialize(settingsOf(data_, call.param(0), *item)));
}

Task<net::Response> LabApi::putSettings(Call call) {
  auto body = parseJsonObject(call.request.body);
  if (!body) co_return jupyterError(400, body.error().message);
  const auto* raw = findString(*body, "raw");
  if (raw == nullptr) co_return jupyterError(400, "the body has no 'raw' with the settings' text");
  if (auto parsed = parseSettings(*raw); !parsed) co_return jupyterError(400, parsed.error().message);
  auto put = co_await shelf_.put(call.account(), Kind::LabSettings, call.param(0), std::string(*raw));
  if (!put) co_return net::errorResponse(put.error());
  co_return emptyReply(204);
}

// ---- workspaces ----

Task<net::Response> LabApi::listWorkspaces(Call call) {
  auto items = co_await shelf_.list(call.account(), Kind::LabWorkspace);
  if (!items) co_return net::errorResponse(items.error());
  json::array ids;
  json::array values;
  for (const auto& item : *items) {
    ids.push_back(json::string(item.name));
    values.push_back(workspaceOf(item));
  }
  co_return net::jsonResponse(
      200, json::serialize(json::object{{"workspaces", json::object{{"ids", std::move(ids)}, {"values", std::move(values)}}}}));
}

// A workspace that is not there yet is an empty one, as JupyterLab expects.
Task<net::Response> LabApi::getWorkspace(Call call) {
  auto item = co_await shelf_.find(call.account(), Kind::LabWorkspace, call.param(0));
  if (!item) co_return net::errorResponse(item.error());
  const auto workspace =
      *item ? workspaceOf(**item) : json::object{{"data", json::object{}}, {"metadata", json::object{{"id", call.param(0)}}}};
  co_return net::jsonResponse(200, json::serialize(workspace));
}

Task<net::Response> LabApi::putWorkspace(Call call) {
  auto body = parseJsonObject(call.request.body);
  if (!body) co_return jupyterError(400, body.error().message);
  const auto* metadata = body->if_contains("metadata");
  const auto* id = metadata != nullptr && metadata->is_object() ? findString(metadata->get_object(), "id") : nullptr;
  if (id == nullptr || *id != call.param(0))
    co_return jupyterError(400, fmt::format("Workspace metadata ID mismatch: expected '{}'", call.param(0)));
  auto put = co_await shelf_.put(call.account(), Kind::LabWorkspace, call.param(0), json::serialize(*body));
  if (!put) co_return net::errorResponse(put.error());
  co_return emptyReply(204);
}

Task<net::Response> LabApi::removeWorkspace(Call call) {
  auto removed = co_await shelf_.remove(call.account(), Kind::LabWorkspace, call.param(0));
  if (!removed) co_return net::errorResponse(removed.error());
  co_return emptyReply(204);
}

// ---- lists ----

Task<net::Response> LabApi::listTranslations(Call) {
  co_return net::jsonResponse(200, R"({"data":{"en":{"displayName":"English","nativeName":"English"}},"message":""})");
}

Task<net::Response> LabApi::getTranslation(Call) { co_return net::jsonResponse(200, R"({"data":{},"message":""})"); }

Task<net::Response> LabApi::listings(Call) {
  co_return net::jsonResponse(
      200, R"({"blocked_extensions_uris":[],"allowed_extensions_uris":[],"blocked_extensions":[],"allowed_extensions":[]})");
}

Task<net::Response> LabApi::licenses(Call) { co_return net::jsonResponse(200, R"({"bundles":{}})"); }

Task<net::Response> LabApi::theme(Call call) {
  co_return jupyterError(404, fmt::format("there is no theme file '{}': themes are part of the page", call.param(0)));
}

}  // namespace allmende::api
