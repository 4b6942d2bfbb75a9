#include "server/runtimes/kernelspecs.h"

#include "lib/base/log.h"

namespace allmende::runtimes {

Kernelspecs::Kernelspecs(const Clock& clock, std::filesystem::path directory)
    : clock_(clock), directory_(std::move(directory)), readAt_(clock.sinceStart()) {
  std::vector<std::string> faults;
  specs_ = jupyter::listKernelspecs(directory_, &faults);
  for (const auto& fault : faults) log::warning("kernelspec.refused", {{"fault", fault}});
}

// A handful of small files in the page cache: well under a millisecond.
const std::map<std::string, jupyter::Kernelspec>& Kernelspecs::all() {
  if (clock_.sinceStart() - readAt_ > 10s) {
    specs_ = jupyter::listKernelspecs(directory_);
    readAt_ = clock_.sinceStart();
  }
  return specs_;
}

const jupyter::Kernelspec* Kernelspecs::find(const std::string& name) {
  const auto& specs = all();
  const auto found = specs.find(name);
  return found == specs.end() ? nullptr : &found->second;
}

std::string Kernelspecs::defaultName() {
  const auto& specs = all();
  if (specs.contains("python3")) return "python3";
  return specs.empty() ? "" : specs.begin()->first;
}

}  // namespace allmende::runtimes
