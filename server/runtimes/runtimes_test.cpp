#include "server/runtimes/runtimes.h"

#include <gtest/gtest.h>

#include <cmath>
#include <deque>

#include "lib/base/testing.h"
#include "server/migrations/migrations.h"

namespace allmende::runtimes {
namespace {

// ---- how long nothing has happened ----

TEST(IdleTime, beginsWhenNothingWorksAnyMore) {
  IdleClock clock(0s);
  clock.look(15s, {.working = true, .cpuSeconds = 1, .lastActivity = "a"});
  clock.look(30s, {.working = false, .cpuSeconds = 1, .lastActivity = "a"});
  EXPECT_EQ(clock.idleFor(45s), 30s);
}

TEST(IdleTime, doesNotPassInASilentCellOfTwoHours) {
  IdleClock clock(0s);
  for (Duration now = 0s; now <= 2h; now += 15s) clock.look(now, {.working = true, .cpuSeconds = 1, .lastActivity = "a"});
  EXPECT_EQ(clock.idleFor(2h), 0s);
}

TEST(IdleTime, doesNotPassWhileSomethingIsComputedThatTheAgentDoesNotTellOf) {
  IdleClock clock(0s);
  clock.look(15s, {.working = false, .cpuSeconds = 1, .lastActivity = "a"});
  clock.look(30s, {.working = false, .cpuSeconds = 2, .lastActivity = "a"});
  EXPECT_EQ(clock.idleFor(30s), 0s);
  clock.look(45s, {.working = false, .cpuSeconds = 2.5, .lastActivity = "a"});  // a thirtieth of a processor: the page is open
  EXPECT_EQ(clock.idleFor(45s), 15s);
}

TEST(IdleTime, beginsAnewWithAShortCellBetweenTwoLooks) {
  IdleClock clock(0s);
  clock.look(15s, {.working = false, .cpuSeconds = 1, .lastActivity = "a"});
  clock.look(30s, {.working = false, .cpuSeconds = 1, .lastActivity = "b"});
  EXPECT_EQ(clock.idleFor(30s), 0s);
}

// ---- runtimes ----

// What an agent says of its kernels and terminals.
class FakeAgent final : public net::Handler {
 public:
  FakeAgent(Executor executor, std::string path) : server_(std::move(executor), *this), path_(std::move(path)) {
    check(server_.listen(net::UnixEndpoint{.path = path_}).has_value(), "a socket in a fresh folder can be listened on");
  }
  Task<> stop() { co_await server_.stop(1s); }
  Task<net::Answer> handle(net::Request request) override {
    if (request.path == "/api/kernels") co_return net::jsonResponse(200, kernels);
    if (request.path == "/api/terminals") co_return net::jsonResponse(200, terminals);
    co_return net::jsonResponse(200, "{}");
  }
  std::string kernels = "[]";
  std::string terminals = "[]";

 private:
  net::HttpServer server_;
  std::string path_;
};

// Starts runtimes whose agent is always the same.
class FakeEngine final : public engines::Engine {
 public:
  FakeEngine(const Clock& clock, std::string agent) : clock_(clock), agent_(std::move(agent)) {}
  Task<Result<engines::RunningRuntime>> start(engines::RuntimeDemand demand) override {
    running.push_back({.id = demand.id,
        .owner = demand.owner,
        .agent = net::UnixEndpoint{.path = agent_},
        .limits = demand.limits,
        .startedAt = clock_.now()});
    co_return running.back();
  }
  Task<Result<>> stop(RuntimeId id, Duration) override {
    if (std::erase_if(running, [&](const auto& one) { return one.id == id; }) == 0) co_return fail(Code::NotFound, "it does not run");
    news(engines::RuntimeEnded{.id = id, .reason = engines::EndReason::Stopped, .sentence = "You stopped it.", .cpuSeconds = cpuSeconds});
    co_return Result<>{};
  }
  Task<Result<std::vector<engines::RunningRuntime>>> list() override { co_return running; }
  Task<Result<Usage>> usage(RuntimeId) override { co_return Usage{.cpuSeconds = cpuSeconds}; }
  Task<Result<std::vector<engines::DeviceKind>>> listDevices() override { co_return devices; }
  void observe(link::Observe) override {}
  Task<Result<>> restrain(engines::Restrain) override { co_return Result<>{}; }
  void onNews(std::function<void(const engines::News&)> to) override { news = std::move(to); }
  void begin() override { news(engines::EngineReachable{}); }
  Task<> close() override { co_return; }

