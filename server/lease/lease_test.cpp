#include "server/lease/lease.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include "lib/base/testing.h"

namespace allmende::lease {
namespace {

// A server with a clock of its own, on the database of all.
struct Server {
  Server(const Executor& executor, const std::string& url, Pace pace, Process process)
      : database(*store::Database::connect(url)), lease(executor, *database, clock, pace, std::move(process)) {
    check(lease.prepare().has_value(), "a database can be prepared");
  }
  FakeClock clock;
  std::unique_ptr<store::Database> database;
  Lease lease;
};

Process living() { return thisProcess(); }
Process elsewhere() {
  auto process = thisProcess();
  process.boot = "another machine";
  return process;
}
Process dead() {
  auto process = thisProcess();
  process.startedAt += 1;  // the id was given to another one since
  return process;
}

class Leases : public ::testing::Test {
 public:
  void run(Task<> (Leases::*scenario)()) { loop_.run(around(scenario)); }
  Task<int> around(Task<> (Leases::*scenario)()) {
    co_await (this->*scenario)();
    for (auto& server : servers_) co_await server->lease.release();
    co_return 0;
  }

  Server& add(Process process, Pace pace = kWatched) {
    return *servers_.emplace_back(std::make_unique<Server>(loop_.executor(), url_, pace, std::move(process)));
  }

  Task<> takeSlowly(Server& server) {  // NOLINT: lives in servers_
    co_await server.lease.await();
    hasTaken_ = true;
  }
  // Lets a server's time pass in steps, each once it sleeps.
  Task<> pass(Server& server, Duration time) {  // NOLINT: lives in servers_
    for (Duration past{0}; past < time && !hasTaken_; past += 250ms) {
      while (server.clock.sleepers() == 0 && !hasTaken_) co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
      server.clock.advance(250ms);
    }
    while (server.clock.sleepers() == 0 && !hasTaken_) co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
  }
  // Lets the time of both pass, that of the second only after the first has beaten, until it is cancelled.
  static Task<> passBoth(Server& first, Server& second) {  // NOLINT: both live in servers_
    for (std::int64_t seen = 0;;) {
      first.clock.advance(kWatched.beat);
      const auto rows = co_await first.database->query("SELECT beat FROM lease_beats");
      const auto beat = (*rows)[0].number(0);
      if (std::exchange(seen, beat) != beat && second.clock.sleepers() > 0) second.clock.advance(250ms);
    }
  }
  static Task<bool> canWrite(Server& server) {  // NOLINT: lives in servers_
    co_return (co_await server.database->change("CREATE TABLE IF NOT EXISTS written (id BIGINT)")).has_value();
  }

  Task<> oneServes();
  Task<> letsGo();
  Task<> isGoneFromThisMachine();
  Task<> fallsSilent();
  Task<> hangsHere();
  Task<> beats();
  Task<> isRefused();

