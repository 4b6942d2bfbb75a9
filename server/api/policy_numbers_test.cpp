#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/api/policy_api.h"
#include "server/api/staff_api.h"

namespace allmende::api {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

// One of each account.
std::vector<policy::Decision> decisions(policy::Step step, std::size_t count) {
  std::vector<policy::Decision> all;
  for (std::size_t n = 0; n < count; ++n)
    all.push_back({.id = policy::DecisionId::make(), .account = AccountId::make(), .step = step, .evidence = {}, .ending = {}});
  return all;
}

TEST(PublishedNumbers, sayNothingAboutFewPeople) {
  EXPECT_EQ(numbersOf("x", {}).accounts, 0);
  const auto few = numbersOf("x", decisions(policy::Step::Notice, kLeastPublished - 1));
  EXPECT_EQ(few.accounts, std::nullopt);
  EXPECT_EQ(few.appeals, std::nullopt);
  EXPECT_THAT(few.steps, IsEmpty());
  // However often one person was concerned.
  auto often = decisions(policy::Step::Notice, 100);
  for (auto& one : often) one.account = often.front().account;
  EXPECT_EQ(numbersOf("x", often).accounts, std::nullopt);
}

TEST(PublishedNumbers, countStepsThatConcernedEnoughPeople) {
  auto all = decisions(policy::Step::Notice, kLeastPublished);
  all.push_back(all.front());
  for (auto& stop : decisions(policy::Step::Stop, 3)) all.push_back(std::move(stop));
  all[0].appeal = policy::Appeal{.words = {}, .outcome = "overturned", .answeredBy = {}, .answer = {}};
  all[1].appeal = policy::Appeal{.words = {}, .outcome = {}, .answeredBy = {}, .answer = {}};
  const auto numbers = numbersOf("x", all);
  EXPECT_EQ(numbers.accounts, static_cast<std::int64_t>(kLeastPublished + 3));
  EXPECT_THAT(numbers.steps, ElementsAre(Pair("notice", static_cast<std::int64_t>(kLeastPublished + 1))));
  EXPECT_EQ(numbers.appeals, 2);
  EXPECT_EQ(numbers.overturned, 1);
}

// Values as in E. B. Wilson's formula for 8 of 10 and for none.
TEST(AShareOfFew, isKnownBetweenTwoBounds) {
  EXPECT_EQ(wilson(0, 0), std::pair(0.0, 1.0));
  const auto [low, high] = wilson(8, 10);
  EXPECT_NEAR(low, 0.490, 0.001);
  EXPECT_NEAR(high, 0.943, 0.001);
}

}  // namespace
}  // namespace allmende::api
