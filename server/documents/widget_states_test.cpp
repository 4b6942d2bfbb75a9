#include "server/documents/widget_states.h"

#include <gtest/gtest.h>

namespace allmende::documents {
namespace {

constexpr std::string_view kType = "application/vnd.jupyter.widget-state+json";

json::object opened(std::string_view id, json::object state, json::array paths = {}) {
  state["_model_name"] = "AnyModel";
  state["_model_module"] = "anywidget";
  state["_model_module_version"] = "~0.9";
  return {{"comm_id", id}, {"target_name", "jupyter.widget"}, {"data", {{"state", std::move(state)}, {"buffer_paths", std::move(paths)}}}};
}

json::object told(std::string_view id, std::string_view method, json::object state) {
  return {{"comm_id", id}, {"data", {{"method", method}, {"state", std::move(state)}}}};
}

const json::object& modelsOf(const json::object& kept) { return kept.at(kType).at("state").as_object(); }

TEST(WidgetsOfANotebook, areThoseThatAreShownAndAllThatTheyReferTo) {
  WidgetStates states;
  states.hear("comm_open", opened("box", {{"children", {"IPY_MODEL_slider"}}}), {});
  states.hear("comm_open", opened("slider", {{"value", 1}, {"style", {{"deep", json::array{"IPY_MODEL_style"}}}}}), {});
  states.hear("comm_open", opened("style", {{"width", "3"}}), {});
  states.hear("comm_open", opened("unseen", {{"value", 2}}), {});
  states.hear("comm_msg", told("slider", "echo_update", {{"value", 7}}), {});
  EXPECT_TRUE(states.takeChanged());
  EXPECT_FALSE(states.takeChanged());
  const auto kept = states.kept({}, {"box"});
  EXPECT_EQ(kept.at(kType).at("version_major"), 2);
  const auto& models = modelsOf(kept);
  EXPECT_EQ(models.size(), 3U);
  EXPECT_EQ(models.at("slider").at("state").at("value"), 7);
  EXPECT_EQ(models.at("slider").at("model_module"), "anywidget");
  EXPECT_TRUE(states.kept({}, {"nowhere"}).empty());
}

TEST(WidgetsOfANotebook, keepBytesAndThoseOfKernelsThatAreGoneUntilTheyAreClosed) {
  WidgetStates first;
  json::array paths;
  paths.push_back(json::array{"data", 0});
  first.hear("comm_open", opened("old", {{"word", "wool"}}, paths), {"\x01\x02"});
  const auto before = first.kept({}, {"old"});
  const auto& buffers = modelsOf(before).at("old").at("buffers").as_array();
  ASSERT_EQ(buffers.size(), 1U);
  EXPECT_EQ(buffers[0].at("path"), paths[0]);
  EXPECT_EQ(buffers[0].at("data"), "AQI=");
  WidgetStates second;
  second.hear("comm_open", opened("new", {}), {});
  EXPECT_EQ(modelsOf(second.kept(before, {"old", "new"})).size(), 2U);
  second.hear("comm_close", {{"comm_id", "old"}}, {});
  EXPECT_EQ(modelsOf(second.kept(before, {"old", "new"})).size(), 1U);
}

TEST(WidgetsOfANotebook, areNoneWhenTheyAreTooMuchOrNoWidgets) {
  WidgetStates states;
  states.hear("comm_open", opened("large", {{"text", std::string(WidgetStates::kMostBytes, 'x')}}), {});
  EXPECT_TRUE(states.kept({}, {"large"}).empty());
  states.hear("comm_open", {{"comm_id", "other"}, {"target_name", "mine"}, {"data", {{"state", json::object()}}}}, {});
  states.hear("comm_open", {{"comm_id", "odd"}, {"target_name", "jupyter.widget"}, {"data", 3}}, {});
  EXPECT_TRUE(states.kept({}, {"other", "odd"}).empty());
}

TEST(WidgetsOfANotebook, areFoundInItsOutputs) {
  const json::object output{
      {"output_type", "display_data"}, {"data", {{"application/vnd.jupyter.widget-view+json", {{"model_id", "box"}}}}}};
  const json::object notebook{{"cells", {json::object{{"cell_type", "markdown"}}, json::object{{"outputs", json::array{output, 3}}}}}};
  EXPECT_EQ(shownWidgets(notebook), std::set<std::string>{"box"});
}

}  // namespace
}  // namespace allmende::documents
