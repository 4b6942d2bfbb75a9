#include "agent/terminals/terminals.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/this_coro.hpp>
#include <csignal>
#include <fstream>

#include "agent/terminals/messages.h"
#include "lib/base/json.h"
#include "lib/base/testing.h"

namespace allmende::terminals {
namespace {

// Terminals behind a real server on a Unix socket, for one test.
class House final : public net::Handler {
 public:
  explicit House(Executor executor, std::size_t most = 4)
      : pool("test", 1, 8),
        processes(executor, pool, processes::userOf(0, 0)),
        terminals(executor, processes, clock, {.python = {}, .content = folder.path(), .shell = "/bin/sh", .most = most}),
        server(executor, *this),
        client(executor, net::UnixEndpoint{socket()}) {
    processes.begin();
    check(server.listen(net::UnixEndpoint{socket()}).has_value(), "the test's socket is free");
  }
  Task<net::Answer> handle(net::Request request) override {
    const auto name = request.path.substr(1);
    if (!terminals.find(name)) co_return net::errorResponse({Code::NotFound, "no such terminal", {}});
    co_return net::Upgrade{.maxMessage = kLargestTerminalMessage,
        .serve = [this, name](std::shared_ptr<net::WebSocket> opened) { return terminals.serve(name, std::move(opened)); }};
  }
  Task<> stop() {
    co_await server.stop(100ms);
    co_await terminals.stop();
    co_await processes.stop();
  }
  std::string socket() const { return (folder.path() / "socket").string(); }

  testing::TemporaryFolder folder;
  RealClock clock;
  net::Pool pool;
  processes::Processes processes;
  Terminals terminals;
  net::HttpServer server;
  net::HttpClient client;
};

// Somebody at a terminal.
struct Viewer {
  std::shared_ptr<net::WebSocket> socket;
  std::string text;              // all output so far
  std::string kinds;             // the first letter of each message's kind
  Result<> closed = Result<>{};  // why reading ended

