#include "node/observe/watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cfenv>
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

TEST(OfAProcessor, roundingIsToldWhereItGoesAllFourWaysAndNowhereElse) {
  Watch watch;
  EXPECT_THAT(watch.look({}, {}, {.seconds = 0, .rounding = {}}, {}, {}, 0s), IsEmpty());
  // Interval arithmetic goes two ways, and everything else one.
  EXPECT_THAT(watch.look({}, {}, {.seconds = 10, .rounding = {17, 191, 180, 0}}, {}, {}, 10s), IsEmpty());
  EXPECT_THAT(watch.look({}, {}, {.seconds = 20, .rounding = {900, 191, 180, 0}}, {}, {}, 20s), IsEmpty());
  const auto told = watch.look({}, {}, {.seconds = 30, .rounding = {1000, 291, 280, 100}}, {}, {}, 30s);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].at("cpu.share").to_number<double>(), 1);
  EXPECT_EQ(told[0].at("cpu.rounding_samples").to_number<double>(), 1671);
  EXPECT_NEAR(told[0].at("cpu.rounding_least").to_number<double>(), 100 / 1671.0, 1e-9);
  EXPECT_NEAR(told[0].at("cpu.rounding_others").to_number<double>(), 671 / 1671.0, 1e-9);
}

// Processes that compute with the rounding of their own choice, in a pid namespace of theirs, as a runtime is.
TEST(TheKernel, countsHowEachRuntimeRounds) {
  const auto rounding = Rounding::open();
  if (!rounding) GTEST_SKIP() << rounding.error().message;
  const auto child = ::fork();
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::unshare(CLONE_NEWPID) != 0) ::_exit(1);
    for (int i = 0; i < 4; ++i) {
      if (::fork() != 0) continue;
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      constexpr int kModes[] = {FE_TONEAREST, FE_DOWNWARD, FE_UPWARD, FE_TOWARDZERO};
      for (unsigned round = 0;; ++round) {
        std::fesetround(kModes[round % 4]);
        for (volatile double x = 1; x < 1e5;) x = x + 1;
        if (round % 16 == 0) ::sched_yield();
      }
    }
    ::pause();
  }
  // The namespace of its children, once there are any.
  const auto space = [&] {
    struct stat status{};
    return ::stat(fmt::format("/proc/{}/ns/pid_for_children", child).c_str(), &status) == 0 ? static_cast<std::uint32_t>(status.st_ino) : 0;
  };
  const auto enough = [](const RoundingCounts& counts) { return std::ranges::all_of(counts, [](auto count) { return count >= 5; }); };
  RoundingCounts counts{};
  for (int tries = 0; tries < 3000 && !enough(counts); ++tries) {
    ::usleep(10'000);
    if (const auto inode = space(); inode != pidNamespaceOf(::getpid())) counts = (*rounding)->of(inode);
  }
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(enough(counts)) << fmt::format("{}", fmt::join(counts, " "));
  EXPECT_EQ((*rounding)->of(1), RoundingCounts{});
}

TEST(OfANetwork, ordinaryUseIsNotToldAndAFloodIs) {
  Watch watch;
  EXPECT_THAT(watch.look({}, NetworkCounts{.sent = 1000, .received = 100'000}, {}, {}, {}, 1s), IsEmpty());
  EXPECT_THAT(watch.look({}, NetworkCounts{.sent = 50'000'000, .received = 900'000'000, .refused = 5}, {}, {}, {}, 10s), IsEmpty());
  const auto told =
      watch.look({}, NetworkCounts{.sent = 60'000'000, .received = 900'000'000, .refused = 4005, .refusedPlaces = 1}, {}, {}, {}, 20s);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].at("network.refused").to_number<double>(), 4000);
  EXPECT_EQ(told[0].at("network.refused_minute").to_number<double>(), 4005);
  EXPECT_EQ(told[0].at("network.refused_places").to_number<double>(), 1);
}

TEST(OfANetwork, whatWasCountedBeforeTheFirstLookIsTold) {
  Watch watch;
  const auto told = watch.look({}, NetworkCounts{.spoofed = 500}, {}, {}, {}, 9s);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].at("network.spoofed").to_number<double>(), 500);
}

}  // namespace
}  // namespace allmende::observe
