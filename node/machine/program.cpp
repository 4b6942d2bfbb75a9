#include "node/machine/program.h"

#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>

namespace allmende::machine {
namespace {

constexpr std::size_t kMostOutput = 64U << 10U;
constexpr const char* kPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

std::string findProgram(const std::string& name) {
  if (name.contains('/')) return ::access(name.c_str(), X_OK) == 0 ? name : "";
  std::string_view rest = kPath;
  while (!rest.empty()) {
    const auto end = std::min(rest.find(':'), rest.size());
    auto candidate = fmt::format("{}/{}", rest.substr(0, end), name);
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return "";
}

struct Child {
  const char* program;
  char* const* arguments;
  char* const* environment;
  int input;
  int output;
  int handedIn;
};

// Runs between fork and exec of a program with threads: nothing here may allocate or lock.
[[noreturn]] void become(const Child& child) {
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  ::dup2(child.input, 0);
  ::dup2(child.output, 1);
  ::dup2(child.output, 2);
  int first = 3;
  if (child.handedIn >= 0) {
    if (child.handedIn == 3) {
      ::fcntl(3, F_SETFD, 0);
    } else {
      ::dup2(child.handedIn, 3);
    }
    first = 4;
  }
  ::close_range(static_cast<unsigned>(first), ~0U, 0);
  ::execve(child.program, child.arguments, child.environment);
  ::_exit(127);
}

// A file of no name that holds the text, at its beginning.
Result<Fd> fileOf(std::string_view text) {
  Fd file(::memfd_create("input", MFD_CLOEXEC));
  if (!file.open()) return failErrno("making a program's input");
  while (!text.empty()) {
    const auto done = ::write(file.get(), text.data(), text.size());
    if (done < 0 && errno != EINTR) return failErrno("writing a program's input");
    if (done > 0) text.remove_prefix(static_cast<std::size_t>(done));
  }
  if (::lseek(file.get(), 0, SEEK_SET) != 0) return failErrno("rewinding a program's input");
  return file;
}

int pidfdOf(pid_t pid) { return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)); }

int statusOf(int raw) { return WIFSIGNALED(raw) ? 128 + WTERMSIG(raw) : WEXITSTATUS(raw); }

// Collects output and waits for the end; false when time is over.
bool waitFor(int pidfd, Fd& output, std::string& collected, Duration patience) {
  const RealClock clock;
  const auto deadline = clock.sinceStart() + patience;
  for (;;) {
    const auto left = deadline - clock.sinceStart();
    if (left <= Duration{0}) return false;
    std::array<pollfd, 2> waited{{{pidfd, POLLIN, 0}, {output.get(), POLLIN, 0}}};
    if (::poll(waited.data(), output.open() ? 2 : 1, static_cast<int>(left.count())) < 0) {
      if (errno == EINTR) continue;
      return false;
    }
    if (output.open() && waited[1].revents != 0) {
      char piece[4096];
      const auto got = ::read(output.get(), piece, sizeof piece);
      if (got <= 0) {
        output.reset();
      } else if (collected.size() < kMostOutput) {
        collected.append(piece, std::min(static_cast<std::size_t>(got), kMostOutput - collected.size()));
      }
      continue;  // what was written before the end is read before the end is seen
    }
    if (waited[0].revents != 0) return true;
  }
}

}  // namespace

Result<ProgramEnded> runProgram(const ProgramDemand& demand) {
  const auto& name = demand.arguments.front();
  const auto program = findProgram(name);
  if (program.empty()) return fail(Code::Unavailable, "program '{}' is not installed", name);
  std::vector<char*> arguments;
  for (const auto& argument : demand.arguments) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  const auto path = fmt::format("PATH={}", kPath);
  const std::array<char*, 3> environment{const_cast<char*>(path.c_str()), const_cast<char*>("LANG=C.UTF-8"), nullptr};

  const Fd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!null.open()) return failErrno("opening /dev/null");
  Fd input;
  if (!demand.input.empty()) {
    TRY(input, fileOf(demand.input));
  }
  Fd readEnd;
  Fd writeEnd;
  if (demand.output < 0) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return failErrno("making a pipe for '{}'", name);
    readEnd = Fd(ends[0]);
    writeEnd = Fd(ends[1]);
  }
  const Child child{program.c_str(), arguments.data(), environment.data(), input.open() ? input.get() : null.get(),
      demand.output < 0 ? writeEnd.get() : demand.output, demand.handedIn};
  const auto pid = ::fork();
  if (pid < 0) return failErrno("starting '{}'", name);
  if (pid == 0) become(child);
  writeEnd.reset();
  const Fd pidfd(pidfdOf(pid));
  ProgramEnded ended;
  const bool inTime = pidfd.open() && waitFor(pidfd.get(), readEnd, ended.output, demand.patience);
  if (!inTime) ::kill(pid, SIGKILL);
  int raw = 0;
  while (::waitpid(pid, &raw, 0) < 0 && errno == EINTR) {
  }
  if (!inTime) return fail(Code::TimedOut, "'{}' did not end within {} s and was killed", name, demand.patience.count() / 1000);
  ended.status = statusOf(raw);
  return ended;
}

Result<std::string> runToSuccess(const ProgramDemand& demand) {
  TRY(auto ended, runProgram(demand));
  if (ended.status == 0) return std::move(ended.output);
  while (ended.output.ends_with('\n')) ended.output.pop_back();
  return fail(Code::Internal, "'{}' failed with status {}: {}", demand.arguments.front(), ended.status, ended.output);
}

}  // namespace allmende::machine
