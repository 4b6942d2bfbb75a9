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

// Starts the server and says where it is.
Result<Child> startServer(const Context& context, const std::vector<std::string>& flags) {
  TRY(auto server, Child::start(serverDemand(context, flags)));
  TRY(const auto ready, server.readReady(60s));
  const auto* url = findString(ready, "url");
  const auto* link = findString(ready, "sign_in_link");
  if (url == nullptr) return fail(Code::Internal, "allmende-server names no url: {}", json::serialize(ready));
  std::printf("Allmende is ready: %s\n", link != nullptr ? link->c_str() : url->c_str());
  std::fflush(stdout);
  return server;
}

// The next of SIGINT, SIGTERM, SIGHUP and SIGCHLD; all are blocked, so none is missed.
int nextSignal() {
  sigset_t waited;
  ::sigemptyset(&waited);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGCHLD}) ::sigaddset(&waited, number);
  int number = 0;
  while (::sigwait(&waited, &number) != 0) {
  }
  return number;
}

void blockSignals() {
  sigset_t blocked;
  ::sigemptyset(&blocked);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGCHLD}) ::sigaddset(&blocked, number);
  ::sigprocmask(SIG_BLOCK, &blocked, nullptr);
}

// Runs until told to stop. A server that crashes is started again, at most five times within ten minutes; kernels live on meanwhile.
Result<> watch(const Context& context, const std::vector<std::string>& flags, Child& node, Child& server) {
  const RealClock clock;
  std::vector<Duration> crashes;
  for (;;) {
    if (nextSignal() != SIGCHLD) return {};
    if (const auto status = node.ended())
      return fail(Code::Unavailable, "allmende-node ended with {}; its log is above", describe(*status));
    const auto status = server.ended();
    if (!status) continue;
    const auto now = clock.sinceStart();
    std::erase_if(crashes, [&](Duration at) { return now - at > 10min; });
    crashes.push_back(now);
    if (crashes.size() > 5)
      return fail(Code::Unavailable, "allmende-server ended {} times within ten minutes, last with {}; its log is above", crashes.size(),
          describe(*status));
    log::error("server.ended", {{"status", describe(*status)}, {"restarting", true}});
    TRY(server, startServer(context, flags));
  }
}

}  // namespace

Result<> serve(Context context, std::vector<std::string> serverFlags) {
  log::setProgram("launcher");
  enterOwnScope();
  TRY(claimDataDirectory(context.data));
  blockSignals();
  TRY(auto node, Child::start(nodeDemand(context)));
  TRY(const auto ready, node.readReady(60s));
  if (const auto* lost = findString(ready, "lost"))
    std::fprintf(stderr, "Allmende runs without root. What is lost: %s. With root (sudo) nothing is.\n", lost->c_str());
  auto server = startServer(context, serverFlags);
  if (!server) {
    node.stop(30s);
    return std::unexpected(server.error());
  }
  auto result = watch(context, serverFlags, node, *server);
  server->stop(15s);  // first, so that sockets close with a reason while their kernels still live
  node.stop(30s);
  return result;
}

}  // namespace allmende::cli
