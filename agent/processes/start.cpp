// From a Program to a process: what must be ready before the fork, and what happens between fork and exec.

#include "agent/processes/start.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>

namespace allmende::processes {
namespace {

struct Prepared {
  std::string path;
  std::vector<char*> argv;
  std::vector<char*> environment;
  const char* directory = "/";
  int input = -1;
  int output = -1;
  int terminal = -1;
  User user;
  pid_t parent = 0;
};

// Which step failed, told through the pipe; no answer means that the program runs.
struct Failure {
  enum class Step : int { User, Directory, Execute } step = Step::Execute;
  int error = 0;
};

// When memory runs out the kernel ends whom it finds first by this: what people run, never the agent, which could not tell them why. Any
// process may raise its own value; as the kernels' user this one could not open the file any more.
void goFirstWhenMemoryEnds() {
  const int file = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (file < 0) return;  // a machine that shows no /proc chooses the biggest
  [[maybe_unused]] const auto written = ::write(file, "1000", 4);
  ::close(file);
}

// Nothing here may allocate or lock: other threads' locks are as the fork found them.
[[noreturn]] void becomeProgram(const Prepared& program, int report) {
  const auto give = [&](Failure::Step step) {
    const Failure failure{step, errno};
    [[maybe_unused]] const auto sent = ::write(report, &failure, sizeof failure);
    ::_exit(127);
  };
  ::setsid();
  goFirstWhenMemoryEnds();
  if (program.terminal >= 0) {
    ::ioctl(program.terminal, TIOCSCTTY, 0);
    for (int i = 0; i < 3; ++i) ::dup2(program.terminal, i);
  } else {
    ::dup2(program.input, 0);
    ::dup2(program.output, 1);
    ::dup2(program.output, 2);
  }
  // Descriptors of ours that are not close-on-exec, above all sockets.
  ::dup3(report, 3, O_CLOEXEC);
  report = 3;
  if (::syscall(SYS_close_range, 4U, ~0U, 0U) != 0) {
    for (int fd = 4; fd < 4096; ++fd) ::close(fd);
  }
  if (program.user.switches) {
    for (int capability = 0; capability < 64; ++capability) ::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
    if (::setgroups(0, nullptr) != 0 || ::setresgid(program.user.gid, program.user.gid, program.user.gid) != 0 ||
        ::setresuid(program.user.uid, program.user.uid, program.user.uid) != 0) {
      give(Failure::Step::User);
    }
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  }
  ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  if (::getppid() != program.parent) ::_exit(127);  // it went before we asked
  for (int number = 1; number < 65; ++number) ::signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (::chdir(program.directory) != 0) give(Failure::Step::Directory);
  ::execve(program.path.c_str(), program.argv.data(), program.environment.data());
  give(Failure::Step::Execute);
  ::_exit(127);
}

std::optional<std::string> findProgram(const Program& program) {
  const auto& name = program.argv.front();
  if (name.contains('/')) return name;
  const auto path = program.environment.find("PATH");
  std::string_view rest = path == program.environment.end() ? "/usr/local/bin:/usr/bin:/bin" : std::string_view(path->second);
  while (!rest.empty()) {
    const auto end = std::min(rest.find(':'), rest.size());
    auto candidate = fmt::format("{}/{}", rest.substr(0, end), name);
    if (end > 0 && ::access(candidate.c_str(), X_OK) == 0) return candidate;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return std::nullopt;
}

class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(); }
  int get() const { return fd_; }
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  int fd_;
};

Error errorOf(const Program& program, const Failure& failure) {
  const std::string_view why = std::strerror(failure.error);
  switch (failure.step) {
    case Failure::Step::User: return {Code::Internal, fmt::format("becoming the kernels' user failed: {}", why), {}};
    case Failure::Step::Directory:
      return {Code::InvalidInput, fmt::format("the folder '{}' cannot be entered: {}", program.directory, why), {}};
    case Failure::Step::Execute: break;
  }
  return {failure.error == ENOENT ? Code::NotFound : Code::InvalidInput,
      fmt::format("'{}' cannot be started: {}", program.argv.front(), why), {}};
}

}  // namespace

Result<pid_t> startProgram(const Program& program, const User& user) {
  check(!program.argv.empty(), "a program has a name");
  auto path = findProgram(program);
  if (!path) return fail(Code::NotFound, "the program '{}' does not exist", program.argv.front());
  const Descriptor null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  std::array<int, 2> ends{-1, -1};
  if (null.get() < 0 || ::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return fail(Code::Unavailable, "no descriptor is left to start '{}'", program.argv.front());
  }
  const Descriptor reading(ends[0]);
  Descriptor writing(ends[1]);

  Prepared prepared{.path = *std::move(path),
      .directory = program.directory.c_str(),
      .input = null.get(),
      .output = program.output >= 0 ? program.output : null.get(),
      .terminal = program.terminal,
      .user = user,
      .parent = ::getpid()};
  auto arguments = program.argv;
  for (auto& argument : arguments) prepared.argv.push_back(argument.data());
  prepared.argv.push_back(nullptr);
  std::vector<std::string> variables;
  variables.reserve(program.environment.size());
  for (const auto& [name, value] : program.environment) variables.push_back(fmt::format("{}={}", name, value));
  for (auto& variable : variables) prepared.environment.push_back(variable.data());
  prepared.environment.push_back(nullptr);

  const auto pid = ::fork();
  if (pid < 0) {
    return fail(Code::OverLimit, "no more processes can be started ({}); end some that run, or restart the runtime", std::strerror(errno));
  }
  if (pid == 0) becomeProgram(prepared, writing.get());
  writing.close();
  Failure failure;
  ssize_t got = 0;
  do {
    got = ::read(reading.get(), &failure, sizeof failure);
  } while (got < 0 && errno == EINTR);
  if (got <= 0) return pid;
  ::waitpid(pid, nullptr, 0);
  return std::unexpected(errorOf(program, failure));
}

}  // namespace allmende::processes
