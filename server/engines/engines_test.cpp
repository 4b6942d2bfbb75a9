#include "server/engines/engines.h"

#include <gtest/gtest.h>

#include <deque>

#include "lib/base/log.h"
#include "lib/base/testing.h"
#include "server/engines/node_link.h"

namespace allmende::engines {
namespace {

const RuntimeId kFirst = *RuntimeId::parse("rt_0123456789abcdef0001");
const RuntimeId kSecond = *RuntimeId::parse("rt_0123456789abcdef0002");

link::Runtime runtimeNamed(const RuntimeId& id) {
  return {.id = id, .owner = "acc_1", .socket = "/run/" + id.text(), .limits = {.memoryBytes = 7}, .startedAtMs = 1000};
}

// Listens as a node does and answers what it is told to; what it heard can be awaited.
class FakeNode final : public net::Handler {
 public:
  FakeNode(Executor executor, std::string path) : executor_(executor), path_(std::move(path)), changed_(executor) {}

  void begin() {
    server_ = std::make_unique<net::HttpServer>(executor_, *this);
    check(server_->listen(net::UnixEndpoint{.path = path_}).has_value(), "a socket in a fresh folder can be listened on");
  }
  Task<> stop() { co_await server_->stop(1s); }

  Task<net::Answer> handle(net::Request request) override {
    check(request.path == "/link", "the link is asked for at its path");
    co_return net::Upgrade{.subprotocol = "", .serve = [this](std::shared_ptr<net::WebSocket> opened) { return serve(std::move(opened)); }};
  }

  // An event or whatever else, on the present link.
  Task<> say(std::string text) {
    while (!socket) co_await changed_.wait();
    check((co_await socket->write({.bytes = std::move(text), .binary = false})).has_value(), "the link takes texts");
  }

  // The next ask of that kind, also one that came before.
  template <class T>
  Task<T> asked() {
    for (;;) {
      while (asks_.empty()) co_await changed_.wait();
      auto ask = std::move(asks_.front());
      asks_.pop_front();
      if (auto* wanted = std::get_if<T>(&ask.body)) co_return std::move(*wanted);
    }
  }

  std::string greeting = link::encode(link::Hello{.program = "fake node"});
  std::vector<std::string> kept;  // said after the greeting
  std::vector<link::Runtime> runtimes;
  bool silent = false;  // answers nothing but lists
  std::shared_ptr<net::WebSocket> socket;

 private:
  Task<> serve(std::shared_ptr<net::WebSocket> opened) {
    socket = opened;
    changed_.notifyAll();
    co_await say(greeting);
    for (auto& text : std::exchange(kept, {})) co_await say(std::move(text));
    while (auto frame = co_await opened->read()) {
      auto said = link::decodeFromServer(frame->bytes);
      check(said.has_value(), "the server speaks the link");
      if (const auto* ask = std::get_if<link::Ask>(&*said)) co_await answer(*ask);
    }
    socket.reset();
  }

  Task<> answer(link::Ask ask) {
    asks_.push_back(ask);
    changed_.notifyAll();
    if (silent && !std::holds_alternative<link::ListRuntimes>(ask.body)) co_return;
    co_await say(link::encode(link::Answer{.number = ask.number, .body = bodyFor(ask.body)}));
  }

  Result<json::value> bodyFor(const link::AskBody& ask) {
    if (const auto* start = std::get_if<link::StartRuntime>(&ask)) {
      runtimes.push_back(runtimeNamed(start->id));
      return toJson(runtimes.back());
    }
    if (const auto* stop = std::get_if<link::StopRuntime>(&ask)) {
      if (std::erase_if(runtimes, [&](const auto& one) { return one.id == stop->id; }) == 0) return fail(Code::NotFound, "it does not run");
      return toJson(link::RuntimeEnded{.id = stop->id, .reason = "stopped", .sentence = "You stopped it."});
    }
    if (std::holds_alternative<link::ReadUsage>(ask)) return toJson(link::Usage{.memoryBytes = 42});
    return toJson(link::Runtimes{runtimes});
  }

  Executor executor_;
  std::string path_;
  std::unique_ptr<net::HttpServer> server_;
  std::deque<link::Ask> asks_;
  Notifier changed_;
};

class LocalEngine : public ::testing::Test {
 protected:
  LocalEngine() {
    engine->onNews([this](const News& one) {
      news.push_back(one);
      came.notifyAll();
    });
    log::setSink([this](std::string_view line) { logged.append(line); });
  }
  ~LocalEngine() override { log::setSink(nullptr); }

