#include "server/groups/groups.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/base/testing.h"
#include "server/migrations/migrations.h"

namespace allmende::groups {
namespace {

using ::allmende::testing::await;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class AGroup : public ::testing::Test {
 protected:
  void SetUp() override {
    groups_.onChange([this](GroupId id, bool isGone) -> Task<> {
      told_.push_back(isGone ? "gone" : "changed");
      EXPECT_EQ(id, id_);
      co_return;
    });
    id_ = await(groups_.create(ada_, "Statistics 1"))->id;
  }
  std::vector<AccountId> members() {
    std::vector<AccountId> all;
    for (auto& member : *await(groups_.listMembers(ada_, id_))) all.push_back(member.account);
    return all;
  }

  FakeClock clock_;
  std::unique_ptr<store::Database> database_ = *store::Database::open("sqlite::memory:", migrations());
  journal::Journal journal_{*database_, clock_};
  Groups groups_{*database_, journal_, clock_};
  AccountId ada_ = AccountId::make();
  AccountId bob_ = AccountId::make();
  AccountId cem_ = AccountId::make();
  GroupId id_;
  std::vector<std::string> told_;
};

TEST_F(AGroup, belongsToWhoMadeItAndKeepsItsPeopleFromOthers) {
  ASSERT_TRUE(await(groups_.put(ada_, id_, bob_, Part::Member)));
  EXPECT_THAT(members(), ElementsAre(ada_, bob_));
  EXPECT_EQ(await(groups_.get(bob_, id_))->part, Part::Member);
  EXPECT_EQ(await(groups_.get(bob_, id_))->members, 2);
  EXPECT_EQ(await(groups_.listMembers(bob_, id_)).error().code, Code::Denied);
  EXPECT_EQ(await(groups_.rename(bob_, id_, "Mine")).error().code, Code::Denied);
  EXPECT_EQ(await(groups_.put(bob_, id_, cem_, Part::Member)).error().code, Code::Denied);
  EXPECT_EQ(await(groups_.take(bob_, id_, ada_)).error().code, Code::Denied);
  EXPECT_EQ(await(groups_.invite(bob_, id_, 1h)).error().code, Code::Denied);
  EXPECT_EQ(await(groups_.remove(bob_, id_)).error().code, Code::Denied);
  EXPECT_EQ(await(groups_.get(cem_, id_)).error().code, Code::NotFound) << "who is not in it does not even learn that it is there";
  EXPECT_EQ(await(groups_.listMembers(cem_, id_)).error().code, Code::NotFound);
}

TEST_F(AGroup, alwaysHasAManager) {
  ASSERT_TRUE(await(groups_.put(ada_, id_, bob_, Part::Member)));
  EXPECT_EQ(await(groups_.take(ada_, id_, ada_)).error().code, Code::Conflict);
  EXPECT_EQ(await(groups_.put(ada_, id_, ada_, Part::Member)).error().code, Code::Conflict);
  ASSERT_TRUE(await(groups_.put(ada_, id_, bob_, Part::Manager)));
  ASSERT_TRUE(await(groups_.take(ada_, id_, ada_)));
  EXPECT_EQ(await(groups_.get(bob_, id_))->part, Part::Manager);
  EXPECT_THAT(*await(groups_.idsOf(ada_)), IsEmpty());
}

TEST_F(AGroup, isLeftByWhoWantsTo) {
  ASSERT_TRUE(await(groups_.put(ada_, id_, bob_, Part::Member)));
  ASSERT_TRUE(await(groups_.take(bob_, id_, bob_)));
  EXPECT_THAT(members(), ElementsAre(ada_));
  EXPECT_EQ(await(groups_.take(bob_, id_, bob_)).error().code, Code::NotFound);
}

TEST_F(AGroup, isJoinedByTheInvitationThatWasMadeLastWhileItHolds) {
  const auto first = *await(groups_.invite(ada_, id_, 1h));
  const auto second = *await(groups_.invite(ada_, id_, 1h));
  EXPECT_EQ(await(groups_.join(bob_, first.code)).error().code, Code::NotFound);
  const auto invited = *await(groups_.readInvitation(second.code));
  EXPECT_EQ(invited.title, "Statistics 1");
  EXPECT_THAT(invited.managers, ElementsAre(ada_));
  EXPECT_EQ(await(groups_.join(bob_, second.code))->part, Part::Member);
  EXPECT_EQ(await(groups_.join(ada_, second.code))->part, Part::Manager) << "who is in it stays what they are";
  EXPECT_THAT(members(), ElementsAre(ada_, bob_));
  clock_.advance(2h);
  EXPECT_THAT(await(groups_.join(cem_, second.code)).error().message, HasSubstr("ask who sent it"));
  const auto third = *await(groups_.invite(ada_, id_, 1h));
  ASSERT_TRUE(await(groups_.endInvitation(ada_, id_)));
  EXPECT_EQ(await(groups_.join(cem_, third.code)).error().code, Code::NotFound);
  EXPECT_EQ(await(groups_.join(cem_, "")).error().code, Code::NotFound);
}

TEST_F(AGroup, tellsWhenOthersBelongToItThanBefore) {
  ASSERT_TRUE(await(groups_.put(ada_, id_, bob_, Part::Member)));
  ASSERT_TRUE(await(groups_.take(ada_, id_, bob_)));
  ASSERT_TRUE(await(groups_.remove(ada_, id_)));
  EXPECT_THAT(told_, ElementsAre("changed", "changed", "gone"));
  EXPECT_EQ(await(groups_.titleOf(id_)).error().code, Code::NotFound);
  EXPECT_THAT(*await(groups_.peopleOf(id_)), IsEmpty());
}

TEST_F(AGroup, refusesTitlesAndTimesThatMakeNoSense) {
  for (const auto* title : {"", "two\nlines", "\xff\xfe"}) EXPECT_EQ(await(groups_.create(ada_, title)).error().code, Code::InvalidInput);
  EXPECT_EQ(await(groups_.create(ada_, std::string(Groups::kLongestTitle + 1, 'x'))).error().code, Code::InvalidInput);
  EXPECT_EQ(await(groups_.invite(ada_, id_, 1s)).error().code, Code::InvalidInput);
  EXPECT_EQ(await(groups_.invite(ada_, id_, Duration(Groups::kLongestInvitation) + 1h)).error().code, Code::InvalidInput);
  EXPECT_EQ(parsePart("boss").error().code, Code::InvalidInput);
}

TEST_F(AGroup, isOneOfAHundredAtMost) {
  for (std::int64_t more = 1; more < Groups::kMostGroups; ++more) ASSERT_TRUE(await(groups_.create(ada_, "x")));
  EXPECT_EQ(await(groups_.create(ada_, "x")).error().code, Code::OverLimit);
  const auto ofBob = await(groups_.create(bob_, "y"))->id;
  EXPECT_EQ(await(groups_.put(bob_, ofBob, ada_, Part::Member)).error().code, Code::OverLimit);
}

}  // namespace
}  // namespace allmende::groups
