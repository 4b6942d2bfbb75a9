#include "server/documents/sharing.h"

#include <gtest/gtest.h>

namespace allmende::documents {
namespace {

const AccountId kAda = AccountId::make();
const AccountId kBob = AccountId::make();
const Person kNobody;
constexpr Instant kNow{Duration{1'000'000}};

Record ofAda() {
  Record record;
  record.account = kAda;
  return record;
}

Person by(AccountId account, std::vector<GroupId> groups = {}) { return {.account = std::move(account), .groups = std::move(groups)}; }

Share shareWith(Whom whom, Role role, std::optional<AccountId> account = {}) {
  return {.id = ShareId::make(),
      .whom = whom,
      .account = std::move(account),
      .group = {},
      .role = role,
      .expiresAt = {},
      .madeBy = kAda,
      .madeAt = kNow};
}

TEST(ARole, isTheOwnersByItselfAndNobodyElsesWithoutAShare) {
  EXPECT_EQ(roleOf(ofAda(), {}, by(kAda), kNow), Role::Owner);
  EXPECT_EQ(roleOf(ofAda(), {}, by(kBob), kNow), std::nullopt);
  EXPECT_EQ(roleOf(ofAda(), {}, kNobody, kNow), std::nullopt);
  EXPECT_EQ(roleOf(ofAda(), {shareWith(Whom::Account, Role::Editor, kBob)}, by(AccountId::make()), kNow), std::nullopt);
}

TEST(ARole, isTheBestOfWhatWasGiven) {
  const std::vector shares{
      shareWith(Whom::Everyone, Role::Viewer), shareWith(Whom::Account, Role::Editor, kBob), shareWith(Whom::Link, Role::Commenter)};
  EXPECT_EQ(roleOf(ofAda(), shares, by(kBob), kNow), Role::Editor);
  EXPECT_EQ(roleOf(ofAda(), shares, by(AccountId::make()), kNow), Role::Commenter);
}

TEST(ARole, isToReadAloneForWhoHasNoAccount) {
  EXPECT_EQ(roleOf(ofAda(), {shareWith(Whom::Link, Role::Editor)}, kNobody, kNow), Role::Viewer);
  EXPECT_EQ(roleOf(ofAda(), {shareWith(Whom::Everyone, Role::Editor)}, kNobody, kNow), std::nullopt);
}

TEST(ARole, isThatOfAGroupForThoseWhoAreInIt) {
  const auto group = GroupId::make();
  auto share = shareWith(Whom::Group, Role::Editor);
  share.group = group;
  EXPECT_EQ(roleOf(ofAda(), {share}, by(kBob, {GroupId::make(), group}), kNow), Role::Editor);
  EXPECT_EQ(roleOf(ofAda(), {share}, by(kBob, {GroupId::make()}), kNow), std::nullopt);
  EXPECT_EQ(roleOf(ofAda(), {share}, by(kBob), kNow), std::nullopt);
  EXPECT_EQ(roleOf(ofAda(), {share}, kNobody, kNow), std::nullopt);
}

TEST(ARole, endsAtItsTime) {
  auto share = shareWith(Whom::Account, Role::Editor, kBob);
  share.expiresAt = kNow + Duration{1};
  EXPECT_EQ(roleOf(ofAda(), {share}, by(kBob), kNow), Role::Editor);
  EXPECT_EQ(roleOf(ofAda(), {share}, by(kBob), *share.expiresAt), std::nullopt);
}

}  // namespace
}  // namespace allmende::documents