  // Runs a scenario, then closes everything.
  void run(Task<> scenario) { loop.run(around(std::move(scenario))); }
  Task<int> around(Task<> scenario) {
    co_await std::move(scenario);
    co_await scope.close();
    co_await engine->close();
    co_await node.stop();
    co_return 0;
  }

  // Both sides up and greeted.
  Task<> meet() {
    node.begin();
    engine->begin();
    static_cast<void>(co_await next<EngineReachable>());
  }

  // The next piece of news, which must be of that kind.
  template <class T>
  Task<T> next() {
    while (news.empty()) co_await came.wait();
    auto one = std::move(news.front());
    news.pop_front();
    const auto* wanted = std::get_if<T>(&one);
    check(wanted != nullptr, "the news is of the kind that was expected");
    co_return *wanted;
  }

  Task<> startInto(RuntimeId id, std::optional<Result<RunningRuntime>>* into) {
    *into = co_await engine->start({.id = std::move(id), .owner = "acc_1", .python = "/opt/python", .limits = {}});
    came.notifyAll();
  }

  net::EventLoop loop;
  testing::TemporaryFolder folder;
  FakeClock clock;
  FakeNode node{loop.executor(), folder.path() / "node.sock"};
  std::unique_ptr<Engine> engine = makeLocalEngine(loop.executor(), clock, folder.path() / "node.sock");
  std::deque<News> news;
  Notifier came{loop.executor()};
  std::string logged;
  TaskScope scope{loop.executor()};