  std::vector<engines::RunningRuntime> running;
  std::vector<engines::DeviceKind> devices;
  std::function<void(const engines::News&)> news;
  double cpuSeconds = 0;

 private:
  const Clock& clock_;
  std::string agent_;
};

// The word for the end of the one that ended last.
std::string lastEnd(const Runtimes& runtimes, const AccountId& of) {
  for (const auto& runtime : runtimes.list(of)) {
    if (runtime.state == RuntimeState::Stopped) return runtime.reason;
  }
  return {};
}

constexpr std::int64_t kGb = std::int64_t{1} << 30;

// One server's life with runtimes; a second one over the same engine and database is a restart.
struct Server {
  Server(Executor executor, FakeEngine& engine, store::Database& database, FakeClock& clock, const quota::Tier& free, std::int64_t room)
      : journal(database, clock),
        groups(database, journal, clock),
        ledger(database, groups, journal, clock, quota::TierBook::plain(free)),
        admission(executor, clock, room),
        runtimes(executor, {database, engine, ledger, admission, journal}, clock, {.python = "/python"}),
        care(executor, runtimes, ledger, admission, clock),
        ended(executor) {
    runtimes.onChange([this](std::shared_ptr<Agent> agent, AccountId of) { return care.found(std::move(agent), std::move(of)); },
        [this](const Runtime& runtime, std::optional<double> cpuSeconds) {
          care.ended(runtime, cpuSeconds);
          ends.push_back(runtime);
          ended.notifyAll();
        });
    runtimes.begin();
    engine.begin();
  }
  Task<> close() {
    co_await care.close();
    co_await runtimes.close();
  }
  Task<Runtime> nextEnd() {
    while (ends.empty()) co_await ended.wait();
    auto one = std::move(ends.front());
    ends.pop_front();
    co_return one;
  }

  journal::Journal journal;
  groups::Groups groups;
  quota::Ledger ledger;
  quota::Admission admission;
  Runtimes runtimes;
  Care care;
  std::deque<Runtime> ends;
  Notifier ended;
};

class RuntimesOf : public ::testing::Test {
 public:
  RuntimesOf() {
    free.memory.bytes = 2 * kGb;
    free.disk.bytes = 5 * kGb;
    free.cpus = 1;
    free.unitsPerCpuHour = 1;
    free.unitsPerGbHour = 0;
  }

  void run(Task<> scenario) {
    loop.run([](RuntimesOf* self, Task<> inner) -> Task<int> {
      co_await std::move(inner);
      co_await self->scope.close();
      if (self->server) co_await self->server->close();
      co_await self->agent.stop();
      co_return 0;
    }(this, std::move(scenario)));
  }
  void open(std::int64_t room = 100 * kGb) { server = std::make_unique<Server>(loop.executor(), engine, *database, clock, free, room); }

