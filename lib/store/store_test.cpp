#include "lib/store/store.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <cstdlib>
#include <fstream>

#include "lib/base/testing.h"

namespace allmende::store {
namespace {

using ::allmende::testing::await;
using ::allmende::testing::TemporaryFolder;
using ::testing::HasSubstr;

constexpr std::array kSteps{
    Migration{1, "notes",
        "-- a table\n"
        "CREATE TABLE notes (\n  number {serial_key},\n  title TEXT UNIQUE,\n  stars BIGINT\n);\n"},
    Migration{2, "tags", "CREATE TABLE tags (name TEXT PRIMARY KEY);\nINSERT INTO tags (name) VALUES ('semi;colon');\n"},
};

// The same promises for both databases.
class EitherDatabase : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    std::string url = "sqlite::memory:";
    if (GetParam() == "sqlite_file") url = "sqlite:" + (folder_.path() / "a b.db").string();
    if (GetParam() == "postgres") {
      const char* given = std::getenv("ALLMENDE_TEST_POSTGRES");
      if (given == nullptr) GTEST_SKIP() << "ALLMENDE_TEST_POSTGRES is not set; run under tests/with_postgres";
      auto before = Database::open(std::string(given) + "&options=-csearch_path%3Dpg_temp", {});
      ASSERT_TRUE(before) << before.error().message;
      ASSERT_TRUE(await((*before)->change("DROP SCHEMA IF EXISTS store CASCADE")));
      ASSERT_TRUE(await((*before)->change("CREATE SCHEMA store")));
      url = std::string(given) + "&options=-csearch_path%3Dstore";
    }
    url_ = url;
    auto opened = Database::open(url, kSteps);
    ASSERT_TRUE(opened) << opened.error().message;
    database_ = *std::move(opened);
  }

  TemporaryFolder folder_;
  std::string url_;
  std::unique_ptr<Database> database_;
};

std::string nameOfParam(const ::testing::TestParamInfo<std::string>& info) { return info.param; }
INSTANTIATE_TEST_SUITE_P(On, EitherDatabase, ::testing::Values("sqlite_memory", "sqlite_file", "postgres"), nameOfParam);

TEST_P(EitherDatabase, aFenceLetsNothingBeChangedOnceItsRowIsGone) {
  ASSERT_EQ(await(database_->change("INSERT INTO tags (name) VALUES ('mine')")), 1);
  database_->fence("SELECT 1 FROM tags WHERE name = ?", {"mine"}, "another server took over");
  ASSERT_EQ(await(database_->change("INSERT INTO notes (title, stars) VALUES ('held', 1)")), 1);
  ASSERT_EQ(await(database_->change("DELETE FROM tags WHERE name = 'mine'")), 1);
  const auto late = await(database_->change("UPDATE notes SET stars = 2"));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Code::Unavailable);
  EXPECT_EQ(late.error().message, "another server took over");
  const auto lateToo = await(database_->transaction([](Transaction& on) { return on.change("UPDATE notes SET stars = 3"); }));
  ASSERT_FALSE(lateToo);
  EXPECT_EQ(lateToo.error().code, Code::Unavailable);
  EXPECT_FALSE(await(database_->query("DELETE FROM notes RETURNING title")));
  EXPECT_EQ((*await(database_->query("SELECT stars FROM notes")))[0].number(0), 1);
}

TEST_P(EitherDatabase, isPreparedWhateverVersionItsTablesAreOf) {
  const auto kTable =
      "CREATE TABLE IF NOT EXISTS beats (id BIGINT PRIMARY KEY);\nINSERT INTO beats (id) VALUES (1) ON CONFLICT DO NOTHING;\n";
  ASSERT_TRUE(database_->prepare(kTable));
  ASSERT_TRUE(database_->prepare(kTable));
  EXPECT_EQ((*await(database_->query("SELECT COUNT(*) FROM beats")))[0].number(0), 1);
}

TEST_P(EitherDatabase, givesBackWhatWasStored) {
  const std::int64_t large = 9'007'199'254'740'993;
  ASSERT_EQ(await(database_->change("INSERT INTO notes (title, stars) VALUES (?, ?)", {"Grüße, 'quoted' ? \"and\" :named", large})), 1);
  ASSERT_EQ(await(database_->change("INSERT INTO notes (title, stars) VALUES (?, ?)", {"none", std::nullopt})), 1);
  const auto rows = await(database_->query("SELECT number, title, stars FROM notes ORDER BY number"));
  ASSERT_TRUE(rows) << rows.error().message;
  ASSERT_EQ(rows->size(), 2U);
  EXPECT_EQ((*rows)[0].number(0), 1);
  EXPECT_EQ((*rows)[0].text(1), "Grüße, 'quoted' ? \"and\" :named");
  EXPECT_EQ((*rows)[0].number(2), large);
  EXPECT_TRUE((*rows)[1].isNull(2));
}

