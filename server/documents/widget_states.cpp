#include "server/documents/widget_states.h"

#include "lib/base/base64.h"
#include "server/documents/message_fields.h"

namespace allmende::documents {
namespace {

constexpr std::string_view kTarget = "jupyter.widget";
constexpr std::string_view kStateType = "application/vnd.jupyter.widget-state+json";
constexpr std::string_view kViewType = "application/vnd.jupyter.widget-view+json";
constexpr std::string_view kReference = "IPY_MODEL_";

// Of all texts that refer to a model, wherever in a state.
void collectReferences(const json::value& value, std::vector<std::string>& into) {
  if (const auto* text = value.if_string()) {
    if (text->starts_with(kReference)) into.emplace_back(std::string_view(*text).substr(kReference.size()));
  } else if (const auto* list = value.if_array()) {
    for (const auto& one : *list) collectReferences(one, into);
  } else if (const auto* object = value.if_object()) {
    for (const auto& [key, one] : *object) collectReferences(one, into);
  }
}

// The models in a notebook's `widgets`; null when there are none.
const json::object* modelsIn(const json::object& widgets) {
  const auto* saved = findObject(widgets, kStateType);
  return saved == nullptr ? nullptr : findObject(*saved, "state");
}

}  // namespace

void WidgetStates::hear(std::string_view type, const json::object& content, const std::vector<std::string>& buffers) {
  const std::string id(textOf(content, "comm_id"));
  if (type == "comm_close") {
    changed_ = models_.erase(id) > 0 || changed_;
    closed_.insert(id);
    if (closed_.size() > kMostModels) closed_.erase(closed_.begin());
    return;
  }
  const auto* data = findObject(content, "data");
  if (data == nullptr || id.empty()) return;
  if (type == "comm_open") {
    const auto* state = findObject(*data, "state");
    if (textOf(content, "target_name") != kTarget || state == nullptr || models_.size() >= kMostModels) return;
    auto& model = models_[id];
    model = {.name = std::string(textOf(*state, "_model_name")),
        .module = std::string(textOf(*state, "_model_module")),
        .version = std::string(textOf(*state, "_model_module_version")),
        .state = {},
        .buffers = {}};
    update(model, *data, buffers);
  } else if (const auto known = models_.find(id); known != models_.end()) {
    const auto method = textOf(*data, "method");
    if (method != "update" && method != "echo_update") return;
    update(known->second, *data, buffers);
  } else {
    return;
  }
  changed_ = true;
}

void WidgetStates::update(Model& model, const json::object& data, const std::vector<std::string>& buffers) {
  if (const auto* state = findObject(data, "state")) {
    for (const auto& [key, value] : *state) model.state[key] = value;
  }
  const auto* paths = data.if_contains("buffer_paths");
  if (paths == nullptr || !paths->is_array()) return;
  const auto& list = paths->get_array();
  for (std::size_t i = 0; i < list.size() && i < buffers.size(); ++i)
    model.buffers[json::serialize(list[i])] = {{"path", list[i]}, {"encoding", "base64"}, {"data", toBase64(buffers[i])}};
}

json::object WidgetStates::asKept(const Model& model) {
  json::object kept{
      {"model_name", model.name}, {"model_module", model.module}, {"model_module_version", model.version}, {"state", model.state}};
  if (model.buffers.empty()) return kept;
  json::array buffers;
  for (const auto& [path, buffer] : model.buffers) buffers.push_back(buffer);
  kept["buffers"] = std::move(buffers);
  return kept;
}

json::object WidgetStates::kept(const json::object& before, const std::set<std::string>& shown) const {
  const auto* earlier = modelsIn(before);
  json::object models;
  std::size_t bytes = 0;
  std::vector<std::string> wanted(shown.begin(), shown.end());
  while (!wanted.empty()) {
    const auto id = std::move(wanted.back());
    wanted.pop_back();
    if (models.contains(id)) continue;
    json::object model;
    if (const auto live = models_.find(id); live != models_.end()) {
      model = asKept(live->second);
    } else if (const auto* old = earlier == nullptr || closed_.contains(id) ? nullptr : findObject(*earlier, id)) {
      model = *old;
    } else {
      continue;
    }
    bytes += json::serialize(model).size();
    if (bytes > kMostBytes || models.size() >= kMostModels) return {};
    if (const auto* state = model.if_contains("state")) collectReferences(*state, wanted);
    models[id] = std::move(model);
  }
  if (models.empty()) return {};
  return {{kStateType, {{"version_major", 2}, {"version_minor", 0}, {"state", std::move(models)}}}};
}

std::set<std::string> shownWidgets(const json::object& notebook) {
  std::set<std::string> shown;
  const auto* cells = notebook.if_contains("cells");
  if (cells == nullptr || !cells->is_array()) return shown;
  for (const auto& cell : cells->get_array()) {
    const auto* outputs = cell.is_object() ? cell.get_object().if_contains("outputs") : nullptr;
    if (outputs == nullptr || !outputs->is_array()) continue;
    for (const auto& output : outputs->get_array()) {
      const auto* data = output.is_object() ? findObject(output.get_object(), "data") : nullptr;
      const auto* view = data == nullptr ? nullptr : findObject(*data, kViewType);
      if (view != nullptr) shown.emplace(textOf(*view, "model_id"));
    }
  }
  return shown;
}

}  // namespace allmende::documents
