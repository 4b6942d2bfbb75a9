#include "node/sandbox/rootless.h"

#include <pwd.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <sstream>

#include "node/sandbox/uses.h"

namespace allmende::sandbox {
namespace {

constexpr const char* kCgroups = "/sys/fs/cgroup";
constexpr unsigned long kHarmless = MS_NOSUID | MS_NODEV | MS_NOEXEC;
constexpr std::uint32_t kMappedIds = 65535;  // beside 0, which is the user

std::string ownName() {
  const auto* user = ::getpwuid(::geteuid());
  return user != nullptr ? user->pw_name : std::to_string(::geteuid());
}

// The directory of the cgroup we are in, which must be ours to divide.
Result<std::string> findOwnGroup() {
  TRY(const auto text, readFile("/proc/self/cgroup"));
  std::string path;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("0::")) path = line.substr(3);
    if (line.contains(":memory:") || line.contains(",memory"))
      return fail(Code::Unavailable,
          "without root nothing would limit runtimes here: cgroups of version 1 take limits from root alone. Run allmende as root, or boot "
          "with systemd.unified_cgroup_hierarchy=1");
  }
  const auto group = fmt::format("{}{}", kCgroups, path);
  if (path.empty() || ::access((group + "/cgroup.procs").c_str(), W_OK) != 0)
    return fail(Code::Unavailable,
        "without root nothing would limit runtimes here: the cgroup {} is not user {}'s. Start allmende with `systemd-run --user --scope "
        "--property=Delegate=yes allmende serve`, or as root",
        path.empty() ? "of this process" : path, ownName());
  const auto controllers = " " + readFile(group + "/cgroup.controllers").value_or("") + " ";
  for (const std::string_view needed : {"cpu", "memory", "pids"}) {
    if (!controllers.contains(fmt::format(" {} ", needed)) && !controllers.contains(fmt::format(" {}\n", needed)))
      return fail(Code::Unavailable,
          "without root runtimes could not be limited by '{}': the cgroup {} has only '{}'. As root, write [Service] and Delegate=cpu "
          "memory "
          "pids into /etc/systemd/system/user@.service.d/delegate.conf and restart the machine; or run allmende as root",
          needed, path, controllers.substr(1, controllers.find_last_not_of(" \n")));
  }
  return group;
}

// The first of the ids that /etc/subuid or /etc/subgid sets aside for this user, if they are enough.
Result<std::uint32_t> findSetAside(const std::string& file) {
  const auto text = readFile(file).value_or("");
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const auto one = line.find(':');
    const auto two = line.find(':', one + 1);
    if (one == std::string::npos || two == std::string::npos) continue;
    if (const auto who = line.substr(0, one); who != ownName() && who != std::to_string(::geteuid())) continue;
    std::uint32_t first = 0;
    std::uint32_t count = 0;
    std::from_chars(line.data() + one + 1, line.data() + two, first);
    std::from_chars(line.data() + two + 1, line.data() + line.size(), count);
    if (first > 0 && count >= kMappedIds) return first;
  }
  return fail(Code::Unavailable,
      "without root runtimes need user ids of their own, and {0} sets none aside for {1}. As root: usermod --add-subuids 200000-265535 "
      "--add-subgids 200000-265535 {1}",
      file, ownName());
}

struct Ids {
  std::uint32_t firstUser = 0;
  std::uint32_t firstGroup = 0;
};

Result<> mapIdsOf(pid_t process, Ids ids) {
  const auto map = [&](const char* program, std::uint32_t own, std::uint32_t first) -> Result<> {
    auto mapped = runToSuccess({.arguments = {program, std::to_string(process), "0", std::to_string(own), "1", "1", std::to_string(first),
                                    std::to_string(kMappedIds)}});
    if (mapped) return {};
    if (mapped.error().code == Code::Unavailable)
      return fail(Code::Unavailable, "the program {} is not installed. As root: apt-get install uidmap", program);
    return std::unexpected(std::move(mapped).error());
  };
  TRY(map("newuidmap", ::geteuid(), ids.firstUser));
  return map("newgidmap", ::getegid(), ids.firstGroup);
}

