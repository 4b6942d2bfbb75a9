// `allmende serve`: node as root, server as its own user; without root both as whoever we are. One stops, all stop.

#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>

#include "cli/children.h"
#include "cli/scope.h"
#include "cli/verbs.h"
#include "lib/base/json.h"
#include "lib/base/log.h"

namespace allmende::cli {
namespace {

// Makes the data directory ours alone. The lock is held for as long as the process lives.
Result<> claimDataDirectory(const std::filesystem::path& data) {
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
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    return fail(Code::Conflict,
        "data directory {} is served by another `allmende serve`; stop that one, or choose another directory with --data DIR",
        data.string());
  }
  const auto pid = fmt::format("{}\n", ::getpid());
  if (::ftruncate(lock, 0) != 0 || ::pwrite(lock, pid.data(), pid.size(), 0) < 0)
    return fail(
        Code::InvalidInput, "data directory {} is not writable: {}; choose another with --data DIR", data.string(), std::strerror(errno));
  return {};
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

// Starts the server and says where it is.
Result<Child> startServer(const Context& context, std::vector<std::string>& flags) {
  TRY(auto server, Child::start(serverDemand(context, flags)));
  TRY(const auto ready, server.readReady(60s));
  const auto* url = findString(ready, "url");
  const auto* link = findString(ready, "sign_in_link");
  if (url == nullptr) return fail(Code::Internal, "allmende-server names no url: {}", json::serialize(ready));
  keepPort(flags, *url);
  std::printf("Allmende is ready: %s\n", link != nullptr ? link->c_str() : url->c_str());
  std::fflush(stdout);
  return server;
}

constexpr int kRestart = SIGUSR2;
constexpr std::initializer_list<int> kHeard{SIGINT, SIGTERM, SIGHUP, SIGCHLD, kRestart};
constexpr Duration kPatienceWithServer{15'000};
constexpr Duration kPatienceWithNode{30'000};

// The next of those signals; all are blocked, so none is missed.
int nextSignal() {
  sigset_t waited;
  ::sigemptyset(&waited);
  for (const int number : kHeard) ::sigaddset(&waited, number);
  int number = 0;
  while (::sigwait(&waited, &number) != 0) {
  }
  return number;
}

void blockSignals() {
  sigset_t blocked;
  ::sigemptyset(&blocked);
  for (const int number : kHeard) ::sigaddset(&blocked, number);
  ::sigprocmask(SIG_BLOCK, &blocked, nullptr);
}

Result<Child> startNode(const Context& context) {
  TRY(auto node, Child::start(nodeDemand(context)));
  TRY(const auto ready, node.readReady(60s));
  if (const auto* lost = findString(ready, "lost"))
    std::fprintf(stderr, "Allmende runs without root. What is lost: %s. With root (sudo) nothing is.\n", lost->c_str());
  return node;
}

// Counts the crashes of our children: at most five within ten minutes.
class Crashes {
 public:
  Result<> note(const char* program, int status) {
    const auto now = clock_.sinceStart();
    std::erase_if(at_, [&](Duration at) { return now - at > 10min; });
    at_.push_back(now);
    if (at_.size() > 5)
      return fail(Code::Unavailable, "{} ended with {}, the {}th crash within ten minutes; its log is above", program, describe(status),
          at_.size());
    log::error("program.ended", {{"program", program}, {"status", describe(status)}, {"restarting", true}});
    return {};
  }

 private:
  RealClock clock_;
  std::vector<Duration> at_;
};

// Runs until told to stop. What crashes is started again; runtimes and their kernels live on meanwhile.
Result<> watch(const Context& context, std::vector<std::string>& flags, Child& node, Child& server) {
  Crashes crashes;
  for (;;) {
    const auto heard = nextSignal();
    if (heard != SIGCHLD && heard != kRestart) return {};
    if (heard == kRestart) {
      log::info("programs.restarting");
      server.stop(kPatienceWithServer);
      node.stop(kPatienceWithNode, SIGHUP);  // which leaves runtimes as they are
      TRY(node, startNode(context));
      TRY(server, startServer(context, flags));
      continue;
    }
    if (const auto status = node.ended()) {
      TRY(crashes.note("allmende-node", *status));
      TRY(node, startNode(context));
    }
    if (const auto status = server.ended()) {
      TRY(crashes.note("allmende-server", *status));
      TRY(server, startServer(context, flags));
    }
  }
}

}  // namespace

Result<> serve(Context context, std::vector<std::string> serverFlags) {
  log::setProgram("launcher");
  enterOwnScope();
  blockSignals();  // before anybody can learn whom to send them
  TRY(claimDataDirectory(context.data));
  TRY(auto node, startNode(context));
  auto server = startServer(context, serverFlags);
  if (!server) {
    node.stop(kPatienceWithNode);
    return std::unexpected(server.error());
  }
  auto result = watch(context, serverFlags, node, *server);
  server->stop(kPatienceWithServer);  // first, so that sockets close with a reason while their kernels still live
  node.stop(kPatienceWithNode);
  return result;
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
