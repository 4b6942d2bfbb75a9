#include "node/agent_log.h"

#include <gtest/gtest.h>

namespace allmende::node {
namespace {

using Lines = std::vector<std::string>;

TEST(AgentLog, makesLinesOfPieces) {
  AgentLog log;
  EXPECT_EQ(log.take("one\ntw", 0ms), Lines{"one"});
  EXPECT_EQ(log.take("o\n\nthree\nend", 0ms), (Lines{"two", "three"}));
  EXPECT_EQ(log.finish(0ms), Lines{"end"});
  EXPECT_EQ(log.finish(0ms), Lines{});
}

TEST(AgentLog, cutsALineWithoutEnd) {
  AgentLog log;
  for (int piece = 0; piece < 100; ++piece) EXPECT_EQ(log.take(std::string(1000, 'x'), 0ms), Lines{});
  EXPECT_EQ(log.take("\n", 0ms), Lines{std::string(kMostLine, 'x')});
}

TEST(AgentLog, showsNoControlCharacters) {
  AgentLog log;
  EXPECT_EQ(log.take("\x1b[2Jred\x07\r\n", 0ms), Lines{" [2Jred  "});
}

TEST(AgentLog, letsABurstThroughAndThenAFewASecondAndCountsTheRest) {
  AgentLog log;
  std::string flood;
  for (int line = 0; line < 1000; ++line) flood += "x\n";
  EXPECT_EQ(log.take(flood, 1000ms).size(), kMostLinesAtOnce);
  EXPECT_EQ(log.takeLeftOut(1000ms, 1s), 1000 - kMostLinesAtOnce);
  EXPECT_EQ(log.takeLeftOut(1500ms, 0s), 0U);
  EXPECT_EQ(log.take(flood, 1500ms).size(), static_cast<std::size_t>(kLinesPerSecond / 2));
  EXPECT_EQ(log.takeLeftOut(1500ms, 1s), 0U);  // a flood of such lines would be no better
  EXPECT_EQ(log.takeLeftOut(1500ms, 0s), 1000 - static_cast<std::size_t>(kLinesPerSecond / 2));
  EXPECT_EQ(log.take(flood, 3'600'000ms).size(), kMostLinesAtOnce);
}

}  // namespace
}  // namespace allmende::node
