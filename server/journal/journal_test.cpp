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

class SealsOfEvents : public JournalOfEvents {
 protected:
  // What somebody does who can write to the database.
  void meddle(const std::string& sql) { ASSERT_TRUE(await(database_->change(sql))); }
  std::string brokenAt(std::optional<Head> kept = {}) {
    const auto found = await(seals_.verify(std::move(kept)));
    return found ? found->broken : found.error().message;
  }
  void recordFive() {
    for (int n = 1; n <= 5; ++n) ASSERT_TRUE(await(journal_.record(kTokenCreated, {fmt::format("acc_{}", n), "tok_1"}, {{"n", n}})));
  }
  asio::io_context loop_;
  Seals seals_{loop_.get_executor(), *database_, clock_};
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

TEST_F(SealsOfEvents, holdForAJournalAsItWasWritten) {
  EXPECT_EQ(brokenAt(), "");
  recordFive();
  const auto waiting = *await(seals_.verify({}));
  EXPECT_EQ((std::pair{waiting.head.place, waiting.unsealed}), (std::pair<std::int64_t, std::int64_t>{0, 5}));
  const auto kept = *await(seals_.seal());
  EXPECT_EQ(kept.place, 5);
  recordFive();
  const auto head = *await(seals_.seal());
  EXPECT_EQ(*await(seals_.seal()), head);
  const auto found = *await(seals_.verify(kept));
  EXPECT_EQ(found.broken, "");
  EXPECT_EQ(found.head, head);
  EXPECT_EQ(found.unsealed, 0);
  EXPECT_EQ(*Head::parse(head.text()), head);
}

TEST_F(SealsOfEvents, goOnBeyondWhatIsReadAtOnce) {
  for (int n = 0; n < 240; ++n) recordFive();
  EXPECT_EQ(await(seals_.seal())->place, 1200);
  EXPECT_EQ(await(seals_.verify({}))->head.place, 1200);
  meddle("UPDATE events SET at = at + 1 WHERE number = 1001");
  EXPECT_EQ(brokenAt(), "event 1001, the 1001. of the chain, or its seal was changed after it was sealed");
}

TEST_F(SealsOfEvents, showWhatWasChangedRemovedOrPutElsewhere) {
  recordFive();
  const auto kept = *await(seals_.seal());
  const auto broken = [&](const std::string& sql, const std::string& undo) {
    meddle(sql);
    auto says = brokenAt(kept);
    meddle(undo);
    EXPECT_EQ(brokenAt(kept), "");
    return says;
  };
  const std::string third = "event 3, the 3. of the chain, or its seal was changed after it was sealed";
  EXPECT_EQ(
      broken("UPDATE events SET detail = '{\"n\":4}' WHERE number = 3", "UPDATE events SET detail = '{\"n\":3}' WHERE number = 3"), third);
  EXPECT_EQ(broken("UPDATE event_subjects SET subject = 'acc_9' WHERE event_number = 3 AND place = 0",
                "UPDATE event_subjects SET subject = 'acc_3' WHERE event_number = 3 AND place = 0"),
      third);
  EXPECT_EQ(broken("UPDATE event_subjects SET place = 7 WHERE event_number = 3 AND place = 0",
                "UPDATE event_subjects SET place = 0 WHERE event_number = 3 AND place = 7"),
      third);
  EXPECT_EQ(broken("UPDATE event_seals SET place = 9 WHERE place = 3", "UPDATE event_seals SET place = 3 WHERE place = 9"),
      "the seals between 2 and 4 are gone");
  meddle("DELETE FROM event_seals WHERE place = 5");
  EXPECT_EQ(brokenAt(), "");  // what is cut off at its end shows by a head that was kept alone
  EXPECT_EQ(brokenAt(kept), "the chain ends after 4 events, and 5 were sealed once");
}

TEST_F(SealsOfEvents, showAnEventThatWasSlippedIn) {
  recordFive();
  meddle("INSERT INTO events (number, at, name, detail) VALUES (20000, 1, 'token.created', '{}')");
  ASSERT_TRUE(await(seals_.seal()));
  EXPECT_EQ(brokenAt(), "");
  meddle("INSERT INTO events (number, at, name, detail) VALUES (7, 1, 'token.created', '{}')");
  ASSERT_TRUE(await(seals_.seal()));
  EXPECT_EQ(brokenAt(), "event 7 was slipped in long after its time");
}

TEST_F(SealsOfEvents, showAChainThatWasMadeAnew) {
  recordFive();
  const auto kept = *await(seals_.seal());
  meddle("UPDATE events SET name = 'token.revoked' WHERE number = 2");
  meddle("DELETE FROM event_seals WHERE place > 0");
  ASSERT_TRUE(await(seals_.seal()));
  EXPECT_EQ(brokenAt(), "");
  EXPECT_EQ(brokenAt(kept), "the chain is another one: its 5. hash is not the one that was kept");
}

TEST(AHead, IsWhatWasPrintedAndNothingElse) {
  const std::string digits(64, 'a');
  EXPECT_TRUE(Head::parse("1:" + digits));
  for (const auto& text : {std::string(), std::string(":"), "0:" + digits, "-1:" + digits, "1" + digits, "1:" + digits + "a",
           "1:" + std::string(64, 'A'), "x1:" + digits, "1 :" + digits})
    EXPECT_FALSE(Head::parse(text)) << text;
}

}  // namespace
}  // namespace allmende::journal
