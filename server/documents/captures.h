#pragma once
// Outputs that an Output widget of ipywidgets takes instead of the cell (`with out:`). Behind the door of server/documents.
//
// The kernel tells a widget to take the outputs of a request by setting `msg_id`; whoever shows the widget is to collect them and to set
// `outputs` (ipywidgets, "Output widgets leveraging Jupyter's display system"). Pages do so themselves while they are there; this is for
// what is said while nobody looks.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/json.h"

namespace allmende::documents {

class Captures {
 public:
  static constexpr std::size_t kMostWidgets = 1'000;
  static constexpr std::size_t kMostBytes = 16U << 20U;  // that one widget holds

  // A kernel's comm_open, comm_msg or comm_close.
  void hear(std::string_view type, const json::object& content);
  // Takes an output, or clear_output, of a request's when a widget wants it: false when the cell gets it. `output` is as nbformat has it,
  // for clear_output the message's content.
  bool take(const std::string& request, std::string_view type, const json::object& output);
  // Whether a widget wants the outputs of a request.
  bool takes(const std::string& request) const;
  // Contents of comm_msg that tell the kernel what its widgets hold; each change is told once.
  std::vector<json::object> untold();

 private:
  struct Widget {
    std::string request;  // whose outputs it takes
    json::array outputs;
    std::size_t bytes = 0;
    bool clearsNext = false;
    bool told = true;
  };
  static void set(Widget& widget, const json::object& state);

  std::map<std::string, Widget, std::less<>> widgets_;  // by the comm's id
};

}  // namespace allmende::documents
