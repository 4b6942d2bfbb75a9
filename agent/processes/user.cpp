#include <sys/fsuid.h>
#include <unistd.h>

#include "agent/processes/processes.h"

extern char** environ;  // NOLINT: POSIX declares it nowhere

namespace allmende::processes {

User userOf(std::int64_t uid, std::int64_t gid) {
  if (::geteuid() != 0 || uid == 0) return {::geteuid(), ::getegid(), false};
  return {static_cast<uid_t>(uid), static_cast<gid_t>(gid), true};
}

// Both calls act on the calling thread alone. Leaving id 0 also takes the capabilities that reach past file permissions.
ActingAs::ActingAs(const User& user) : switched_(user.switches) {
  if (!switched_) return;
  ::setfsgid(user.gid);
  ::setfsuid(user.uid);
}

ActingAs::~ActingAs() {
  if (!switched_) return;
  ::setfsuid(0);
  ::setfsgid(0);
}

std::map<std::string, std::string> environment() {
  std::map<std::string, std::string> variables;
  for (auto** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto equals = text.find('=');
    if (equals != std::string_view::npos) variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

std::map<std::string, std::string> personsEnvironment(const std::filesystem::path& python) {
  auto variables = environment();
  for (const auto* name : {"LISTEN_FDS", "LISTEN_PID"}) variables.erase(name);
  auto& path = variables["PATH"];
  if (path.empty()) path = "/usr/local/bin:/usr/bin:/bin";
  const auto bin = (python / "bin").string();
  if (!python.empty() && !path.starts_with(bin + ":")) path = fmt::format("{}:{}", bin, path);
  return variables;
}

std::filesystem::path nearestFolder(const std::filesystem::path& content, std::string_view path) {
  auto folder = content;
  for (const auto& part : std::filesystem::path(path).relative_path()) {
    if (part == ".." || part == "." || part.empty()) continue;
    std::error_code error;
    if (!std::filesystem::is_directory(folder / part, error)) break;
    folder /= part;
  }
  return folder;
}

}  // namespace allmende::processes
