// `allmende serve`: node as root, server as its own user; without root both as whoever we are. One stops, all stop.

#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <functional>
#include <optional>
#include <thread>

#include "cli/children.h"
#include "cli/scope.h"
#include "cli/verbs.h"
#include "lib/base/json.h"
#include "lib/base/log.h"

namespace allmende::cli {
namespace {

// Opens the file whose lock makes the data directory somebody's alone.
Result<int> openLock(const std::filesystem::path& data) {
  std::error_code error;
  std::filesystem::create_directories(data, error);
  if (error)
    return fail(
        Code::InvalidInput, "data directory {} cannot be created: {}; choose another with --data DIR", data.string(), error.message());
  if (const auto* user = serverUser().empty() ? nullptr : ::getpwnam(serverUser().c_str()); user != nullptr) {
    if (::chown(data.c_str(), user->pw_uid, user->pw_gid) != 0) {
      return fail(Code::InvalidInput, "data directory {} cannot be given to user '{}': {}; choose another with --data DIR", data.string(),
          user->pw_name, std::strerror(errno));
    }
  }
  const auto lock = ::open((data / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0)
    return fail(
        Code::InvalidInput, "data directory {} is not writable: {}; choose another with --data DIR", data.string(), std::strerror(errno));
  return lock;
}

// Makes the data directory ours, for as long as the process lives. False while it is another's.
Result<bool> claim(int lock, const std::filesystem::path& data) {
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0) return false;
  const auto pid = fmt::format("{}\n", ::getpid());
  if (::ftruncate(lock, 0) != 0 || ::pwrite(lock, pid.data(), pid.size(), 0) < 0)
    return fail(
        Code::InvalidInput, "data directory {} is not writable: {}; choose another with --data DIR", data.string(), std::strerror(errno));
  return true;
}

ChildDemand nodeDemand(const Context& context) {
  return {.program = context.programs / "allmende-node",
      .arguments = {"--data", context.data.string(), "--socket", (context.data / "node.sock").string(), "--server-user", serverUser()},
      .user = "",
      .readOutput = true};
}

ChildDemand serverDemand(const Context& context, const std::vector<std::string>& flags) {
  ChildDemand demand{.program = context.programs / "allmende-server",
      .arguments = {"--data", context.data.string(), "--node-socket", (context.data / "node.sock").string()},
      .user = serverUser(),
      .readOutput = true};
  demand.arguments.insert(demand.arguments.end(), flags.begin(), flags.end());
  return demand;
}

// Who asked for any free port gets the same one after a restart: people's pages know it.
void keepPort(std::vector<std::string>& flags, std::string_view url) {
  auto end = url.find('/', url.find("//") + 2);
  const auto colon = url.substr(0, end).rfind(':');
  const auto port = std::string(url.substr(colon + 1, end - colon - 1));
  for (auto flag = flags.begin(); flag != flags.end(); ++flag) {
    if (*flag == "--port=0") *flag = "--port=" + port;
    if (*flag == "--port" && flag + 1 != flags.end() && *(flag + 1) == "0") *(flag + 1) = port;
  }
}

constexpr int kRestart = SIGUSR2;
constexpr std::initializer_list<int> kEnding{SIGINT, SIGTERM, SIGHUP};
constexpr std::initializer_list<int> kHeard{SIGINT, SIGTERM, SIGHUP, SIGCHLD, kRestart};

sigset_t setOf(std::initializer_list<int> signals) {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int number : signals) ::sigaddset(&set, number);
  return set;
}

// Ends the wait for a program that starts, with Cancelled, once we have been told to end and it has had some seconds more: a program that
// is ready ends in order, one that is killed leaves that to the next start. The signal stays for nextSignal().
class EndOfWaiting {
 public:
  Result<> look() {
    sigset_t waiting;
    ::sigpending(&waiting);
    if (!std::ranges::any_of(kEnding, [&](int number) { return ::sigismember(&waiting, number) == 1; })) return {};
    const auto now = clock_.sinceStart();
    if (!told_) told_ = now;
    if (now - *told_ < kPatience) return {};
    return fail(Code::Cancelled, "Allmende was told to end before that");
  }