  Task<> wholeLife();
  Task<> endedByItself();
  Task<> overtaken();
  Task<> lostWhileUnlinked();
  Task<> keptByTheNode();
  Task<> nobodyThere();
  Task<> otherVersion();
  Task<> noGreeting();
  Task<> hostile();
  Task<> unanswered();
  Task<> tooMany();
  Task<> linkBreaksDuringAStart();
  Task<> found();
  Task<> letGo();
};

Task<> LocalEngine::wholeLife() {
  co_await meet();
  const auto started = co_await engine->start({.id = kFirst, .owner = "acc_1", .python = "/opt/python", .limits = {.memoryBytes = 7}});
  EXPECT_EQ(co_await node.asked<link::StartRuntime>(),
      (link::StartRuntime{.id = kFirst, .owner = "acc_1", .python = "/opt/python", .limits = {.memoryBytes = 7}}));
  EXPECT_EQ(started.value().id, kFirst);
  EXPECT_EQ(std::get<net::UnixEndpoint>(started->agent).path, "/run/" + kFirst.text());
  EXPECT_EQ(started->startedAt, Instant{1s});
  EXPECT_EQ((co_await engine->usage(kFirst)).value(), link::Usage{.memoryBytes = 42});
  EXPECT_EQ((co_await engine->list()).value().size(), 1U);
  EXPECT_TRUE(co_await engine->stop(kFirst, 3s));
  EXPECT_EQ((co_await node.asked<link::StopRuntime>()).graceMs, 3000);
  const auto ended = co_await next<RuntimeEnded>();
  EXPECT_EQ(ended.reason, EndReason::Stopped);
  EXPECT_EQ(ended.sentence, "You stopped it.");
  // The node tells it as an event, too; whoever asks again hears that it is gone.
  co_await node.say(link::encode(link::RuntimeEnded{.id = kFirst, .reason = "stopped"}));
  EXPECT_EQ((co_await engine->stop(kFirst, 0s)).error().code, Code::NotFound);
  EXPECT_TRUE(news.empty());
}
TEST_F(LocalEngine, startsARuntimeTellsItsUseAndItsEndOnce) { run(wholeLife()); }

Task<> LocalEngine::endedByItself() {
  co_await meet();
  static_cast<void>(co_await engine->start({.id = kFirst, .owner = "", .python = "", .limits = {}}));
  co_await node.say(link::encode(link::MemoryRanOut{.id = kSecond, .kills = 1}));  // nobody asked for that one
  co_await node.say(link::encode(link::MemoryRanOut{.id = kFirst, .kills = 3}));
  EXPECT_EQ((co_await next<MemoryRanOut>()), (link::MemoryRanOut{.id = kFirst, .kills = 3}));
  co_await node.say(link::encode(
      link::RuntimeEnded{.id = kFirst, .reason = "out_of_memory", .sentence = "It used 2 GB.", .memoryPeakBytes = 9, .cpuSeconds = 1.5}));
  const auto ended = co_await next<RuntimeEnded>();
  EXPECT_EQ(ended.reason, EndReason::OutOfMemory);
  EXPECT_EQ(ended.memoryPeakBytes, 9);
  EXPECT_EQ(ended.cpuSeconds, 1.5);
}
TEST_F(LocalEngine, tellsWhatHappensToNamedRuntimesOnly) { run(endedByItself()); }

Task<> LocalEngine::overtaken() {
  co_await meet();
  node.silent = true;
  std::optional<Result<RunningRuntime>> started;
  scope.spawn("start", startInto(kFirst, &started));
  static_cast<void>(co_await node.asked<link::StartRuntime>());
  co_await node.say(link::encode(link::RuntimeEnded{.id = kFirst, .reason = "exited", .sentence = "The agent ended."}));
  co_await node.say(link::encode(link::Answer{.number = 2, .body = toJson(runtimeNamed(kFirst))}));
  while (!started) co_await came.wait();
  EXPECT_EQ(started->error().message, "the runtime ended at once: The agent ended.");
  EXPECT_TRUE(news.empty());
}
TEST_F(LocalEngine, aStartWhoseEndCameFirstFailsAndTellsNothing) { run(overtaken()); }

Task<> LocalEngine::lostWhileUnlinked() {
  co_await meet();
  for (const auto& id : {kFirst, kSecond}) static_cast<void>(co_await engine->start({.id = id, .owner = "", .python = "", .limits = {}}));
  node.runtimes.pop_back();
  node.socket->abort();
  static_cast<void>(co_await next<EngineUnreachable>());
  clock.advance(100ms);
  const auto ended = co_await next<RuntimeEnded>();
  EXPECT_EQ(ended.id, kSecond);
  EXPECT_EQ(ended.reason, EndReason::EngineGone);
  static_cast<void>(co_await next<EngineReachable>());
  EXPECT_TRUE(news.empty());
}
TEST_F(LocalEngine, whatVanishedWhileTheLinkWasDownHasEnded) { run(lostWhileUnlinked()); }

Task<> LocalEngine::keptByTheNode() {
  co_await meet();
  static_cast<void>(co_await engine->start({.id = kFirst, .owner = "", .python = "", .limits = {}}));
  node.runtimes.clear();
  node.kept = {link::encode(link::RuntimeEnded{.id = kFirst, .reason = "lifetime", .sentence = "12 hours are over."})};
  node.socket->abort();
  static_cast<void>(co_await next<EngineUnreachable>());
  clock.advance(100ms);
  EXPECT_EQ((co_await next<RuntimeEnded>()).reason, EndReason::Lifetime);
  static_cast<void>(co_await next<EngineReachable>());
  EXPECT_TRUE(news.empty());
}
TEST_F(LocalEngine, theNodesOwnWordOnAnEndThatWasMissedCounts) { run(keptByTheNode()); }

Task<> LocalEngine::nobodyThere() {
  engine->begin();
  const auto unreachable = co_await next<EngineUnreachable>();
  EXPECT_NE(unreachable.sentence.find("allmende-node cannot be used"), std::string::npos);
  EXPECT_NE(unreachable.sentence.find("allmende doctor"), std::string::npos);
  const auto refused = co_await engine->start({.id = kFirst, .owner = "", .python = "", .limits = {}});
  EXPECT_EQ(refused.error(), (Error{Code::Unavailable, unreachable.sentence, {}}));
  EXPECT_EQ((co_await engine->list()).error().code, Code::Unavailable);
  node.begin();
  clock.advance(100ms);
  static_cast<void>(co_await next<EngineReachable>());
  EXPECT_TRUE(co_await engine->start({.id = kFirst, .owner = "", .python = "", .limits = {}}));
}
TEST_F(LocalEngine, saysWhyItCannotReachTheNodeAndTriesUntilItCan) { run(nobodyThere()); }

Task<> LocalEngine::otherVersion() {
  node.greeting = link::encode(link::Hello{.major = 9, .minor = 0, .program = "allmende-node 9"});
  node.begin();
  engine->begin();
  EXPECT_NE((co_await next<EngineUnreachable>()).sentence.find("install server and node of the same release"), std::string::npos);
}
TEST_F(LocalEngine, refusesANodeOfAnotherVersion) { run(otherVersion()); }

Task<> LocalEngine::noGreeting() {
  node.greeting = link::encode(link::MemoryRanOut{.id = kFirst});
  node.begin();
  engine->begin();
  EXPECT_NE((co_await next<EngineUnreachable>()).sentence.find("does not greet"), std::string::npos);
}
TEST_F(LocalEngine, refusesWhateverSpeaksBeforeItGreets) { run(noGreeting()); }

Task<> LocalEngine::hostile() {
  co_await meet();
  for (const auto* text :
      {"", "nonsense", "[]", "{}", R"({"event":"party","body":{}})", R"({"answer":99,"body":{}})", R"({"answer":"x"})"}) {
    co_await node.say(text);
  }
  co_await node.say(node.greeting);
  EXPECT_EQ((co_await engine->usage(kFirst)).value(), link::Usage{.memoryBytes = 42});
  EXPECT_TRUE(news.empty());
  std::size_t refusals = 0;
  for (auto at = logged.find("link_text.refused"); at != std::string::npos; at = logged.find("link_text.refused", at + 1)) ++refusals;
  EXPECT_EQ(refusals, 8U);
}
TEST_F(LocalEngine, logsTextsThatAreNoneOfTheLinkAndGoesOn) { run(hostile()); }

Task<> LocalEngine::unanswered() {
  co_await meet();
  node.silent = true;
  std::optional<Result<RunningRuntime>> started;
  scope.spawn("start", startInto(kFirst, &started));
  static_cast<void>(co_await node.asked<link::StartRuntime>());
  node.runtimes.push_back(runtimeNamed(kFirst));  // it comes up all the same, too late
  clock.advance(2min);
  while (!started) co_await came.wait();
  EXPECT_EQ(started->error().code, Code::TimedOut);
  EXPECT_EQ((co_await node.asked<link::StopRuntime>()), (link::StopRuntime{.id = kFirst, .graceMs = 0}));
  EXPECT_TRUE((co_await engine->list()).value().empty());  // it is on its way out
}
TEST_F(LocalEngine, aStartWithoutAnAnswerTimesOutAndIsUndone) { run(unanswered()); }

Task<> LocalEngine::linkBreaksDuringAStart() {
  co_await meet();
  node.silent = true;
  std::optional<Result<RunningRuntime>> started;
  scope.spawn("start", startInto(kFirst, &started));
  static_cast<void>(co_await node.asked<link::StartRuntime>());
  node.socket->abort();
  while (!started) co_await came.wait();
  EXPECT_EQ(started->error().code, Code::Unavailable);
  static_cast<void>(co_await next<EngineUnreachable>());
  node.silent = false;
  node.runtimes.push_back(runtimeNamed(kFirst));
  clock.advance(100ms);
  static_cast<void>(co_await next<EngineReachable>());
  EXPECT_TRUE((co_await engine->list()).value().empty());
  clock.advance(5s);
  EXPECT_EQ((co_await node.asked<link::StopRuntime>()).id, kFirst);
}
TEST_F(LocalEngine, aStartThatLostItsLinkIsUndoneOverTheNext) { run(linkBreaksDuringAStart()); }

Task<> LocalEngine::tooMany() {
  co_await meet();
  node.silent = true;
  std::vector<std::optional<Result<RunningRuntime>>> all(kMostAsks + 1);
  for (auto& one : all) scope.spawn("start", startInto(RuntimeId::make(), &one));
  while (!all.back()) co_await came.wait();
  EXPECT_EQ(all.back()->error().code, Code::Unavailable);
  EXPECT_NE(all.back()->error().message.find("256 asks wait"), std::string::npos);
  EXPECT_FALSE(all.front());
}
TEST_F(LocalEngine, refusesMoreAsksThanItsBound) { run(tooMany()); }

Task<> LocalEngine::found() {
  node.runtimes = {runtimeNamed(kFirst)};
  co_await meet();
  EXPECT_EQ((co_await engine->list()).value().front().owner, "acc_1");
  co_await node.say(link::encode(link::RuntimeEnded{.id = kFirst, .reason = "node_stopped"}));
  EXPECT_EQ((co_await next<RuntimeEnded>()).reason, EndReason::EngineGone);
}
TEST_F(LocalEngine, whatAnEarlierServerStartedIsFoundAndWatched) { run(found()); }

Task<> LocalEngine::letGo() {
  co_await meet();
  static_cast<void>(co_await engine->start({.id = kFirst, .owner = "", .python = "", .limits = {}}));
  co_await engine->close();
  EXPECT_EQ(node.runtimes.size(), 1U);
  EXPECT_EQ((co_await engine->usage(kFirst)).error().code, Code::Unavailable);
  EXPECT_TRUE(news.empty());
}
TEST_F(LocalEngine, closingLetsGoOfRuntimesWithoutStoppingThem) { run(letGo()); }

}  // namespace
}  // namespace allmende::engines