  Task<RuntimeId> start(AccountId of) {
    while (!server->runtimes.knows()) co_await asio::post(loop.executor(), asio::use_awaitable);
    const auto started = co_await server->runtimes.start(of);
    check(started.has_value(), "the runtime starts");
    co_return (*started)->runtime();
  }
  Task<> ask(AccountId of, std::optional<Result<std::shared_ptr<Agent>>>* into) {
    into->emplace(co_await server->runtimes.start(of));
    answered.notifyAll();
  }
  // Lets time pass in steps of the looks, and everything happen that is due.
  Task<> pass(Duration time) {
    for (const auto end = clock.sinceStart() + time; clock.sinceStart() < end;) {
      clock.advance(std::min<Duration>(15s, end - clock.sinceStart()));
      co_await settle();
    }
  }
  // Until something holds that needs sockets or the database.
  Task<> until(std::function<bool()> holds) {
    for (int tries = 0; tries < 100'000 && !holds(); ++tries) {
      asio::steady_timer timer(loop.executor(), 100us);
      co_await timer.async_wait(asio::use_awaitable);
    }
    check(holds(), "what the test waits for comes");
  }
  // Until every runtime has been looked at, and each that looks sleeps again.
  Task<> settle() {
    return until([this] { return clock.sleepers() == engine.running.size(); });
  }
  // What the ledger has of her once it has written down `milliunits`, give or take what is rounded.
  Task<std::vector<quota::UsageEntry>> entriesOf(AccountId of, double milliunits) {
    for (int tries = 0; tries < 10'000; ++tries) {
      auto entries = *co_await server->ledger.list(of, Instant{}, 1000);
      double written = 0;
      for (const auto& entry : entries) written += static_cast<double>(entry.milliunits);
      if (std::abs(written - milliunits) < 5) co_return entries;
    }
    ADD_FAILURE() << "the ledger does not come to " << milliunits;
    co_return std::vector<quota::UsageEntry>{};
  }
  Task<RuntimeState> state(AccountId of, RuntimeState wanted) {
    for (int tries = 0; tries < 2000; ++tries) {
      const auto all = server->runtimes.list(of);
      if (!all.empty() && all.front().state == wanted) break;
      co_await asio::post(loop.executor(), asio::use_awaitable);
    }
    const auto all = server->runtimes.list(of);
    co_return all.empty() ? RuntimeState::Stopped : all.front().state;
  }