 private:
  static constexpr Duration kPatience{10'000};
  RealClock clock_;
  std::optional<Duration> told_;
};

// Starts the server and says where it is.
Result<Child> startServer(const Context& context, std::vector<std::string>& flags) {
  TRY(auto server, Child::start(serverDemand(context, flags)));
  EndOfWaiting end;
  TRY(const auto ready, server.readReady(60s, [&] { return end.look(); }));
  const auto* url = findString(ready, "url");
  const auto* link = findString(ready, "sign_in_link");
  if (url == nullptr) return fail(Code::Internal, "allmende-server names no url: {}", json::serialize(ready));
  keepPort(flags, *url);
  const bool waits = ready.contains("stands_by");
  std::printf("%s: %s\n", waits ? "Allmende stands by, and forwards to the one that serves" : "Allmende is ready",
      link != nullptr ? link->c_str() : url->c_str());
  std::fflush(stdout);
  return server;
}

constexpr std::chrono::milliseconds kLookForLock{250};
constexpr std::chrono::milliseconds kPauseAfterCrash{200};
constexpr Duration kPatienceWithServer{15'000};
constexpr Duration kPatienceWithNode{30'000};

// The next of those signals, all of which are blocked, so that none is missed; 0 when none came within `patience`.
int nextSignal(std::chrono::milliseconds patience) {
  const auto waited = setOf(kHeard);
  const timespec time{.tv_sec = patience.count() / 1'000, .tv_nsec = patience.count() % 1'000 * 1'000'000};
  for (;;) {
    const int number = ::sigtimedwait(&waited, nullptr, &time);
    if (number > 0) return number;
    if (errno == EAGAIN) return 0;
  }
}

void blockSignals() {
  const auto blocked = setOf(kHeard);
  ::sigprocmask(SIG_BLOCK, &blocked, nullptr);
}

Result<Child> startNode(const Context& context, const Child::Meanwhile& meanwhile = {}) {
  TRY(auto node, Child::start(nodeDemand(context)));
  EndOfWaiting end;
  const auto attend = [&]() -> Result<> {
    TRY(end.look());
    return meanwhile ? meanwhile() : Result<>{};
  };
  TRY(const auto ready, node.readReady(60s, attend));
  if (const auto* lost = findString(ready, "lost"))
    std::fprintf(stderr, "Allmende runs without root. What is lost: %s. With root (sudo) nothing is.\n", lost->c_str());
  return node;
}

// Counts the crashes of our children: at most five within ten minutes.
class Crashes {
 public:
  Result<> note(const char* program, const std::string& how) {
    const auto now = clock_.sinceStart();
    std::erase_if(at_, [&](Duration at) { return now - at > 10min; });
    at_.push_back(now);
    if (at_.size() > 5)
      return fail(Code::Unavailable, "{} ended with {}, the {}th crash within ten minutes; its log is above", program, how, at_.size());
    log::error("program.ended", {{"program", program}, {"status", how}, {"restarting", true}});
    return {};
  }

 private:
  RealClock clock_;
  std::vector<Duration> at_;
};

// Starts a program that has crashed anew; that it crashes again while it starts is one more crash.
Result<Child> startAgain(Crashes& crashes, const char* program, const std::string& how, const std::function<Result<Child>()>& start) {
  TRY(crashes.note(program, how));
  for (;;) {
    auto child = start();
    if (child || child.error().code == Code::Cancelled) return child;
    TRY(crashes.note(program, child.error().message));
    std::this_thread::sleep_for(kPauseAfterCrash);
  }
}

// Runs until told to stop. What crashes is started again; runtimes and their kernels live on meanwhile. `node` is nothing as long as the
// launcher of another server has the data directory, and is started once `lock` can be had.
Result<> watch(const Context& context, std::vector<std::string>& flags, int lock, std::optional<Child>& node, Child& server) {
  Crashes crashes;
  // Also while the node starts, which may take its time: people write on without it.
  const auto attendServer = [&]() -> Result<> {
    if (const auto status = server.ended()) {
      TRY(server, startAgain(crashes, "allmende-server", describe(*status), [&] { return startServer(context, flags); }));
    }
    return {};
  };
  for (;;) {
    const auto heard = nextSignal(node ? 1h : kLookForLock);
    if (!node) {
      TRY(const bool isOurs, claim(lock, context.data));
      if (isOurs) {
        TRY(node, startNode(context));
      }
    }
    if (heard == 0) continue;
    if (heard != SIGCHLD && heard != kRestart) return {};
    if (heard == kRestart) {
      log::info("programs.restarting");
      server.stop(kPatienceWithServer);
      if (node) {
        node->stop(kPatienceWithNode, SIGHUP);  // which leaves runtimes as they are
        TRY(node, startNode(context));
      }
      TRY(server, startServer(context, flags));
      continue;
    }
    if (const auto status = node ? node->ended() : std::nullopt) {
      TRY(node, startAgain(crashes, "allmende-node", describe(*status), [&] { return startNode(context, attendServer); }));
    }
    TRY(attendServer());
  }
}

}  // namespace

Result<> serve(Context context, std::vector<std::string> serverFlags, bool standsBy) {
  log::setProgram("launcher");
  enterOwnScope();
  blockSignals();  // before anybody can learn whom to send them
  TRY(const auto lock, openLock(context.data));
  TRY(const bool isOurs, claim(lock, context.data));
  if (standsBy) serverFlags.insert(serverFlags.end(), {"--stand-by", "true"});
  if (!isOurs && !standsBy)
    return fail(Code::Conflict,
        "data directory {} is served by another `allmende serve`; stop that one, choose another directory with --data DIR, or start both "
        "with --stand-by, so that this one takes over when that one ends",
        context.data.string());
  std::optional<Child> node;
  if (isOurs) {
    auto started = startNode(context);
    if (!started && started.error().code == Code::Cancelled) return {};
    TRY(node, std::move(started));
  }
  auto server = startServer(context, serverFlags);
  if (!server) {
    if (node) node->stop(kPatienceWithNode);
    if (server.error().code == Code::Cancelled) return {};
    return std::unexpected(server.error());
  }
  auto result = watch(context, serverFlags, lock, node, *server);
  server->stop(kPatienceWithServer);  // first, so that sockets close with a reason while their kernels still live
  if (node) node->stop(kPatienceWithNode);
  return !result && result.error().code == Code::Cancelled ? Result<>{} : std::move(result);
}

Result<> restart(Context context) {
  const auto path = context.data / "lock";
  const auto lock = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  char text[32] = {};
  const auto read = lock < 0 ? -1 : ::read(lock, text, sizeof text - 1);
  const bool served = lock >= 0 && ::flock(lock, LOCK_EX | LOCK_NB) != 0;
  const auto launcher = read > 0 ? std::atoi(text) : 0;
  if (lock >= 0) ::close(lock);
  if (!served || launcher <= 1)
    return fail(Code::NotFound, "nothing serves {}; start it with `allmende serve`, or name another directory with --data DIR",
        context.data.string());
  if (::kill(launcher, kRestart) != 0)
    return fail(Code::Denied, "process {}, which serves {}, cannot be told: {}", launcher, context.data.string(), std::strerror(errno));
  std::puts("Node and server are being started again; runtimes and their kernels go on.");
  return {};
}

}  // namespace allmende::cli
