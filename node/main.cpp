// `allmende-node`: holds the sandboxes of this machine, as root or, with less, without.

#include <pwd.h>
#include <sys/fsuid.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <filesystem>

#include "lib/base/log.h"
#include "node/devices/devices.h"
#include "node/keeper.h"
#include "node/link_door.h"
#include "node/observe/observe.h"
#include "node/settings.h"

namespace allmende::node {
namespace {

namespace fs = std::filesystem;

constexpr int kExitInvalid = 2;
constexpr Duration kPatienceToTell{2'000};

// One line for whoever started us.
void say(const json::object& line) {
  std::printf("%s\n", json::serialize(line).c_str());
  std::fflush(stdout);
}

int refuse(const Error& error) {
  log::error("node.not_started", {{"reason", nameOf(error.code)}, {"message", error.message}});
  say({{"failure", error.message}, {"reason", nameOf(error.code)}});
  return error.code == Code::InvalidInput ? kExitInvalid : 1;
}

// What empty settings stand for.
void fillIn(NodeSettings& settings) {
  const auto programs = fs::read_symlink("/proc/self/exe").parent_path();
  if (settings.socket.empty()) settings.socket = fs::path(settings.data) / "node.sock";
  if (settings.agent.empty()) settings.agent = programs / "allmende-agent";
  if (settings.sampleData.empty()) {
    const auto installed = programs.parent_path() / "share/sample_data";
    if (fs::is_directory(installed)) settings.sampleData = installed;
  }
}

sandbox::SiteDemand demandOf(const NodeSettings& settings) {
  return {.data = settings.data,
      .serverUser = settings.serverUser,
      .agent = settings.agent,
      .sampleData = settings.sampleData,
      .crun = settings.crun};
}

// Every runtime costs a handful of descriptors, and systems grant few until they are asked.
void raiseDescriptorLimit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 65'536);
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

// The socket lies in a directory of the server's user, who could put a link in its place: so it is made with that user's rights over
// files, and belongs to that user from the beginning.
Result<> listenAs(net::HttpServer& server, const NodeSettings& settings) {
  const auto* user = settings.serverUser.empty() ? nullptr : ::getpwnam(settings.serverUser.c_str());
  const auto ownUser = user == nullptr ? ::geteuid() : user->pw_uid;
  const auto ownGroup = user == nullptr ? ::getegid() : user->pw_gid;
  ::setfsgid(ownGroup);
  ::setfsuid(ownUser);
  const auto listening = server.listen(net::UnixEndpoint{.path = settings.socket, .mode = 0600});
  ::setfsuid(::geteuid());
  ::setfsgid(::getegid());
  if (!listening) return std::unexpected(listening.error());
  return {};
}

// The rooms of a node, and what opens and closes them.
class Node {
 public:
  Node(const Executor& executor, sandbox::Site& site, Clock& clock)
      : keeper_(executor, site, clock, [this](link::Event event) { door_.tell(std::move(event)); }),
        door_(executor, clock, [this](link::AskBody ask) { return keeper_.answer(std::move(ask)); }),
        server_(executor, door_) {}

  Result<> open(const NodeSettings& settings) {
    TRY(listenAs(server_, settings));
    keeper_.begin();
    return {};
  }

  // Runtimes first, so that the server hears of their end; or they are left to the next node.
  Task<> close(bool leavingRuntimes) {
    if (leavingRuntimes) {
      co_await keeper_.letGo();
    } else {
      co_await keeper_.stop();
    }
    co_await door_.close(kPatienceToTell);
    co_await server_.stop(Duration{1'000});
  }

 private:
  Keeper keeper_;
  LinkDoor door_;
  net::HttpServer server_;
};

Task<int> run(net::EventLoop& loop, NodeSettings settings, sandbox::Site& site) {  // NOLINT: both live in serve()
  RealClock clock;
  Node node(loop.executor(), site, clock);
  const auto opened = node.open(settings);
  bool leavingRuntimes = false;
  if (opened) {
    log::info("node.started", {{"version", ALLMENDE_VERSION}, {"socket", settings.socket}});
    json::object ready{{"socket", settings.socket}};
    if (site.rootless()) ready["lost"] = sandbox::kLostWithoutRoot;
    say(ready);
    leavingRuntimes = co_await loop.signalled() == SIGHUP;
  }
  co_await node.close(leavingRuntimes);
  if (!opened) co_return refuse(opened.error());
  log::info("node.ended");
  co_return 0;
}

int serve(const NodeSettings& settings) {
  raiseDescriptorLimit();
  auto site = sandbox::Site::prepare(demandOf(settings));
  if (!site) return refuse(site.error());
  net::EventLoop loop;
  return loop.run(run(loop, settings, **site));
}

Finding examineEvidence() {
  const auto rounding = observe::Rounding::open();
  const auto packets = network::checkFirstPackets();
  if (rounding && packets)
    return Finding::good("evidence", "programs, flows, the first packets of connections and ways of rounding can be seen");
  if (rounding)
    return Finding::optional(Finding::bad("evidence", packets.error().message,
        "miners and file sharers are not recognised by what their connections say; all else is",
        "root, nftables, and a kernel with nfnetlink_log"));
  return Finding::optional(Finding::bad("evidence", rounding.error().message, "mining by random programs is not recognised; all else is",
      "a kernel from 5.11 on with BTF, and the capabilities CAP_BPF and CAP_PERFMON"));
}

Finding examineAccelerators() {
  const auto found = devices::find();
  std::string words;
  for (const auto& [kind, count] : devices::countKinds(found.devices))
    words += fmt::format("{}{} {}", words.empty() ? "" : ", ", count, kind);
  if (!found.faults.empty())
    return Finding::optional(Finding::bad(
        "accelerators", found.faults.front(), "what it describes is not given to runtimes", "mend it, or have its tool write it anew"));
  return Finding::good("accelerators", words.empty() ? "none are described in /etc/cdi, so runtimes have processors alone"
                                                     : words + "; runtimes of tiers that name them under accelerators may have one");
}

int examine(const NodeSettings& settings) {
  for (const auto& finding : sandbox::examineMachine(demandOf(settings))) say(toJson(finding).as_object());
  say(toJson(examineEvidence()).as_object());
  say(toJson(examineAccelerators()).as_object());
  return 0;
}

int printHelp() {
  NodeSettings settings;
  std::puts(
      "allmende-node: holds the sandboxes of this machine; as root or, with less, without. `allmende serve` starts it.\n"
      "SIGTERM ends it and what it holds; after SIGHUP, or when it is killed, the next one goes on with what runs.\n");
  std::fputs(config::help(config::slotsOf(settings)).c_str(), stdout);
  std::puts(
      "\n  --doctor                           Print what this machine has and lacks, a JSON object a line.\n"
      "  --version                          Print the version.");
  return 0;
}

int start(std::vector<std::string> arguments) {
  const auto asks = [&](std::string_view flag) { return std::erase(arguments, flag) > 0; };
  if (asks("--help")) return printHelp();
  if (asks("--version")) return std::puts("allmende-node " ALLMENDE_VERSION), 0;
  const bool doctor = asks("--doctor");
  NodeSettings settings;
  const auto rest = config::load(settings, {.arguments = std::move(arguments)});
  if (!rest) return refuse(rest.error());
  if (!rest->empty()) return refuse({Code::InvalidInput, fmt::format("unknown argument '{}'", rest->front()), {}});
  fillIn(settings);
  return doctor ? examine(settings) : serve(settings);
}

}  // namespace
}  // namespace allmende::node

int main(int count, char** arguments) {
  std::signal(SIGPIPE, SIG_IGN);
  allmende::log::setProgram("node");
  try {
    return allmende::node::start({arguments + 1, arguments + count});
  } catch (const std::exception& bug) {
    allmende::log::error("node.broke", {{"error", bug.what()}});
    return 1;
  }
}
