#pragma once
// What a stock JupyterLab keeps with its server: settings, workspaces, config sections; and the lists it asks for at its start.
// Behind the door of server/api.

#include <filesystem>

#include "lib/base/json.h"
#include "server/api/call.h"
#include "server/shelf/shelf.h"

namespace allmende::api {

class LabApi {
 public:
  // `jupyterData` may hold schemas of settings: lab/schemas, and those of federated extensions.
  LabApi(shelf::Shelf& shelf, std::filesystem::path jupyterData) : shelf_(shelf), data_(std::move(jupyterData)) {}

  Task<net::Response> getConfig(Call call);
  Task<net::Response> putConfig(Call call);
  Task<net::Response> patchConfig(Call call);

  Task<net::Response> listSettings(Call call);
  Task<net::Response> getSettings(Call call);
  Task<net::Response> putSettings(Call call);

  Task<net::Response> listWorkspaces(Call call);
  Task<net::Response> getWorkspace(Call call);
  Task<net::Response> putWorkspace(Call call);
  Task<net::Response> removeWorkspace(Call call);

  Task<net::Response> listTranslations(Call call);
  Task<net::Response> getTranslation(Call call);
  Task<net::Response> listings(Call call);
  Task<net::Response> licenses(Call call);
  Task<net::Response> theme(Call call);

 private:
  shelf::Shelf& shelf_;
  std::filesystem::path data_;
};

// Jupyter's way to change a section: objects merge, null removes, empty objects vanish.
void mergeConfig(json::object& into, const json::object& changes);

}  // namespace allmende::api
