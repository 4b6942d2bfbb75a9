#include "cli/children.h"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "cli/verbs.h"

namespace allmende::cli {
namespace {

struct Identity {
  uid_t uid;
  gid_t gid;
};

Result<std::optional<Identity>> findIdentity(const std::string& user) {
  if (user.empty()) return std::nullopt;
  const auto* entry = ::getpwnam(user.c_str());
  if (entry == nullptr) return fail(Code::NotFound, "the system user '{}' does not exist; tools/install creates it", user);
  return Identity{entry->pw_uid, entry->pw_gid};
}

// In the child, between fork and exec: only async-signal-safe calls.
[[noreturn]] void become(
    const char* program, char* const* arguments, const std::optional<Identity>& identity, int output, bool quiet, pid_t parent) {
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::setpgid(0, 0);  // the terminal's Ctrl+C reaches us alone; we stop our children in order
  if (output >= 0) ::dup2(output, STDOUT_FILENO);
  if (quiet) ::dup2(::open("/dev/null", O_WRONLY), STDERR_FILENO);
  if (identity && (::setgroups(0, nullptr) != 0 || ::setgid(identity->gid) != 0 || ::setuid(identity->uid) != 0)) ::_exit(126);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);  // after setuid, which clears it
  if (::getppid() != parent) ::_exit(126);
  ::execv(program, arguments);
  ::_exit(127);
}

}  // namespace

Result<Child> Child::start(const ChildDemand& demand) {
  if (::access(demand.program.c_str(), X_OK) != 0) {
    return fail(Code::NotFound, "{} is missing or cannot be run; build it with ./run", demand.program.string());
  }
  TRY(const auto identity, findIdentity(demand.user));
  int pipe[2] = {-1, -1};
  if (demand.readOutput && ::pipe2(pipe, O_CLOEXEC) != 0) return fail(Code::Unavailable, "no pipe: {}", std::strerror(errno));
  const auto program = demand.program.string();
  std::vector<char*> arguments{const_cast<char*>(program.c_str())};  // execv's signature is older than const
  for (const auto& argument : demand.arguments) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  const auto parent = ::getpid();
  const auto pid = ::fork();
  if (pid == 0) become(program.c_str(), arguments.data(), identity, pipe[1], demand.quiet, parent);
  if (pipe[1] >= 0) ::close(pipe[1]);
  if (pid < 0) {
    if (pipe[0] >= 0) ::close(pipe[0]);
    return fail(Code::Unavailable, "cannot start {}: {}", program, std::strerror(errno));
  }
  return Child(demand.program.filename().string(), pid, pipe[0]);
}

Child::Child(Child&& other) noexcept
    : name_(std::move(other.name_)),
      pid_(std::exchange(other.pid_, -1)),
      output_(std::exchange(other.output_, -1)),
      unread_(std::move(other.unread_)),
      status_(other.status_) {}

Child& Child::operator=(Child&& other) noexcept {
  std::swap(name_, other.name_);
  std::swap(pid_, other.pid_);
  std::swap(output_, other.output_);
  std::swap(unread_, other.unread_);
  std::swap(status_, other.status_);
  return *this;
}

Child::~Child() {
  if (pid_ > 0) stop(Duration{0});
  if (output_ >= 0) ::close(output_);
}

std::optional<int> Child::ended() {
  int status = 0;
  if (!status_ && pid_ > 0 && ::waitpid(pid_, &status, WNOHANG) == pid_) status_ = status;
  return status_;
}

Result<std::string> Child::readLine(Duration patience, const Meanwhile& meanwhile) {
  constexpr Duration kBetweenLooks{100};
  const RealClock clock;
  const auto deadline = clock.sinceStart() + patience;
  for (;;) {
    if (const auto newline = unread_.find('\n'); newline != std::string::npos) {
      auto line = unread_.substr(0, newline);
      unread_.erase(0, newline + 1);
      return line;
    }
    const auto left = deadline - clock.sinceStart();
    if (left.count() <= 0) return fail(Code::TimedOut, "no answer within {} s", patience.count() / 1000);
    if (meanwhile) {
      TRY(meanwhile());
    }
    pollfd ready{.fd = output_, .events = POLLIN, .revents = 0};
    if (::poll(&ready, 1, static_cast<int>((meanwhile ? std::min(left, kBetweenLooks) : left).count())) <= 0) continue;
    char bytes[4096];
    const auto got = ::read(output_, bytes, sizeof bytes);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      int status = 0;
      if (!status_ && ::waitpid(pid_, &status, 0) == pid_) status_ = status;
      return fail(Code::Unavailable, "it ended with {} before it was ready; its log is above", describe(status_.value_or(0)));
    }
    unread_.append(bytes, static_cast<std::size_t>(got));
  }
}

Result<json::object> Child::readReady(Duration patience, const Meanwhile& meanwhile) {
  TRY(const auto line, during(fmt::format("starting {}", name_), readLine(patience, meanwhile)));
  TRY(auto said, during(fmt::format("reading the first line of {}", name_), parseJsonObject(line)));
  const auto* failure = findString(said, "failure");
  if (failure == nullptr) return said;
  const auto* reason = findString(said, "reason");
  return std::unexpected(Error{codeNamed(reason == nullptr ? "" : *reason).value_or(Code::Internal), std::string(*failure), {}});
}

void Child::stop(Duration patience, int asking) {
  if (pid_ <= 0 || ended()) return;
  const RealClock clock;
  ::kill(pid_, asking);
  const auto deadline = clock.sinceStart() + patience;
  while (!ended() && clock.sinceStart() < deadline) ::poll(nullptr, 0, 10);
  if (ended()) return;
  ::kill(pid_, SIGKILL);
  int status = 0;
  if (::waitpid(pid_, &status, 0) == pid_) status_ = status;
}

std::string describe(int waitStatus) {
  if (WIFSIGNALED(waitStatus)) return fmt::format("signal {} ({})", WTERMSIG(waitStatus), ::strsignal(WTERMSIG(waitStatus)));
  return fmt::format("exit status {}", WEXITSTATUS(waitStatus));
}

std::string serverUser() { return ::geteuid() == 0 ? "allmende" : ""; }

}  // namespace allmende::cli
