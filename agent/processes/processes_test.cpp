#include "agent/processes/processes.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/this_coro.hpp>
#include <csignal>
#include <fstream>
#include <sstream>

#include "lib/base/testing.h"

namespace allmende::processes {
namespace {

std::string contentOf(const std::filesystem::path& file) {
  std::ifstream stream(file);
  std::stringstream text;
  text << stream.rdbuf();
  return text.str();
}

// A house of processes for one test.
struct House {
  explicit House(Executor executor, User user = userOf(0, 0)) : pool("test", 1, 8), processes(executor, pool, user) { processes.begin(); }
  net::Pool pool;
  Processes processes;
};

Program shell(std::string script, std::map<std::string, std::string> variables = {}) {
  variables["PATH"] = "/usr/bin:/bin";
  return {.argv = {"sh", "-c", std::move(script)}, .environment = std::move(variables)};
}

Task<Result<Ended>> runToItsEnd(Program program) {
  House house(co_await asio::this_coro::executor);
  CO_TRY(const auto process, house.processes.start(std::move(program)));
  const auto ended = co_await process->wait();
  co_await house.processes.stop();
  co_return ended;
}

TEST(Processes, tellHowAProgramEnded) {
  EXPECT_EQ(testing::await(runToItsEnd(shell("exit 3"))).value(), (Ended{3, 0}));
  EXPECT_EQ(testing::await(runToItsEnd(shell("kill -9 $$"))).value(), (Ended{0, SIGKILL}));
  EXPECT_EQ((Ended{0, SIGKILL}).describe(), "was killed by signal 9 (SIGKILL)");
}

TEST(Processes, nameWhatCannotBeStarted) {
  const auto failureOf = [](Program program) { return testing::await(runToItsEnd(std::move(program))).error(); };
  EXPECT_EQ(failureOf({.argv = {"no-such-program"}}).message, "the program 'no-such-program' does not exist");
  EXPECT_EQ(failureOf({.argv = {"/no/such"}}).message, "'/no/such' cannot be started: No such file or directory");
  EXPECT_EQ(failureOf({.argv = {"/bin/true"}, .directory = "/no/such"}).message,
      "the folder '/no/such' cannot be entered: No such file or directory");
}

TEST(Processes, startWithTheirOwnEnvironmentAndNoneOfOurDescriptors) {
  const testing::TemporaryFolder folder;
  const auto file = folder.path() / "out";
  const int ours = ::open("/dev/null", O_RDONLY);  // not close-on-exec
  const int out = ::open(file.c_str(), O_CREAT | O_WRONLY, 0600);
  auto program = shell("echo $GREETING; ls /proc/self/fd | wc -l", {{"GREETING", "moin"}});
  program.output = out;
  EXPECT_TRUE(testing::await(runToItsEnd(std::move(program))).has_value());
  ::close(ours);
  ::close(out);
  EXPECT_EQ(contentOf(file), "moin\n4\n");  // 0, 1, 2, and the one ls reads the folder through
}

TEST(Processes, areEndedBeforeTheAgentWhenMemoryRunsOut) {
  const testing::TemporaryFolder folder;
  const auto file = folder.path() / "out";
  const int out = ::open(file.c_str(), O_CREAT | O_WRONLY, 0600);
  auto program = shell("cat /proc/self/oom_score_adj");
  program.output = out;
  EXPECT_TRUE(testing::await(runToItsEnd(std::move(program))).has_value());
  ::close(out);
  EXPECT_EQ(contentOf(file), "1000\n");
  EXPECT_LT(std::stoi(contentOf("/proc/self/oom_score_adj")), 1000);
}

Task<bool> leavesNoneBehind() {
  House house(co_await asio::this_coro::executor);
  // A daemon in a session of its own, which nobody's process group reaches.
  const testing::TemporaryFolder folder;
  const auto file = folder.path() / "pid";
  auto program = shell(
      fmt::format("setsid sh -c 'echo $$ > {0}.new; mv {0}.new {0}; sleep 600' & while [ ! -f {0} ]; do sleep 0.01; done", file.string()),
      {{"TEST_MARK", folder.path().string()}});
  const auto process = house.processes.start(std::move(program)).value();
  co_await process->wait();
  const auto daemon = std::stoi(contentOf(file));
  const bool ran = ::kill(daemon, 0) == 0;
  co_await house.processes.killAll(fmt::format("TEST_MARK={}", folder.path().string()), process->pid());
  co_await house.processes.stop();
  const auto stat = contentOf(fmt::format("/proc/{}/stat", daemon));
  co_return ran && (stat.empty() || stat.contains(") Z"));
}

TEST(Processes, endWithWhatTheyStartedAndForgot) { EXPECT_TRUE(testing::await(leavesNoneBehind())); }

TEST(Processes, areTheKernelsUserWithoutAnyCapability) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can become somebody else";
  const testing::TemporaryFolder folder;
  const auto file = folder.path() / "out";
  const int out = ::open(file.c_str(), O_CREAT | O_WRONLY, 0600);
  const auto run = [out]() -> Task<Ended> {
    House house(co_await asio::this_coro::executor, userOf(1000, 1000));
    auto program = shell("id -u; id -g; grep -E '^(CapEff|CapBnd|NoNewPrivs)' /proc/self/status");
    program.output = out;
    const auto process = house.processes.start(std::move(program)).value();
    const auto ended = co_await process->wait();
    co_await house.processes.stop();
    co_return ended;
  };
  testing::await(run());
  ::close(out);
  EXPECT_EQ(contentOf(file), "1000\n1000\nCapEff:\t0000000000000000\nCapBnd:\t0000000000000000\nNoNewPrivs:\t1\n");
}

TEST(ActingAs, seesFilesAsTheUserDoes) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can become somebody else";
  const testing::TemporaryFolder folder;
  std::filesystem::permissions(folder.path(), std::filesystem::perms::owner_all);
  {
    const ActingAs them(userOf(1000, 1000));
    EXPECT_LT(::open((folder.path() / "file").c_str(), O_CREAT | O_WRONLY, 0600), 0);
  }
  const int fd = ::open((folder.path() / "file").c_str(), O_CREAT | O_WRONLY, 0600);
  EXPECT_GE(fd, 0);
  ::close(fd);
}

}  // namespace
}  // namespace allmende::processes
