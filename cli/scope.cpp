#include "cli/scope.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace allmende::cli {
namespace {

// The cgroup of version 2 that we are in.
std::string ownGroup() {
  std::ifstream groups("/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    if (line.starts_with("0::")) return line.substr(3);
  }
  return "";
}

std::vector<std::string> ownArguments() {
  std::ifstream file("/proc/self/cmdline", std::ios::binary);
  std::vector<std::string> arguments;
  for (std::string argument; std::getline(file, argument, '\0');) arguments.push_back(argument);
  return arguments;
}

}  // namespace

void enterOwnScope() {
  if (::geteuid() == 0) return;
  const auto group = ownGroup();
  if (::access(("/sys/fs/cgroup" + group + "/cgroup.procs").c_str(), W_OK) == 0) return;
  // systemd-run becomes us, so the name tells whether this was tried before.
  const auto scope = fmt::format("allmende-{}.scope", ::getpid());
  std::error_code error;
  if (group.ends_with(scope) || !std::filesystem::exists(fmt::format("/run/user/{}/systemd/private", ::geteuid()), error)) return;
  std::vector<std::string> words{"systemd-run", "--user", "--scope", "--quiet", "--collect", "--property=Delegate=yes", "--unit=" + scope,
      "--", std::filesystem::read_symlink("/proc/self/exe")};
  const auto own = ownArguments();
  if (!own.empty()) words.insert(words.end(), own.begin() + 1, own.end());
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  ::execvp(arguments.front(), arguments.data());
}

}  // namespace allmende::cli
