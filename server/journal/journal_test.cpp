#include "server/journal/journal.h"

#include <gtest/gtest.h>

#include "lib/base/testing.h"
#include "server/migrations/migrations.h"

namespace allmende::journal {
namespace {

using ::allmende::testing::await;

class JournalOfEvents : public ::testing::Test {
 protected:
  FakeClock clock_;
  std::unique_ptr<store::Database> database_ = *store::Database::open("sqlite::memory:", migrations());
  Journal journal_{*database_, clock_};
};

std::vector<std::string> namesOf(const std::vector<Event>& events) {
  std::vector<std::string> names;
  for (const auto& event : events) names.push_back(event.name);
  return names;
}

TEST_F(JournalOfEvents, keepsWhatHappenedToWhomAndWhen) {
  clock_.advance(5s);
  ASSERT_TRUE(await(journal_.record(kTokenCreated, {"acc_1", "tok_1"}, {{"name", "laptop"}})));
  const auto events = await(journal_.list({}));
  ASSERT_TRUE(events) << events.error().message;
  ASSERT_EQ(events->size(), 1U);
  const auto& event = events->front();
  EXPECT_EQ(event.name, "token.created");
  EXPECT_EQ(event.at, clock_.now());
  EXPECT_EQ(event.subjects, (std::vector<std::string>{"acc_1", "tok_1"}));
  EXPECT_EQ(event.detail, (boost::json::object{{"name", "laptop"}}));
}

TEST_F(JournalOfEvents, listsNewestFirstByPageSubjectAndName) {
  await(journal_.record(kAccountCreated, {"acc_1"}));
  await(journal_.record(kSessionOpened, {"acc_1"}));
  await(journal_.record(kAccountCreated, {"acc_2"}));
  EXPECT_EQ(namesOf(*await(journal_.list({}))), (std::vector<std::string>{"account.created", "session.opened", "account.created"}));
  EXPECT_EQ(namesOf(*await(journal_.list({.subject = "acc_1"}))), (std::vector<std::string>{"session.opened", "account.created"}));
  EXPECT_EQ(await(journal_.list({.name = "account.created"}))->size(), 2U);
  const auto first = *await(journal_.list({.limit = 2}));
  ASSERT_EQ(first.size(), 2U);
  const auto second = *await(journal_.list({.before = first.back().number, .limit = 2}));
  ASSERT_EQ(second.size(), 1U);
  EXPECT_EQ(second[0].subjects, (std::vector<std::string>{"acc_1"}));
}

TEST_F(JournalOfEvents, writesNothingWhenTheChangeItTellsOfFails) {
  const auto event = journal_.make(kPasswordChanged, {"acc_1"});
  const auto failed = await(database_->transaction([&](store::Transaction& on) -> Result<> {
    TRY(Journal::write(on, event));
    return fail(Code::Conflict, "no");
  }));
  EXPECT_FALSE(failed);
  EXPECT_TRUE(await(journal_.list({}))->empty());
}

}  // namespace
}  // namespace allmende::journal
