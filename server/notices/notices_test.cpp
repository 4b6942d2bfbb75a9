#include "server/notices/notices.h"

#include <gtest/gtest.h>

#include "lib/base/testing.h"
#include "server/migrations/migrations.h"

namespace allmende::notices {
namespace {

using ::allmende::testing::await;

class Told : public ::testing::Test {
 protected:
  void tell(std::vector<AccountId> to, News news) {
    const auto told = await(notices_.tell(std::move(to), std::move(news)));
    ASSERT_TRUE(told) << told.error().message;
  }
  std::vector<Notice> listOf(const AccountId& who) { return *await(notices_.list(who)); }
  News comment(std::string id, std::string words = "look") const {
    return {.kind = Kind::Mentioned, .by = bob_, .about = "doc_1", .title = "a.ipynb", .comment = std::move(id), .words = std::move(words)};
  }

  FakeClock clock_;
  std::unique_ptr<store::Database> database_ = *store::Database::open("sqlite::memory:", migrations());
  Notices notices_{*database_, clock_};
  AccountId ada_ = AccountId::make();
  AccountId bob_ = AccountId::make();
};

TEST_F(Told, areAllButWhoDidItNewestFirstUntilTheyHaveRead) {
  tell({ada_, bob_, ada_}, comment("cmt_1"));
  clock_.advance(1s);
  tell({ada_}, {.kind = Kind::Shared, .by = bob_, .about = "doc_2", .title = "b.ipynb", .comment = {}});
  const auto told = listOf(ada_);
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[0].news.kind, Kind::Shared);
  EXPECT_EQ(told[1].news.comment, "cmt_1");
  EXPECT_FALSE(told[1].isRead);
  EXPECT_TRUE(listOf(bob_).empty());
  ASSERT_TRUE(await(notices_.markRead(ada_)));
  EXPECT_TRUE(listOf(ada_)[0].isRead);
}

TEST_F(Told, ofTheSameAreNotToldTwiceBeforeTheyHaveRead) {
  tell({ada_}, comment("cmt_1", "once"));
  tell({ada_}, comment("cmt_1", "in other words"));
  ASSERT_EQ(listOf(ada_).size(), 1U);
  EXPECT_EQ(listOf(ada_)[0].news.words, "in other words");
  ASSERT_TRUE(await(notices_.markRead(ada_)));
  tell({ada_}, comment("cmt_1", "again"));
  EXPECT_EQ(listOf(ada_).size(), 2U);
}

TEST_F(Told, areTheLast200AndOfLongWordsTheBeginning) {
  for (int number = 0; number < Notices::kMost + 5; ++number) {
    clock_.advance(1s);
    tell({ada_}, comment(fmt::format("cmt_{}", number), std::string(199, 'x') + "ü" + std::string(100, 'y')));
  }
  const auto told = listOf(ada_);
  ASSERT_EQ(static_cast<std::int64_t>(told.size()), Notices::kMost);
  EXPECT_EQ(told.back().news.comment, "cmt_5");
  EXPECT_EQ(told.back().news.words, std::string(199, 'x') + "…");
}

}  // namespace
}  // namespace allmende::notices