  // Reads until `wanted` was shown, or the socket ends; returns whether it was.
  Task<bool> sees(std::string wanted) {
    for (;;) {
      if (!wanted.empty() && text.contains(wanted)) co_return true;
      auto frame = co_await socket->read();
      if (!frame) {
        closed = std::unexpected(frame.error());
        co_return false;
      }
      const auto message = parseJson(frame->bytes).value().as_array();
      kinds += message.at(0).as_string().at(0);
      if (message.at(0) == "stdout") text += std::string_view(message.at(1).as_string());
    }
  }
  Task<> type(std::string line) { co_await send(json::array{"stdin", line + "\n"}); }
  Task<> send(json::array message) { co_await socket->write({json::serialize(message), false}); }
};

Task<Viewer> open(House& house, std::string name) {  // NOLINT: the house outlives its test
  auto socket = co_await house.client.openWebSocket("/" + name, {}, {}, 5s);
  co_return Viewer{socket.value(), {}, {}};
}

template <class Scenario>
void run(Scenario scenario, std::size_t most = 4) {
  testing::await([](Scenario play, std::size_t limit) -> Task<int> {
    House house(co_await asio::this_coro::executor, limit);
    co_await play(house);
    co_await house.stop();
    co_return 0;
  }(scenario, most));
}

Task<> aCommand(House& house) {
  const auto model = house.terminals.start({}).value();
  EXPECT_EQ(model.name, "1");
  auto ada = co_await open(house, "1");
  co_await ada.type("echo $((40+2))-$(pwd)-$TERM");
  EXPECT_TRUE(co_await ada.sees(fmt::format("42-{}-xterm-256color", house.folder.path().string())));
  EXPECT_TRUE(ada.kinds.starts_with("ss")) << ada.kinds;  // setup, then stdout
  auto bob = co_await open(house, "1");
  EXPECT_TRUE(co_await bob.sees("42-"));  // without typing anything
  co_await bob.type("echo from-$((1+1))");
  EXPECT_TRUE(co_await ada.sees("from-2"));
  EXPECT_TRUE(co_await bob.sees("from-2"));
}
TEST(Terminals, runAShellThatSeveralClientsShareAndLatecomersSeeTheLastOutput) { run(aCommand); }

Task<> theEnd(House& house) {
  house.terminals.start({}).value();
  auto ada = co_await open(house, "1");
  co_await ada.type("echo last-$((1+1)); exit");
  EXPECT_FALSE(co_await ada.sees(""));
  EXPECT_TRUE(ada.text.contains("last-2")) << ada.text;
  EXPECT_TRUE(ada.kinds.ends_with("sd")) << ada.kinds;  // stdout, then disconnect
  EXPECT_FALSE(house.terminals.find("1"));
  EXPECT_EQ(house.terminals.start({}).value().name, "1");
}
TEST(Terminals, tellTheirClientsWhenTheShellHasEnded) { run(theEnd); }

Task<> removal(House& house) {
  const auto file = house.folder.path() / "pid";
  house.terminals.start({.name = "work", .folder = ""}).value();
  auto ada = co_await open(house, "work");
  co_await ada.type(
      fmt::format("trap '' HUP; setsid sh -c 'trap \"\" HUP TERM; echo $$ > {}; echo up-$((1+1)); sleep 600' & sleep 600", file.string()));
  EXPECT_TRUE(co_await ada.sees("up-2"));
  pid_t daemon = 0;
  std::ifstream(file) >> daemon;
  EXPECT_EQ(::kill(daemon, 0), 0);
  EXPECT_TRUE(co_await house.terminals.remove("work"));
  std::string state;
  std::string skipped;
  std::ifstream(fmt::format("/proc/{}/stat", daemon)) >> skipped >> skipped >> state;
  EXPECT_TRUE(state.empty() || state == "Z") << state;
  EXPECT_EQ((co_await house.terminals.remove("work")).error().code, Code::NotFound);
  EXPECT_FALSE(co_await ada.sees(""));
  EXPECT_TRUE(ada.kinds.ends_with('d'));
}
TEST(Terminals, endWithAllThatWasStartedInThem) { run(removal); }

Task<> sizes(House& house) {
  house.terminals.start({}).value();
  auto ada = co_await open(house, "1");
  co_await ada.send({"set_size", 50, 100, 700, 900});
  co_await ada.type("stty size");
  EXPECT_TRUE(co_await ada.sees("50 100"));
  {
    auto bob = co_await open(house, "1");
    co_await bob.send({"set_size", 30, 120});
    co_await bob.type("stty size");
    EXPECT_TRUE(co_await bob.sees("30 100"));
    co_await bob.socket->close(1000, "");
  }
  co_await ada.type("stty size; echo sized-$((1+1))");
  EXPECT_TRUE(co_await ada.sees("50 100\r\nsized-2"));  // who has gone counts no longer
}
TEST(Terminals, areAsLargeAsTheSmallestOfTheirClients) { run(sizes); }

Task<> nonsense(House& house) {
  house.terminals.start({}).value();
  auto ada = co_await open(house, "1");
  co_await ada.send({"who", "knows"});
  co_await ada.type("echo still-$((1+1))");
  EXPECT_TRUE(co_await ada.sees("still-2"));
  co_await ada.socket->write({"nonsense", false});
  EXPECT_FALSE(co_await ada.sees(""));
  auto bob = co_await open(house, "1");
  co_await bob.socket->write({std::string(kLargestTerminalMessage + 1, 'x'), false});
  EXPECT_FALSE(co_await bob.sees(""));
  EXPECT_TRUE(house.terminals.find("1"));  // the terminal itself does not mind
}
TEST(Terminals, ignoreKindsTheyDoNotKnowAndHangUpOnNonsense) { run(nonsense); }

Task<> muchOutput(House& house) {
  house.terminals.start({}).value();
  auto ada = co_await open(house, "1");
  co_await ada.type("seq 1 200000; printf 'b\\303\\244\\377c'; echo done-$((1+1))");
  EXPECT_TRUE(co_await ada.sees("done-2"));
  std::string lines;
  for (int i = 1; i <= 200'000; ++i) lines += fmt::format("{}\r\n", i);
  EXPECT_TRUE(ada.text.contains(lines + "bä\uFFFDc"));
}
TEST(Terminals, makeAProgramWaitForItsOnlyClientWhichMissesNothing) { run(muchOutput); }

Task<> slowOne(House& house) {
  house.terminals.start({}).value();
  auto slow = co_await open(house, "1");
  auto fast = co_await open(house, "1");
  co_await fast.type("seq 1 200000; echo done-$((1+1))");
  EXPECT_TRUE(co_await fast.sees("done-2"));
  EXPECT_FALSE(fast.text.contains("skipped"));
  EXPECT_TRUE(co_await slow.sees("done-2"));
  EXPECT_TRUE(slow.text.contains("kB of output skipped]")) << slow.text.size();
}
TEST(Terminals, doNotWaitForTheSlowerOfTwoClientsAndTellItWhatItMissed) { run(slowOne); }

Task<> nobody(House& house) {
  const auto file = (house.folder.path() / "done").string();
  house.terminals.start({}).value();
  {
    auto ada = co_await open(house, "1");
    co_await ada.type(fmt::format("seq 1 200000; touch {}", file));
    EXPECT_TRUE(co_await ada.sees("1000"));
    ada.socket->abort();
  }
  house.terminals.start({.name = "witness", .folder = ""}).value();
  auto witness = co_await open(house, "witness");
  co_await witness.type(fmt::format("while [ ! -f {} ]; do sleep 0.01; done; echo seen-$((1+1))", file));
  EXPECT_TRUE(co_await witness.sees("seen-2"));
}
TEST(Terminals, goOnWithoutAnyClient) { run(nobody); }

Task<> muchInput(House& house) {
  house.terminals.start({}).value();
  auto ada = co_await open(house, "1");
  co_await ada.type("stty raw -echo; echo ready-$((1+1)); head -c 3000000 | cksum; stty sane");
  EXPECT_TRUE(co_await ada.sees("ready-2"));
  std::string pasted;
  while (pasted.size() < 3'000'000) pasted += fmt::format("{} ", pasted.size());
  pasted.resize(3'000'000);
  for (std::size_t at = 0; at < pasted.size(); at += 500'000) co_await ada.send({"stdin", pasted.substr(at, 500'000)});
  const auto file = house.folder.path() / "pasted";
  std::ofstream(file) << pasted << std::flush;
  co_await ada.type(fmt::format("cksum < {}; echo end-$((1+1))", file.string()));
  EXPECT_TRUE(co_await ada.sees("end-2"));
  const auto ours = ada.text.substr(ada.text.rfind(" 3000000") - 10, 10);
  EXPECT_NE(ada.text.find(ours), ada.text.rfind(ours)) << ada.text;
}
TEST(Terminals, makeWhoTypesWaitForTheProgramAndLoseNoInput) { run(muchInput); }

Task<> bounds(House& house) {
  EXPECT_EQ(house.terminals.start({.name = "a", .folder = "/"}).value().name, "a");
  EXPECT_EQ(house.terminals.start({.name = "a", .folder = ""}).value().name, "a");  // the one that is there
  EXPECT_EQ(house.terminals.list().size(), 1U);
  EXPECT_EQ(house.terminals.start({}).value().name, "1");
  const auto refused = house.terminals.start({});
  EXPECT_EQ(refused.error().code, Code::OverLimit);
  EXPECT_TRUE(refused.error().message.contains("2 terminals"));
  for (const auto& name : {std::string("../x"), std::string("a b"), std::string(65, 'x'), std::string("ä")})
    EXPECT_EQ(house.terminals.start({.name = name, .folder = ""}).error().code, Code::InvalidInput) << name;
  co_return;
}
TEST(Terminals, haveABoundOnTheirNumberAndTheirNames) { run(bounds, 2); }

Task<> folders(House& house) {
  std::filesystem::create_directories(house.folder.path() / "a" / "b");
  house.terminals.start({.name = "below", .folder = "a/b/no.ipynb"}).value();
  house.terminals.start({.name = "absolute", .folder = "/usr"}).value();
  house.terminals.start({.name = "escape", .folder = "../../.."}).value();
  for (const auto& [name, folder] : {std::pair<std::string, std::string>{"below", (house.folder.path() / "a" / "b").string()},
           {"absolute", "/usr"}, {"escape", house.folder.path().string()}}) {
    auto viewer = co_await open(house, name);
    co_await viewer.type("echo at-$(pwd)-$((1+1))");
    EXPECT_TRUE(co_await viewer.sees(fmt::format("at-{}-2", folder))) << name;
  }
}
TEST(Terminals, beginInTheNearestFolderThatExists) { run(folders); }

}  // namespace
}  // namespace allmende::terminals