TEST_P(EitherDatabase, takesOneStatementWithValuesOfOtherTypesAndLengthsEachTime) {
  const std::string sql = "INSERT INTO notes (title, stars) VALUES (?, ?)";
  const std::string lengthy(100'000, 'x');
  ASSERT_TRUE(await(database_->change(sql, {"a", 1})));
  ASSERT_TRUE(await(database_->change(sql, {std::nullopt, 2})));
  ASSERT_TRUE(await(database_->change(sql, {lengthy, std::nullopt})));
  ASSERT_TRUE(await(database_->change(sql, {"", true})));
  const auto rows = await(database_->query("SELECT COALESCE(title, '-'), stars FROM notes ORDER BY number"));
  ASSERT_EQ(rows->size(), 4U);
  EXPECT_EQ((*rows)[1].text(0), "-");
  EXPECT_EQ((*rows)[2].text(0), lengthy);
  EXPECT_EQ((*rows)[3].text(0), "");
  EXPECT_EQ((*rows)[3].number(1), 1);
}

TEST(Places, areOneForEachValueAndMatchNothingForNone) {
  EXPECT_EQ(placesFor(0), "NULL");
  EXPECT_EQ(placesFor(1), "?");
  EXPECT_EQ(placesFor(3), "?, ?, ?");
}

TEST_P(EitherDatabase, answersAnEmptyTableWithNoRowsAndSaysHowManyWereChanged) {
  EXPECT_TRUE(await(database_->query("SELECT title FROM notes"))->empty());
  ASSERT_TRUE(await(database_->change("INSERT INTO notes (stars) VALUES (?)", {1})));
  ASSERT_TRUE(await(database_->change("INSERT INTO notes (stars) VALUES (?)", {1})));
  EXPECT_EQ(await(database_->change("UPDATE notes SET stars = ? WHERE stars = ?", {2, 1})), 2);
  EXPECT_EQ(await(database_->change("DELETE FROM notes WHERE stars = ?", {1})), 0);
}

TEST_P(EitherDatabase, undoesAllOfATransactionThatFails) {
  const auto failed = await(database_->transaction([](Transaction& on) -> Result<int> {
    TRY(on.change("INSERT INTO notes (title) VALUES (?)", {"half"}));
    return fail(Code::Denied, "no");
  }));
  EXPECT_EQ(failed.error().code, Code::Denied);
  EXPECT_THROW(await(database_->transaction([](Transaction& on) -> Result<int> {
    TRY(on.change("INSERT INTO notes (title) VALUES (?)", {"half"}));
    throw Bug("broken");
  })),
      Bug);
  EXPECT_TRUE(await(database_->query("SELECT title FROM notes"))->empty());
  const auto kept = await(database_->transaction(
      [](Transaction& on) -> Result<std::int64_t> { return on.change("INSERT INTO notes (title) VALUES (?)", {"whole"}); }));
  EXPECT_EQ(kept, 1);
  EXPECT_EQ(await(database_->query("SELECT title FROM notes"))->size(), 1U);
}

TEST_P(EitherDatabase, callsAClashConflictAndGoesOn) {
  const std::string sql = "INSERT INTO notes (title) VALUES (?)";
  ASSERT_TRUE(await(database_->change(sql, {"one"})));
  EXPECT_EQ(await(database_->change(sql, {"one"})).error().code, Code::Conflict);
  const auto caught = await(database_->transaction([&](Transaction& on) { return on.change(sql, {"one"}); }));
  EXPECT_EQ(caught.error().code, Code::Conflict);
  EXPECT_TRUE(await(database_->change(sql, {"two"})));
}

TEST_P(EitherDatabase, refusesTextThatIsNotUtf8) {
  const std::string sql = "INSERT INTO notes (title) VALUES (?)";
  EXPECT_EQ(await(database_->change(sql, {"\xff\xfe"})).error().code, Code::InvalidInput);
  EXPECT_EQ(await(database_->change(sql, {std::string("a\0b", 3)})).error().code, Code::InvalidInput);
}

Task<int> addMany(Database& to, int count) {
  for (int i = 0; i < count; ++i) {
    auto added = co_await to.transaction([](Transaction& on) -> Result<std::int64_t> {
      TRY(auto rows, on.query("SELECT COALESCE(SUM(stars), 0) FROM notes WHERE title IS NULL"));
      return on.change("INSERT INTO notes (stars) VALUES (?)", {rows[0].number(0) + 1});
    });
    EXPECT_TRUE(added) << added.error().message;
  }
  co_return 0;
}

Task<int> addTwice(Database& to) {
  using namespace asio::experimental::awaitable_operators;
  co_await (addMany(to, 8) && addMany(to, 8));
  co_return 0;
}

TEST_P(EitherDatabase, runsTransactionsAsIfOneAfterTheOther) {
  await(addTwice(*database_));
  const auto rows = await(database_->query("SELECT stars FROM notes ORDER BY stars"));
  ASSERT_EQ(rows->size(), 16U);
  EXPECT_EQ(rows->back().number(0), 1 << 15);  // each saw the sum of all before it
}

TEST_P(EitherDatabase, bringsTablesForwardOnceAndRefusesThoseOfANewerVersion) {
  EXPECT_EQ(await(database_->query("SELECT name FROM tags"))->at(0).text(0), "semi;colon");
  EXPECT_TRUE(await(database_->ping()));
  EXPECT_THAT(database_->product(), ::testing::AnyOf(HasSubstr("SQLite 3."), HasSubstr("PostgreSQL 1")));
  if (GetParam() == "sqlite_memory") return;
  EXPECT_TRUE(Database::open(url_, kSteps));
  const auto older = Database::open(url_, std::span(kSteps).first(1));
  ASSERT_FALSE(older);
  EXPECT_EQ(older.error().code, Code::Conflict);
  EXPECT_THAT(older.error().message, HasSubstr("from a newer version of Allmende: its tables are at step 2, this version knows 1"));
}

TEST_P(EitherDatabase, leavesTheTablesAloneWhenAStepFails) {
  if (GetParam() == "sqlite_memory") return;
  const std::array broken{kSteps[0], kSteps[1], Migration{3, "broken", "CREATE TABLE half (a TEXT);\nNO SQL AT ALL;\n"}};
  const auto failed = Database::open(url_, broken);
  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().message, HasSubstr("bringing the tables to step 3 (broken)"));
  EXPECT_FALSE(await(database_->query("SELECT a FROM half")));
  EXPECT_TRUE(Database::open(url_, kSteps));
}

