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

}  // namespace allmende::processes
