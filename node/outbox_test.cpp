#include "node/outbox.h"

#include <gtest/gtest.h>

#include "lib/base/log.h"

namespace allmende::node {
namespace {

link::RuntimeId idOf(std::size_t number) { return *link::RuntimeId::parse(fmt::format("rt_{:020}", number)); }
link::Event endOf(std::size_t number) { return link::RuntimeEnded{.id = idOf(number), .reason = "stopped"}; }
link::Event memoryOf(std::size_t number, std::int64_t kills) { return link::MemoryRanOut{.id = idOf(number), .kills = kills}; }

std::vector<link::Event> emptied(Outbox& outbox) {
  std::vector<link::Event> all;
  while (auto event = outbox.take()) all.push_back(*std::move(event));
  return all;
}

TEST(Outbox, givesEventsInTheOrderInWhichTheyHappened) {
  Outbox outbox;
  outbox.keep(memoryOf(1, 1));
  outbox.keep(endOf(2));
  outbox.keep(endOf(1));
  EXPECT_EQ(emptied(outbox), (std::vector{memoryOf(1, 1), endOf(2), endOf(1)}));
}

TEST(Outbox, givesWhatCouldNotBeSentAgain) {
  Outbox outbox;
  outbox.keep(endOf(1));
  outbox.keep(endOf(2));
  outbox.putBack(*outbox.take());
  EXPECT_EQ(emptied(outbox), (std::vector{endOf(1), endOf(2)}));
}

TEST(Outbox, keepsOfARuntimesNewsOfMemoryOnlyTheLatest) {
  Outbox outbox;
  outbox.keep(memoryOf(1, 1));
  outbox.keep(memoryOf(2, 1));
  outbox.keep(memoryOf(1, 5));
  EXPECT_EQ(emptied(outbox), (std::vector{memoryOf(1, 5), memoryOf(2, 1)}));
}

TEST(Outbox, thatIsFullGivesUpNewsOfMemoryBeforeAnyEnd) {
  log::setSink([](std::string_view) {});
  Outbox outbox;
  outbox.keep(endOf(0));
  outbox.keep(memoryOf(1, 1));
  for (std::size_t number = 2; number < kMostKept; ++number) outbox.keep(endOf(number));
  outbox.keep(endOf(kMostKept));
  EXPECT_EQ(outbox.size(), kMostKept);
  EXPECT_EQ(*outbox.take(), endOf(0));
  EXPECT_EQ(*outbox.take(), endOf(2));
  outbox.putBack(endOf(2));
  outbox.putBack(endOf(0));
  outbox.keep(endOf(kMostKept + 1));
  EXPECT_EQ(*outbox.take(), endOf(2));
  log::setSink(nullptr);
}

}  // namespace
}  // namespace allmende::node