// Who stays outside maps the ids of who goes in: it waits for a byte on `wait`, and writes what went wrong to `tell`.
[[noreturn]] void mapWhenInside(pid_t process, Ids ids, int wait, int tell) {
  char ignored = 0;
  if (::read(wait, &ignored, 1) != 1) ::_exit(0);
  const auto mapped = mapIdsOf(process, ids);
  const std::string fault = mapped ? "" : mapped.error().message;
  ::_exit(::write(tell, fault.data(), fault.size()) == static_cast<ssize_t>(fault.size()) ? 0 : 1);
}

std::string readAll(int from) {
  std::string text;
  char piece[512];
  for (ssize_t got = 0; (got = ::read(from, piece, sizeof piece)) != 0;) {
    if (got < 0 && errno != EINTR) break;
    if (got > 0) text.append(piece, static_cast<std::size_t>(got));
  }
  return text;
}

Result<> enterNamespaces(Ids ids) {
  int go[2];
  int told[2];
  if (::pipe2(go, O_CLOEXEC) != 0 || ::pipe2(told, O_CLOEXEC) != 0) return failErrno("making a pipe");
  const auto self = ::getpid();
  const auto outside = ::fork();
  if (outside < 0) return failErrno("starting a process");
  if (outside == 0) {
    ::close(go[1]);
    ::close(told[0]);
    mapWhenInside(self, ids, go[0], told[1]);
  }
  Fd goWrite(go[1]);
  const Fd goRead(go[0]);
  const Fd toldRead(told[0]);
  Fd(told[1]).reset();
  const bool inside = ::unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWCGROUP) == 0;
  const auto entering = inside ? Result<>{} : failErrno("making a user namespace (is sysctl kernel.unprivileged_userns_clone 0?)");
  if (inside && ::write(goWrite.get(), "g", 1) != 1) return failErrno("asking for user ids");
  goWrite.reset();
  const auto fault = readAll(toldRead.get());
  while (::waitpid(outside, nullptr, 0) < 0 && errno == EINTR) {
  }
  TRY(entering);
  if (!fault.empty()) return fail(Code::Unavailable, "{}", fault);
  return {};
}

// A group with processes in it cannot be divided.
Result<> makeRoomIn(const std::string& group) {
  const auto main = group + "/main";
  if (::mkdir(main.c_str(), 0755) != 0 && errno != EEXIST) return failErrno("making cgroup {}", main);
  for (int round = 0; round < 100; ++round) {
    TRY(const auto text, readFile(group + "/cgroup.procs"));
    if (text.empty()) return {};
    std::istringstream lines(text);
    for (std::string pid; std::getline(lines, pid);) {
      const Fd processes(::open((main + "/cgroup.procs").c_str(), O_WRONLY | O_CLOEXEC));
      if (::write(processes.get(), pid.data(), pid.size()) < 0 && errno != ESRCH) return failErrno("moving process {} to {}", pid, main);
    }
  }
  return fail(Code::Unavailable, "the cgroup {} is used by processes that go on starting others", group);
}

}  // namespace

bool isRootless() {
  if (::geteuid() != 0) return true;
  const auto map = readFile("/proc/self/uid_map").value_or("");
  std::istringstream fields(map);
  std::uint32_t inside = 1;
  std::uint32_t outside = 1;
  std::uint32_t size = 0;
  fields >> inside >> outside >> size;
  return inside != 0 || outside != 0 || size != 4294967295U;
}

Result<> becomeRootOfOwn() {
  TRY(const auto group, findOwnGroup());
  Ids ids;
  TRY(ids.firstUser, findSetAside("/etc/subuid"));
  TRY(ids.firstGroup, findSetAside("/etc/subgid"));
  TRY(enterNamespaces(ids));
  TRY(makeRoomIn(group));
  // Seen from the new cgroup namespace, our group is the root of all. The kernel refuses a file system right on top of itself.
  for (const auto* kind : {"tmpfs", "cgroup2"}) {
    if (::mount(kind, kCgroups, kind, kHarmless, nullptr) != 0) return failErrno("mounting {}", kCgroups);
  }
  // A place that everybody may walk through, as runtimes must and homes do not let them.
  if (::mount("tmpfs", "/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755") != 0) return failErrno("mounting /run");
  return {};
}

}  // namespace allmende::sandbox