  net::EventLoop loop;
  testing::TemporaryFolder folder;
  FakeClock clock;
  quota::Tier free;
  std::unique_ptr<store::Database> database = *store::Database::open("sqlite::memory:", migrations());
  FakeEngine engine{clock, folder.path() / "agent.sock"};
  FakeAgent agent{loop.executor(), folder.path() / "agent.sock"};
  std::unique_ptr<Server> server;
  Notifier answered{loop.executor()};
  TaskScope scope{loop.executor()};
  AccountId ada = AccountId::make();
  AccountId bob = AccountId::make();
  AccountId eve = AccountId::make();
};

TEST_F(RuntimesOf, aFullMachineWaitInAQueueAndComeInTurn) {
  open(2 * kGb);
  run([](RuntimesOf* self) -> Task<> {
    auto& runtimes = self->server->runtimes;
    const auto first = co_await self->start(self->ada);
    std::optional<Result<std::shared_ptr<Agent>>> bobs;
    self->scope.spawn("bob", self->ask(self->bob, &bobs));
    EXPECT_EQ(co_await self->state(self->bob, RuntimeState::Queued), RuntimeState::Queued);
    const auto queued = runtimes.list(self->bob).front();
    EXPECT_EQ(runtimes.placeOf(queued.id)->number, 1U);
    const auto looked = runtimes.find(self->bob);
    EXPECT_TRUE(looked && *looked == nullptr) << "nothing of his runs yet";
    EXPECT_TRUE(co_await runtimes.stop(self->ada, first));
    while (!bobs) co_await self->answered.wait();
    EXPECT_TRUE(bobs->has_value());
    EXPECT_EQ(self->engine.running.size(), 1U);
    std::vector<std::string> names;
    for (const auto& event : *co_await self->server->journal.list({.subject = queued.id.text(), .name = {}})) names.push_back(event.name);
    std::ranges::reverse(names);
    EXPECT_EQ(names, (std::vector<std::string>{"runtime.requested", "runtime.queued", "runtime.admitted", "runtime.readied"}));
  }(this));
}

TEST_F(RuntimesOf, onePersonHaveNamesAndAsManyAsTheTierAllows) {
  free.runtimes = 2;
  open();
  run([](RuntimesOf* self) -> Task<> {
    auto& runtimes = self->server->runtimes;
    const auto first = co_await self->start(self->ada);
    const auto second = co_await runtimes.start(self->ada, "long one");
    EXPECT_NE((*second)->runtime(), first);
    EXPECT_EQ((*co_await runtimes.start(self->ada, "long one"))->runtime(), (*second)->runtime());
    const auto third = co_await runtimes.start(self->ada, "one more");
    EXPECT_EQ(third.error().code, Code::OverLimit);
    EXPECT_NE(third.error().message.find("2 runtimes"), std::string::npos);
    EXPECT_TRUE(co_await runtimes.stop(self->ada, first));
    EXPECT_EQ(*runtimes.find(self->ada), nullptr);
    EXPECT_EQ((*runtimes.find(self->ada, "long one"))->runtime(), (*second)->runtime()) << "the other one goes on";
    EXPECT_TRUE(co_await runtimes.start(self->ada, "one more"));
    EXPECT_EQ(*runtimes.find(self->bob, (*second)->runtime()), nullptr) << "another's";
    EXPECT_EQ((co_await runtimes.stop(self->bob, (*second)->runtime())).error().code, Code::NotFound);
    EXPECT_EQ((co_await runtimes.start(self->ada, std::string(Runtimes::kLongestName + 1, 'x'))).error().code, Code::InvalidInput);
    EXPECT_EQ((co_await runtimes.start(self->ada, "two\nlines")).error().code, Code::InvalidInput);
  }(this));
}

TEST_F(RuntimesOf, onePersonKeepTheirNamesWhenTheServerIsRestarted) {
  open();
  run([](RuntimesOf* self) -> Task<> {
    const auto shared = co_await self->start(self->ada);
    const auto named = (*co_await self->server->runtimes.start(self->ada, "a name"))->runtime();
    EXPECT_EQ((co_await self->server->runtimes.rename(self->ada, named, "")).error().code, Code::InvalidInput);
    EXPECT_EQ((co_await self->server->runtimes.rename(self->bob, named, "mine")).error().code, Code::NotFound);
    EXPECT_TRUE(co_await self->server->runtimes.rename(self->ada, named, "another"));
    EXPECT_EQ(*self->server->runtimes.find(self->ada, "a name"), nullptr);
    EXPECT_EQ((co_await self->server->runtimes.rename(self->ada, shared, "another")).error().code, Code::Conflict);
    co_await self->server->close();
    self->open();
    while (!self->server->runtimes.knows()) co_await asio::post(self->loop.executor(), asio::use_awaitable);
    EXPECT_EQ((*self->server->runtimes.find(self->ada))->runtime(), shared);
    EXPECT_EQ((*self->server->runtimes.find(self->ada, "another"))->runtime(), named);
  }(this));
}

TEST_F(RuntimesOf, onePersonAreRememberedUpToABound) {
  open();
  run([](RuntimesOf* self) -> Task<> {
    auto& runtimes = self->server->runtimes;
    co_await self->start(self->ada);
    for (std::size_t at = 0; at < 2 * Runtimes::kMostNames; ++at) {
      const auto started = co_await runtimes.start(self->ada, fmt::format("number {}", at));
      EXPECT_TRUE(co_await runtimes.stop(self->ada, (*started)->runtime()));
    }
    EXPECT_LE(runtimes.list(self->ada).size(), Runtimes::kMostNames);
  }(this));
}

TEST_F(RuntimesOf, whoLeavesTheQueueIsToldSo) {
  open(2 * kGb);
  run([](RuntimesOf* self) -> Task<> {
    auto& runtimes = self->server->runtimes;
    co_await self->start(self->ada);
    std::optional<Result<std::shared_ptr<Agent>>> bobs;
    self->scope.spawn("bob", self->ask(self->bob, &bobs));
    EXPECT_EQ(co_await self->state(self->bob, RuntimeState::Queued), RuntimeState::Queued);
    EXPECT_TRUE(co_await runtimes.stop(self->bob, runtimes.list(self->bob).front().id));
    while (!bobs) co_await self->answered.wait();
    EXPECT_EQ(bobs->error().code, Code::Cancelled);
    EXPECT_EQ(lastEnd(runtimes, self->bob), "cancelled");
    EXPECT_EQ(self->engine.running.size(), 1U);
    EXPECT_EQ(self->server->admission.waiting(), 0U);
  }(this));
}

TEST_F(RuntimesOf, whoDoesNothingEndAfterTheIdleTimeAnnouncedBefore) {
  free.idle = 1h;
  open();
  run([](RuntimesOf* self) -> Task<> {
    const auto id = co_await self->start(self->ada);
    co_await self->pass(30min);
    const auto outlook = self->server->care.outlookOf(id);
    EXPECT_NEAR(static_cast<double>((*outlook.idleEndsAt - self->clock.now()).count()), 30.0 * 60'000, 60'000);
    EXPECT_FALSE(outlook.neededByOthers);
    EXPECT_TRUE(self->server->care.keep(self->ada, id));
    EXPECT_EQ(self->server->care.keep(self->bob, id).error().code, Code::NotFound);
    co_await self->pass(50min);
    EXPECT_EQ(self->server->runtimes.list(self->ada).front().state, RuntimeState::Ready) << "it was kept";
    co_await self->pass(11min);
    const auto ended = co_await self->server->nextEnd();
    EXPECT_EQ(ended.reason, "idle");
    EXPECT_NE(ended.message.find("Nothing had run here for 60 minutes"), std::string::npos) << ended.message;
  }(this));
}

TEST_F(RuntimesOf, oneIsKnownForTheLastHour) {
  free.idle = 0h;
  open();
  run([](RuntimesOf* self) -> Task<> {
    const auto id = co_await self->start(self->ada);
    co_await self->pass(10min);
    EXPECT_NEAR(static_cast<double>(self->server->care.lastHour(self->ada, id).size()), 40, 2);
    co_await self->pass(100min);
    const auto looks = self->server->care.lastHour(self->ada, id);
    EXPECT_NEAR(static_cast<double>(looks.size()), 240, 2);
    EXPECT_LE(self->clock.now() - looks.front().at, 1h);
    EXPECT_TRUE(self->server->care.lastHour(self->bob, id).empty());
  }(this));
}

TEST_F(RuntimesOf, whoWorkAreNeverIdle) {
  free.idle = 1h;
  open();
  run([](RuntimesOf* self) -> Task<> {
    self->agent.kernels = R"([{"id":"k","name":"python3","last_activity":"then","execution_state":"busy"}])";
    const auto id = co_await self->start(self->ada);
    co_await self->pass(61min);
    EXPECT_EQ(self->server->care.outlookOf(id).idleEndsAt, std::nullopt);
    self->agent.kernels = "[]";
    self->agent.terminals = R"([{"name":"1","last_activity":"then","busy":true}])";
    co_await self->pass(61min);
    EXPECT_EQ(self->server->runtimes.list(self->ada).front().state, RuntimeState::Ready);
    self->agent.terminals = R"([{"name":"1","last_activity":"then","busy":false}])";
    co_await self->pass(62min);
    EXPECT_EQ((co_await self->server->nextEnd()).reason, "idle");
  }(this));
}

TEST_F(RuntimesOf, whoAreIdleMakeRoomForWhoWaitAfterANotice) {
  free.idle = 90min;
  free.idleWhenNeeded = 10min;
  open(4 * kGb);
  run([](RuntimesOf* self) -> Task<> {
    const auto adas = co_await self->start(self->ada);
    co_await self->pass(20min);
    const auto bobs = co_await self->start(self->bob);
    co_await self->pass(1min);
    std::optional<Result<std::shared_ptr<Agent>>> eves;
    self->scope.spawn("eve", self->ask(self->eve, &eves));
    EXPECT_EQ(co_await self->state(self->eve, RuntimeState::Queued), RuntimeState::Queued);
    co_await self->pass(1min);
    EXPECT_TRUE(self->server->care.outlookOf(adas).neededByOthers) << "she is idle longest";
    EXPECT_FALSE(self->server->care.outlookOf(bobs).neededByOthers) << "one waits, so one has to go";
    EXPECT_EQ(self->server->ends.size(), 0U) << "never without notice";
    co_await self->pass(2min);
    const auto ended = co_await self->server->nextEnd();
    EXPECT_EQ(ended.id, adas);
    EXPECT_EQ(ended.reason, "needed");
    while (!eves) co_await self->answered.wait();
    EXPECT_TRUE(eves->has_value());
  }(this));
}

TEST_F(RuntimesOf, goOnOrEndByUnitsThatWereGivenOrTakenAMomentAgo) {
  free.units = 2;
  free.idle = 0s;
  open();
  run([](RuntimesOf* self) -> Task<> {
    co_await self->start(self->ada);
    co_await self->pass(118min);
    EXPECT_TRUE(co_await self->server->ledger.correct(self->ada, 2, "a gift"));
    co_await self->pass(4min);
    EXPECT_EQ(self->server->ends.size(), 0U);
    EXPECT_TRUE(co_await self->server->ledger.correct(self->ada, -2, "taken again"));
    co_await self->pass(1min);
    const auto ended = co_await self->server->nextEnd();
    EXPECT_EQ(ended.reason, "quota");
  }(this));
}

TEST_F(RuntimesOf, whoHaveUsedUpTheirUnitsEndAndStartAgainWhenTheyAreFull) {
  free.units = 2;
  free.idle = 0s;
  open();
  run([](RuntimesOf* self) -> Task<> {
    const auto id = co_await self->start(self->ada);
    const auto outlook = self->server->care.outlookOf(id);
    EXPECT_EQ(*outlook.unitsEndAt - self->clock.now(), Duration(2h));
    co_await self->pass(121min);
    const auto ended = co_await self->server->nextEnd();
    EXPECT_EQ(ended.reason, "quota");
    co_await self->entriesOf(self->ada, 2004);  // the look that ended it came within 15 s
    std::optional<Result<std::shared_ptr<Agent>>> again;
    co_await self->ask(self->ada, &again);
    EXPECT_EQ(again->error().code, Code::OverLimit);
    EXPECT_NE(again->error().message.find("your 2.0 compute units of this period are used up"), std::string::npos);
    EXPECT_EQ(lastEnd(self->server->runtimes, self->ada), "quota");
    self->clock.advance(std::chrono::hours{7 * 24});
    co_await self->ask(self->ada, &again);
    EXPECT_TRUE(again->has_value());
  }(this));
}

TEST_F(RuntimesOf, oneAreCountedToTheSecondThroughACrashOfTheServer) {
  free.idle = 0s;
  open();
  run([](RuntimesOf* self) -> Task<> {
    const auto id = co_await self->start(self->ada);
    self->engine.cpuSeconds = 90;
    co_await self->pass(12min);
    co_await self->server->close();  // nothing is written at its end: a crash would not have done so either
    self->clock.advance(9min);
    self->open();
    while (!self->server->runtimes.knows()) co_await asio::post(self->loop.executor(), asio::use_awaitable);
    EXPECT_EQ(self->server->admission.promised(), 2 * kGb);
    co_await self->pass(9min);
    self->engine.cpuSeconds = 120;
    EXPECT_TRUE(co_await self->server->runtimes.stop(self->ada, id));
    const auto entries = co_await self->entriesOf(self->ada, 500);  // half an hour of one processor
    std::int64_t cpuMs = 0;
    Duration time{0};
    for (const auto& entry : entries) {
      cpuMs += entry.cpuMs;
      time += entry.ended - entry.began;
    }
    EXPECT_EQ(time, Duration(30min));
    EXPECT_EQ(cpuMs, 120'000);
  }(this));
}

TEST_F(RuntimesOf, oneIsNotChargedForALeapOfTheClock) {
  free.idle = 0s;
  open();
  run([](RuntimesOf* self) -> Task<> {
    const auto id = co_await self->start(self->ada);
    co_await self->pass(2min);
    self->clock.jump(std::chrono::hours{300});
    co_await self->pass(2min);
    EXPECT_TRUE(co_await self->server->runtimes.stop(self->ada, id));
    EXPECT_FALSE((co_await self->entriesOf(self->ada, 1000 * 4 / 60.0)).empty());
  }(this));
}

TEST_F(RuntimesOf, oneThatTheOperatorStopsSaysWhy) {
  open();
  run([](RuntimesOf* self) -> Task<> {
    const auto id = co_await self->start(self->ada);
    EXPECT_TRUE(co_await self->server->runtimes.stopBecause(self->ada, id, "stopped_by_operator", "The machine gets new memory tonight."));
    const auto ended = co_await self->server->nextEnd();
    EXPECT_EQ(ended.reason, "stopped_by_operator");
    EXPECT_EQ(ended.message, "The machine gets new memory tonight.");
    const auto next = co_await self->start(self->ada);
    EXPECT_TRUE(co_await self->server->runtimes.stop(self->ada, next));
    EXPECT_EQ((co_await self->server->nextEnd()).reason, "stopped") << "that reason was the other one's";
  }(this));
}

}  // namespace
}  // namespace allmende::runtimes