  testing::TemporaryFolder folder_;
  std::string url_ = "sqlite:" + (folder_.path() / "one.db").string();
  net::EventLoop loop_;
  std::vector<std::unique_ptr<Server>> servers_;
  bool hasTaken_ = false;
};

Task<> Leases::oneServes() {
  auto& first = add(living());
  auto& second = add(living());
  EXPECT_EQ(co_await first.lease.takeIfFree(), true);
  EXPECT_EQ(co_await second.lease.takeIfFree(), false);
  EXPECT_EQ(second.lease.place(), std::nullopt);
  EXPECT_TRUE(co_await first.lease.announce({{"127.0.0.1", 4711}, "secret"}));
  EXPECT_EQ(co_await second.lease.takeIfFree(), false);
  EXPECT_EQ(second.lease.place().value().where.port, 4711);
  EXPECT_EQ(second.lease.place().value().secret, "secret");
}

Task<> Leases::letsGo() {
  auto& first = add(living());
  auto& second = add(living());
  EXPECT_EQ(co_await first.lease.takeIfFree(), true);
  co_await first.lease.release();
  EXPECT_EQ(co_await second.lease.takeIfFree(), true);
  EXPECT_FALSE(co_await canWrite(first));
  EXPECT_TRUE(co_await canWrite(second));
}

Task<> Leases::isGoneFromThisMachine() {
  EXPECT_EQ(co_await add(dead()).lease.takeIfFree(), true);
  EXPECT_EQ(co_await add(elsewhere()).lease.takeIfFree(), true);
  EXPECT_EQ(co_await add(living()).lease.takeIfFree(), false);  // of that one nobody here knows
}

Task<> Leases::fallsSilent() {
  auto& first = add(elsewhere());
  auto& second = add(living());
  EXPECT_EQ(co_await first.lease.takeIfFree(), true);
  TaskScope scope(loop_.executor());
  scope.spawn("second", takeSlowly(second));
  co_await pass(second, kWatched.silence - 250ms);
  EXPECT_FALSE(hasTaken_);
  co_await pass(second, 1s);
  EXPECT_TRUE(hasTaken_);
  EXPECT_FALSE(co_await canWrite(first));  // whatever it still had in mind
  EXPECT_TRUE(co_await canWrite(second));
  bool isLost = false;
  first.lease.keep([&isLost] { isLost = true; });
  while (!isLost) co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
  co_await first.lease.release();
  EXPECT_TRUE(co_await canWrite(second));  // it lets go of what is its own only
  co_await scope.close();
}

Task<> Leases::hangsHere() {
  const auto child = ::fork();
  if (child == 0) {
    ::pause();
    ::_exit(0);
  }
  auto& first = add(processOf(child));
  auto& second = add(living());
  EXPECT_EQ(co_await first.lease.takeIfFree(), true);
  TaskScope scope(loop_.executor());
  scope.spawn("second", takeSlowly(second));
  co_await pass(second, kWatched.silence + 1s);
  EXPECT_TRUE(hasTaken_);
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(WTERMSIG(status), SIGKILL);
  EXPECT_TRUE(isGone(processOf(child)) || processOf(child).startedAt == 0);
  co_await scope.close();
}

Task<> Leases::beats() {
  auto& first = add(elsewhere());
  auto& second = add(living());
  EXPECT_EQ(co_await first.lease.takeIfFree(), true);
  first.lease.keep([] { ADD_FAILURE(); });
  TaskScope scope(loop_.executor());
  scope.spawn("second", takeSlowly(second));
  for (int second10 = 0; second10 < 10; ++second10) {
    co_await pass(first, kWatched.beat);
    co_await pass(second, kWatched.beat);
  }
  EXPECT_FALSE(hasTaken_);
  co_await scope.close();
}

Task<> Leases::isRefused() {
  auto& first = add(living());
  auto& second = add(living());
  EXPECT_EQ(co_await first.lease.takeIfFree(), true);
  TaskScope scope(loop_.executor());
  scope.spawn("time of both", passBoth(first, second));
  first.lease.keep([] { ADD_FAILURE(); });
  const auto refused = co_await second.lease.take();
  EXPECT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::Conflict);
  EXPECT_TRUE(refused.error().message.contains("stand_by")) << refused.error().message;
  co_await scope.close();
}

TEST_F(Leases, oneServerServesAndTheOthersLearnWhere) { run(&Leases::oneServes); }
TEST_F(Leases, whoeverLetsGoIsFollowedAtOnceAndChangesNothingMore) { run(&Leases::letsGo); }
TEST_F(Leases, aProcessOfThisMachineThatIsGoneIsFollowedAtOnce) { run(&Leases::isGoneFromThisMachine); }
TEST_F(Leases, aHolderThatFallsSilentIsFollowedAndChangesNothingMore) { run(&Leases::fallsSilent); }
TEST_F(Leases, aHolderOfThisMachineThatHangsIsKilledFirst) { run(&Leases::hangsHere); }
TEST_F(Leases, aHolderThatBeatsIsLeftAlone) { run(&Leases::beats); }
TEST_F(Leases, whoDoesNotStandByIsToldWhoServes) { run(&Leases::isRefused); }

}  // namespace
}  // namespace allmende::lease
