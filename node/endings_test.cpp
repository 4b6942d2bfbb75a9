#include "node/endings.h"

#include <gtest/gtest.h>

#include <csignal>

namespace allmende::node {
namespace {

EndFacts factsOf(Wish wish) {
  return {.id = *link::RuntimeId::parse("rt_0123456789abcdef0001"),
      .limits = {.memoryBytes = std::int64_t{2} << 30, .lifetimeSeconds = 12 * 3600},
      .wish = wish,
      .memoryPeakBytes = std::int64_t{1536} << 20,
      .cpuSeconds = 3.5};
}

TEST(Ending, ofAStoppedRuntimeCarriesWhatItUsed) {
  const auto facts = factsOf(Wish::Stop);
  EXPECT_EQ(decideEnding(facts), (link::RuntimeEnded{.id = facts.id,
                                     .reason = "stopped",
                                     .sentence = "The runtime was stopped.",
                                     .memoryPeakBytes = std::int64_t{1536} << 20,
                                     .cpuSeconds = 3.5}));
}

TEST(Ending, isWhatWasWishedForHoweverTheAgentThenEnded) {
  auto facts = factsOf(Wish::Stop);
  facts.signal = SIGKILL;
  facts.memoryRanOutLately = true;
  EXPECT_EQ(decideEnding(facts).reason, "stopped");
  facts.wish = Wish::NodeStop;
  EXPECT_EQ(decideEnding(facts).reason, "node_stopped");
}

TEST(Ending, ofAnAgentThatAnotherNodeStartedPretendsToKnowNoStatus) {
  auto facts = factsOf(Wish::None);
  facts.known = false;
  EXPECT_EQ(decideEnding(facts).reason, "exited");
  EXPECT_EQ(decideEnding(facts).sentence, "The runtime ended because its agent ended.");
  facts.memoryRanOutLately = true;
  EXPECT_EQ(decideEnding(facts).reason, "out_of_memory");
}

TEST(Ending, byLifetimeSaysHowLongThatWas) {
  const auto ended = decideEnding(factsOf(Wish::Lifetime));
  EXPECT_EQ(ended.reason, "lifetime");
  EXPECT_EQ(ended.sentence, "The runtime was stopped because it reached its longest lifetime of 12 h.");
}

TEST(Ending, forMemorySaysWhatWasAllowedAndWhatWasUsed) {
  auto facts = factsOf(Wish::None);
  facts.signal = SIGKILL;
  facts.memoryRanOutLately = true;
  const auto ended = decideEnding(facts);
  EXPECT_EQ(ended.reason, "out_of_memory");
  EXPECT_EQ(ended.sentence, "The runtime ended because its memory ran out: it may use 2.0 GB, and 1.5 GB were in use.");
}

TEST(Ending, byAKillIsNotBlamedOnMemoryThatHeld) {
  auto facts = factsOf(Wish::None);
  facts.signal = SIGKILL;
  EXPECT_EQ(decideEnding(facts).reason, "killed");
  EXPECT_EQ(decideEnding(facts).sentence, "The runtime ended because its agent was killed by signal 9 (SIGKILL).");
}

TEST(Ending, byAnotherSignalIsNotBlamedOnMemoryEither) {
  auto facts = factsOf(Wish::None);
  facts.signal = SIGSEGV;
  facts.memoryRanOutLately = true;
  EXPECT_EQ(decideEnding(facts).reason, "killed");
}

TEST(Ending, ofAnAgentThatExitedNamesItsStatus) {
  auto facts = factsOf(Wish::None);
  facts.exitCode = 3;
  EXPECT_EQ(decideEnding(facts).reason, "exited");
  EXPECT_EQ(decideEnding(facts).sentence, "The runtime ended because its agent ended by itself with status 3.");
}

TEST(Bytes, readAsPeopleSayThem) {
  EXPECT_EQ(describeBytes(std::int64_t{512} << 20), "512 MB");
  EXPECT_EQ(describeBytes(std::int64_t{2560} << 20), "2.5 GB");
}

TEST(Time, readsAsPeopleSayIt) {
  EXPECT_EQ(describeTime(43'200s), "12 h");
  EXPECT_EQ(describeTime(5400s), "90 min");
  EXPECT_EQ(describeTime(45s), "45 s");
}

TEST(MemoryThatRanOut, isToldWithLimitPeakAndCount) {
  EXPECT_EQ(describeMemoryRanOut(1, std::int64_t{2} << 30, std::int64_t{2} << 30),
      "The runtime's memory ran out: it may use 2.0 GB, and 2.0 GB were in use. One process was ended because of that so far.");
  EXPECT_EQ(describeMemoryRanOut(3, std::int64_t{100} << 20, std::int64_t{128} << 20),
      "The runtime's memory ran out: it may use 128 MB, and 100 MB were in use. 3 processes were ended because of that so far.");
}

}  // namespace
}  // namespace allmende::node
