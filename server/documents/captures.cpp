#include "server/documents/captures.h"

#include <algorithm>

#include "server/documents/message_fields.h"

namespace allmende::documents {
namespace {

// A stream goes on in the last output when that is one of its name.
void append(json::array& outputs, const json::object& output) {
  auto* last = outputs.empty() ? nullptr : outputs.back().if_object();
  const bool goesOn = last != nullptr && textOf(output, "output_type") == "stream" && textOf(*last, "output_type") == "stream" &&
                      textOf(*last, "name") == textOf(output, "name") && findString(*last, "text") != nullptr;
  if (!goesOn) {
    outputs.push_back(output);
  } else {
    last->at("text").get_string() += textOf(output, "text");
  }
}

}  // namespace

void Captures::hear(std::string_view type, const json::object& content) {
  const auto id = textOf(content, "comm_id");
  const auto* data = findObject(content, "data");
  const auto* state = data == nullptr ? nullptr : findObject(*data, "state");
  if (type == "comm_close") {
    if (const auto closed = widgets_.find(id); closed != widgets_.end()) widgets_.erase(closed);
  } else if (type == "comm_open") {
    if (state == nullptr || textOf(*state, "_model_name") != "OutputModel" || widgets_.size() >= kMostWidgets) return;
    set(widgets_[std::string(id)], *state);
  } else if (type == "comm_msg" && state != nullptr) {
    if (const auto known = widgets_.find(id); known != widgets_.end()) set(known->second, *state);
  }
}

void Captures::set(Widget& widget, const json::object& state) {
  if (const auto* request = state.if_contains("msg_id")) widget.request = request->is_string() ? request->get_string() : "";
  const auto* outputs = state.if_contains("outputs");
  if (outputs == nullptr || !outputs->is_array()) return;
  widget.outputs = outputs->get_array();
  widget.bytes = json::serialize(widget.outputs).size();
  widget.told = true;
}

bool Captures::takes(const std::string& request) const {
  return !request.empty() && std::ranges::any_of(widgets_, [&](const auto& one) { return one.second.request == request; });
}

bool Captures::take(const std::string& request, std::string_view type, const json::object& output) {
  const auto found = std::ranges::find_if(widgets_, [&](const auto& one) { return one.second.request == request; });
  if (request.empty() || found == widgets_.end()) return false;
  auto& widget = found->second;
  widget.told = false;
  const auto clear = [&] {
    widget.outputs.clear();
    widget.bytes = 0;
    widget.clearsNext = false;
  };
  if (type == "clear_output") {
    const auto* wait = output.if_contains("wait");
    widget.clearsNext = wait != nullptr && *wait == true;
    if (!widget.clearsNext) clear();
    return true;
  }
  if (widget.clearsNext) clear();
  const auto bytes = json::serialize(output).size();
  if (widget.bytes + bytes > kMostBytes) return true;
  widget.bytes += bytes;
  append(widget.outputs, output);
  return true;
}

std::vector<json::object> Captures::untold() {
  std::vector<json::object> messages;
  for (auto& [id, widget] : widgets_) {
    if (std::exchange(widget.told, true)) continue;
    const json::object state{{"outputs", widget.outputs}};
    messages.push_back({{"comm_id", id}, {"data", {{"method", "update"}, {"state", state}, {"buffer_paths", json::array()}}}});
  }
  return messages;
}

}  // namespace allmende::documents
