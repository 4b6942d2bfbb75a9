#pragma once
// The widgets of a kernel as the notebook keeps them: `metadata.widgets` of nbformat, for who looks without that kernel ("application/
// vnd.jupyter.widget-state+json", version 2; ipywidgets, "Model state"). Behind the door of server/documents.

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/json.h"

namespace allmende::documents {

class WidgetStates {
 public:
  static constexpr std::size_t kMostModels = 5'000;
  static constexpr std::size_t kMostBytes = 8U << 20U;  // of all that a notebook keeps

  // A kernel's comm_open, comm_msg or comm_close.
  void hear(std::string_view type, const json::object& content, const std::vector<std::string>& buffers);
  // Whether something was heard since this was last asked.
  bool takeChanged() { return std::exchange(changed_, false); }

  // What the notebook's `widgets` become: the models that its outputs show and all that those refer to, as they are now or, of kernels
  // that are gone, as they were kept `before`. Empty when that is none, or too much.
  json::object kept(const json::object& before, const std::set<std::string>& shown) const;

 private:
  struct Model {
    std::string name;
    std::string module;
    std::string version;
    json::object state;
    std::map<std::string, json::object> buffers;  // as kept, by their path in JSON
  };
  static void update(Model& model, const json::object& data, const std::vector<std::string>& buffers);
  static json::object asKept(const Model& model);

  std::map<std::string, Model, std::less<>> models_;  // by the comm's id
  std::set<std::string, std::less<>> closed_;
  bool changed_ = false;
};

// The ids of the models that a notebook's outputs show.
std::set<std::string> shownWidgets(const json::object& notebook);

}  // namespace allmende::documents
