#pragma once
// The kernelspecs that runtimes offer, read from the Python environment on this machine. Part of the door server/runtimes/runtimes.h.

#include <filesystem>
#include <map>
#include <string>

#include "lib/base/clock.h"
#include "lib/jupyter/jupyter.h"

namespace allmende::runtimes {

class Kernelspecs {
 public:
  Kernelspecs(const Clock& clock, std::filesystem::path directory);

  // Read again when the last reading is older than ten seconds, so that what an operator installs appears.
  const std::map<std::string, jupyter::Kernelspec>& all();
  const jupyter::Kernelspec* find(const std::string& name);
  // "python3" if it is there, else the first; empty when there is none.
  std::string defaultName();

 private:
  const Clock& clock_;
  std::filesystem::path directory_;
  std::map<std::string, jupyter::Kernelspec> specs_;
  Duration readAt_{};
};

}  // namespace allmende::runtimes