TEST(Database, saysWhichUrlsItTakes) {
  const auto failed = Database::open("mysql://root:secret@host/db", {});
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, Code::InvalidInput);
  EXPECT_THAT(failed.error().message, HasSubstr("allowed are sqlite:"));
  EXPECT_THAT(failed.error().message, ::testing::Not(HasSubstr("secret")));
}

TEST(Database, saysThatItsFolderIsMissingOrNotWritable) {
  const auto failed = Database::open("sqlite:/nowhere/at/all.db", kSteps);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, Code::Unavailable);
  EXPECT_THAT(failed.error().message, HasSubstr("/nowhere/at/all.db cannot be opened; its folder must exist and be writable"));
}

TEST(Database, saysThatAServerIsNotReachable) {
  const auto failed = Database::open("postgresql://nobody@/none?host=/nowhere", kSteps);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, Code::Unavailable);
}

TEST(Database, refusesAFileThatIsNoDatabase) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "allmende.db";
  std::ofstream(path) << std::string(8192, 'x');
  const auto failed = Database::open("sqlite:" + path.string(), kSteps);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, Code::Conflict);
}

TEST(Database, isReadableByItsOwnerAlone) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "allmende.db";
  ASSERT_TRUE(Database::open("sqlite:" + path.string(), kSteps));
  struct stat about{};
  ASSERT_EQ(::stat(path.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777U, 0600U);
}

TEST(Database, saysThatTheDiskIsFullAndKeepsWhatItHas) {
  const TemporaryFolder folder;
  if (::mount("tmpfs", folder.path().c_str(), "tmpfs", 0, "size=1m") != 0) GTEST_SKIP() << "mounting a small disk needs root";
  {
    auto database = *Database::open("sqlite:" + (folder.path() / "allmende.db").string(), kSteps);
    Result<std::int64_t> added = 0;
    int count = 0;
    for (; added && count < 1000; ++count)
      added = await(database->change("INSERT INTO notes (title) VALUES (?)", {fmt::format("{} {}", count, std::string(20'000, 'x'))}));
    ASSERT_FALSE(added);
    EXPECT_EQ(added.error().code, Code::Unavailable);
    EXPECT_THAT(added.error().message, ::testing::AnyOf(HasSubstr("is full"), HasSubstr("may be full")));
    EXPECT_EQ(await(database->query("SELECT COUNT(*) FROM notes"))->at(0).number(0), count - 1);
  }
  ::umount(folder.path().c_str());
}

}  // namespace
}  // namespace allmende::store
