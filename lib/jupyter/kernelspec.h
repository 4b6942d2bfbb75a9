#pragma once
// Kernelspecs: the recipes to start kernels. Part of the door lib/jupyter/jupyter.h.

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "lib/base/json.h"
#include "lib/base/result.h"

namespace allmende::jupyter {

struct Kernelspec {
  std::string name;  // the folder's, lower case
  std::vector<std::string> argv;
  std::string displayName;
  std::string language;
  std::map<std::string, std::string> environment;
  bool interruptByMessage = false;
  json::object spec;                             // kernel.json as it stands, for the API
  std::map<std::string, std::string> resources;  // file name without extension → file name, "logo-64x64" → "logo-64x64.png"
  std::filesystem::path directory;

  // {"name", "spec", "resources": {"logo-64x64": "/kernelspecs/NAME/logo-64x64.png"}} as Jupyter's API shows it.
  json::object model(std::string_view baseUrl) const;
};

// Reads DIRECTORY/NAME/kernel.json. Fails with InvalidInput naming file and fault.
Result<Kernelspec> readKernelspec(const std::filesystem::path& directory);

// Every valid kernelspec below `directory`, by name; what is invalid is left out and told in `faults`.
std::map<std::string, Kernelspec> listKernelspecs(const std::filesystem::path& directory, std::vector<std::string>* faults = nullptr);

}  // namespace allmende::jupyter
