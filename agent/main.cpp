// `allmende-agent`: PID 1 of a runtime, a small Jupyter server.

#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "agent/api.h"
#include "agent/settings.h"
#include "lib/base/log.h"

namespace allmende::agent {
namespace {

constexpr Duration kPatienceForRequests{1'000};
constexpr std::size_t kMostFileJobs = 256;

Result<net::Endpoint> endpointOf(const AgentSettings& settings) {
  const auto environment = processes::environment();
  if (environment.contains("LISTEN_FDS")) return net::InheritedEndpoint{3};
  if (!settings.socket.empty()) return net::UnixEndpoint{settings.socket};
  return fail(Code::InvalidInput, "no socket was handed in (LISTEN_FDS); give a path with --socket");
}

// Ends at the first signal, or when a client asked for it.
Task<> untilAsked(net::EventLoop& loop, Notifier& asked) {  // NOLINT: both live in main
  TaskScope waiting(loop.executor());
  const auto listen = [](net::EventLoop* on, Notifier* tell) -> Task<> {
    co_await on->signalled();
    tell->notifyAll();
  };
  waiting.spawn("signals", listen(&loop, &asked));
  co_await asked.wait();
  co_await waiting.close();
}

Task<int> run(net::EventLoop& loop, AgentSettings settings) {  // NOLINT: lives in main
  const RealClock clock;
  net::Pool pool("files", 2, kMostFileJobs);
  processes::Processes processes(loop.executor(), pool, processes::userOf(settings.kernelUid, settings.kernelGid));
  ports::Ports ports(pool, processes.user());
  kernels::Kernels kernels(loop.executor(), processes, clock,
      {.python = settings.python,
          .content = settings.content,
          .run = settings.run,
          .spool = settings.spool,
          .answered = [&ports](pid_t process) { ports.leaveOut(process); }});
  terminals::Terminals terminals(loop.executor(), processes, clock, {.python = settings.python, .content = settings.content, .shell = ""});
  files::Files files(pool, processes.user(), {.content = settings.content});
  packages::Packages packages(loop.executor(), processes, {.python = settings.python});
  Notifier asked(loop.executor());
  AgentApi api({.kernels = kernels,
      .terminals = terminals,
      .files = files,
      .packages = packages,
      .ports = ports,
      .clock = clock,
      .shutDown = [&asked] { asked.notifyAll(); }});
  net::HttpServer server(loop.executor(), api);

  processes.begin();
  const auto endpoint = endpointOf(settings);
  auto ready = endpoint ? kernels.begin() : std::unexpected(endpoint.error());
  if (ready) {
    const auto listening = server.listen(*endpoint);
    if (!listening) ready = std::unexpected(listening.error());
  }
  if (ready) {
    if (!settings.readyKernel.empty()) kernels.makeReady(settings.readyKernel);
    log::info("agent.started", {{"content", settings.content}, {"kernelspecs", kernels.specs().size()}});
    co_await untilAsked(loop, asked);
    co_await server.stop(kPatienceForRequests);
    co_await terminals.stop();
    co_await kernels.stop();
    log::info("agent.ended");
  } else {
    log::error("agent.not_started", {{"message", ready.error().message}});
  }
  co_await processes.stop();
  co_return ready ? 0 : 1;
}

int start(std::vector<std::string> arguments) {
  AgentSettings settings;
  if (std::ranges::find(arguments, "--help") != arguments.end()) {
    std::puts("allmende-agent: a small Jupyter server inside a runtime; PID 1 there.\n");
    std::fputs(config::help(config::slotsOf(settings)).c_str(), stdout);
    return 0;
  }
  const auto rest = config::load(settings, {.environment = config::environment(), .arguments = std::move(arguments)});
  if (!rest || !rest->empty()) {
    std::fprintf(
        stderr, "allmende-agent: %s\n", rest ? fmt::format("unknown argument '{}'", rest->front()).c_str() : rest.error().message.c_str());
    return 2;
  }
  net::EventLoop loop;
  return loop.run(run(loop, std::move(settings)));
}

}  // namespace
}  // namespace allmende::agent

int main(int count, char** arguments) {
  std::signal(SIGPIPE, SIG_IGN);
  allmende::log::setProgram("agent");
  try {
    return allmende::agent::start({arguments + 1, arguments + count});
  } catch (const std::exception& bug) {
    allmende::log::error("agent.broke", {{"error", bug.what()}});
    return 1;
  }
}
