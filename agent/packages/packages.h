#pragma once
// Python packages that the person installed here, and those they keep among their files for the next runtime. What is done is done by
// runtime/helper/allmende_packages.py, as the person; this starts it and takes its answer.

#include <filesystem>

#include "agent/processes/processes.h"
#include "lib/base/json.h"

namespace allmende::packages {

struct PackagesSettings {
  std::filesystem::path python;  // the environment
  Duration patience{600'000};    // for thousands of files
};

enum class Deed : std::uint8_t { List, Keep, Forget };

class Packages {
 public:
  static constexpr std::size_t kMostSaid = 1U << 20U;  // bytes

  Packages(Executor executor, processes::Processes& processes, PackagesSettings settings)
      : executor_(std::move(executor)), processes_(processes), settings_(std::move(settings)) {}

  // What there is then: {"kept": [{"name", "version"}], "added": [the same], "added_bytes", "possible"}. Conflict while another call is at
  // work, and with its sentence when it cannot be done; TimedOut when it takes too long.
  Task<Result<json::object>> carryOut(Deed deed);

 private:
  Task<Result<std::string>> listen(processes::Process& process, int output);

  Executor executor_;
  processes::Processes& processes_;
  PackagesSettings settings_;
  bool busy_ = false;
};

}  // namespace allmende::packages
