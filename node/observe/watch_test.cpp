#include "node/observe/watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "lib/base/testing.h"

namespace allmende::observe {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const link::Observe kWhat{.programs = {"john", "ssh", "sshd", "faceswap.py"},
    .flags = {"-R", "-L", "--donate-level"},
    .telling = {"--donate-level", "stratum+tcp"}};

TEST(OfAProgram, nothingIsToldThatNoRuleNames) {
  EXPECT_EQ(tellOf("/usr/bin/python3.11", {"python3", "train.py", "--secret=x", "/home/me/data"}, kWhat), Program{});
  EXPECT_EQ(tellOf("/usr/bin/ls", {"ls", "-R", "/"}, kWhat), Program{});
  EXPECT_EQ(tellOf("", {}, kWhat), Program{});
}

TEST(OfAProgram, itsNameIsToldWhateverTheFileIsCalledInItsArguments) {
  EXPECT_EQ(tellOf("/opt/john", {"python3", "x"}, kWhat).name, "john");
  EXPECT_EQ(tellOf("/usr/sbin/sshd (deleted)", {"sshd: me"}, kWhat).name, "sshd");
  EXPECT_EQ(tellOf("/usr/bin/python3.11", {"python3", "-u", "/content/faceswap.py", "train"}, kWhat).name, "faceswap.py");
}

TEST(OfAProgram, flagsAreToldByNameAndNeverWithAValue) {
  EXPECT_THAT(tellOf("/usr/bin/ssh", {"ssh", "-NR", "2222:localhost:22", "me@host"}, kWhat).flags, ElementsAre("-R"));
  EXPECT_THAT(tellOf("/usr/bin/ssh", {"ssh", "-R2222:localhost:22", "me@host"}, kWhat).flags, ElementsAre("-R"));
  // -l takes a value, which begins with what looks like a flag.
  EXPECT_THAT(tellOf("/usr/bin/ssh", {"ssh", "-lRoot", "host"}, kWhat).flags, IsEmpty());
  const auto miner = tellOf("/content/train", {"train", "-o", "stratum+tcp://me:secret@pool:3333", "--donate-level=1"}, kWhat);
  EXPECT_EQ(miner.name, "train");
  EXPECT_THAT(miner.flags, ElementsAre("stratum+tcp", "--donate-level"));
}

TEST(OfARuntime, programsAreSeenWhileTheyRunAndForgottenBehind) {
  allmende::testing::TemporaryFolder folder;
  // A program of that name: `sleep` under another.
  const auto john = folder.path() / "john";
  std::filesystem::copy("/bin/sleep", john);
  const auto child = ::fork();
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::execl(john.c_str(), "python3", "60", nullptr);
    ::_exit(1);
  }
  Programs programs;
  std::vector<Program> seen;
  // Until the child has become that program.
  for (int tries = 0; tries < 5000 && seen.empty(); ++tries) {
    ::usleep(1000);
    seen = programs.look({child}, kWhat, 1s);
  }
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen[0].name, "john");
  EXPECT_NEAR(programs.look({child}, kWhat, 62s).at(0).seconds, seen[0].seconds + 61, 0.01);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_THAT(programs.look({child}, kWhat, 63s), IsEmpty());
}

TEST(AWindow, saysHowMuchWasAddedLately) {
  Window window(60s, 10s);
  window.add(0s, 100);
  EXPECT_EQ(window.growth(), 0);
  for (int second = 10; second <= 300; second += 10) window.add(std::chrono::seconds(second), 100 + second);
  EXPECT_EQ(window.growth(), 60);
  window.add(310s, 5);  // what counts has begun anew
  EXPECT_EQ(window.growth(), 0);
  window.add(320s, 25);
  EXPECT_EQ(window.growth(), 20);
}

TEST(OfANetwork, ordinaryUseIsNotToldAndAFloodIs) {
  Watch watch;
  EXPECT_THAT(watch.look({}, NetworkCounts{.sent = 1000, .received = 100'000}, {}, 1s), IsEmpty());
  EXPECT_THAT(watch.look({}, NetworkCounts{.sent = 50'000'000, .received = 900'000'000, .refused = 5}, {}, 10s), IsEmpty());
  const auto told =
      watch.look({}, NetworkCounts{.sent = 60'000'000, .received = 900'000'000, .refused = 4005, .refusedPlaces = 1}, {}, 20s);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].at("network.refused").to_number<double>(), 4000);
  EXPECT_EQ(told[0].at("network.refused_minute").to_number<double>(), 4005);
  EXPECT_EQ(told[0].at("network.refused_places").to_number<double>(), 1);
}

TEST(OfANetwork, whatWasCountedBeforeTheFirstLookIsTold) {
  Watch watch;
  const auto told = watch.look({}, NetworkCounts{.spoofed = 500}, {}, 9s);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].at("network.spoofed").to_number<double>(), 500);
}

}  // namespace
}  // namespace allmende::observe
