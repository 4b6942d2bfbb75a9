#include "server/accounts/accounts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <functional>

#include "lib/base/json.h"
#include "lib/base/testing.h"
#include "server/accounts/attempts.h"
#include "server/accounts/known_callers.h"
#include "server/accounts/passwords.h"
#include "server/migrations/migrations.h"

namespace allmende::accounts {
namespace {

using ::allmende::testing::await;
using ::testing::HasSubstr;

constexpr PasswordCost kCheap{.passes = 1, .memory = 8192};

// On SQLite, or on the PostgreSQL of tests/with_postgres when there is one.
std::unique_ptr<store::Database> freshDatabase() {
  const char* given = std::getenv("ALLMENDE_TEST_POSTGRES");
  if (given == nullptr) return *store::Database::open("sqlite::memory:", migrations());
  auto before = *store::Database::open(std::string(given) + "&options=-csearch_path%3Dpg_temp", {});
  check(await(before->change("DROP SCHEMA IF EXISTS accounts CASCADE")).has_value(), "the last test's tables go");
  check(await(before->change("CREATE SCHEMA accounts")).has_value(), "a schema for this test");
  return *store::Database::open(std::string(given) + "&options=-csearch_path%3Daccounts", migrations());
}

class AccountsOfAHouse : public ::testing::Test {
 protected:
  Account make(std::string name, std::optional<std::string> password = "correct horse") {
    auto made = await(accounts_.create({.name = std::move(name), .displayName = "", .password = std::move(password), .admin = false}));
    check(made.has_value(), made ? "" : made.error().message);
    return *made;
  }
  std::expected<SignedIn, SignInFailure> signIn(const std::string& password, const std::string& address = "10.0.0.1") {
    return await(accounts_.signIn("ada", password, address));
  }
  Caller callerOf(const Account& account) { return {account.id, account.name, ScopeSet::all(), ShownBy::Cookie}; }

  FakeClock clock_;
  std::unique_ptr<store::Database> database_ = freshDatabase();
  journal::Journal journal_{*database_, clock_};
  Accounts accounts_{*database_, journal_, clock_, kCheap};
};

TEST_F(AccountsOfAHouse, areMadeFoundAndListed) {
  const auto ada = make("ada");
  make("bob", std::nullopt);
  EXPECT_TRUE(ada.id.text().starts_with("acc_"));
  EXPECT_EQ(ada.displayName, "ada");
  EXPECT_TRUE(ada.hasPassword);
  const auto found = await(accounts_.find(" ADA "));
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->id, ada.id);
  EXPECT_EQ((*found)->createdAt, clock_.now());
  EXPECT_FALSE(*await(accounts_.find("eve")));
  const auto all = await(accounts_.list());
  ASSERT_EQ(all->size(), 2U);
  EXPECT_FALSE((*all)[1].hasPassword);
  EXPECT_EQ(await(accounts_.get(AccountId::make())).error().code, Code::NotFound);
}

TEST_F(AccountsOfAHouse, areFoundByAPartOfANameSomeAtATime) {
  for (const auto* name : {"ada", "bob", "carl_m", "carlx", "dora"}) make(name, std::nullopt);
  AccountChange change;
  change.displayName = "Bob the 100% Builder";
  ASSERT_TRUE(await(accounts_.change((*await(accounts_.find("bob")))->id, change)));
  const auto namesOf = [&](std::string words, std::string after = "", std::int64_t most = 50) {
    const auto found = await(accounts_.search(std::move(words), std::move(after), most));
    std::string names = std::to_string(found->all);
    for (const auto& account : found->accounts) names += " " + account.name;
    return names;
  };
  EXPECT_EQ(namesOf(""), "5 ada bob carl_m carlx dora");
  EXPECT_EQ(namesOf("", "", 2), "5 ada bob");
  EXPECT_EQ(namesOf("", "bob", 2), "5 carl_m carlx");
  EXPECT_EQ(namesOf("CARL"), "2 carl_m carlx");
  EXPECT_EQ(namesOf("l_m"), "1 carl_m") << "what stands for any letter in SQL is a letter here";
  EXPECT_EQ(namesOf("100%"), "1 bob");
  EXPECT_EQ(namesOf("\\"), "0");
  EXPECT_EQ(namesOf("nobody"), "0");
  EXPECT_EQ(await(accounts_.search("", "", 201)).error().message, "limit is 201; allowed are 1 to 200");
}

TEST_F(AccountsOfAHouse, refuseNamesAgainstTheRuleAndNamesThatAreTaken) {
  make("ada");
  EXPECT_EQ(await(accounts_.create({.name = "ada"})).error().code, Code::Conflict);
  for (const std::string name : {"", "Ada", "a b", ".ada", "ada-", "a/b", "ädä", "123456789012345678901234567890123", "a\xff"}) {
    const auto refused = await(accounts_.create({.name = name}));
    ASSERT_FALSE(refused) << name;
    EXPECT_EQ(refused.error().code, Code::InvalidInput);
    EXPECT_THAT(refused.error().message, HasSubstr("1 to 32 of the characters a-z 0-9 . _ -"));
  }
  EXPECT_TRUE(await(accounts_.create({.name = "a.b_c-9"})));
  EXPECT_THAT(await(accounts_.create({.name = "eve", .password = "short"})).error().message, HasSubstr("8 to 1024 characters"));
}

TEST_F(AccountsOfAHouse, changeWhatIsGivenAndKeepTheRest) {
  const auto ada = make("ada");
  const auto changed = await(accounts_.change(ada.id, {.displayName = "Ada Lovelace", .locale = "de", .theme = std::nullopt}));
  ASSERT_TRUE(changed) << changed.error().message;
  EXPECT_EQ(changed->displayName, "Ada Lovelace");
  EXPECT_EQ(changed->locale, "de");
  EXPECT_EQ(await(accounts_.change(ada.id, {.theme = "dark"}))->displayName, "Ada Lovelace");
  EXPECT_THAT(await(accounts_.change(ada.id, {.locale = "fr"})).error().message, HasSubstr("en, de or empty, not 'fr'"));
}

TEST_F(AccountsOfAHouse, letInWithTheRightPasswordAlone) {
  const auto ada = make("ada");
  const auto wrong = signIn("wrong horse");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().error.code, Code::Unauthenticated);
  const auto unknown = await(accounts_.signIn("eve", "correct horse", "10.0.0.1"));
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().error, wrong.error().error);  // tells nobody which names exist
  const auto right = await(accounts_.signIn(" Ada", "correct horse", "10.0.0.1"));
  ASSERT_TRUE(right) << right.error().error.message;
  EXPECT_EQ(right->account.id, ada.id);
  const auto caller = await(accounts_.callerByCookie(right->cookie));
  ASSERT_TRUE(caller);
  EXPECT_EQ(caller->account, ada.id);
  EXPECT_TRUE(caller->require(Scope::RunCode));
  EXPECT_EQ(caller->require(Scope::Administer).error().code, Code::Denied);
  EXPECT_EQ(await(journal_.list({.subject = ada.id.text(), .name = "sign_in.refused"}))->size(), 1U);
}

TEST_F(AccountsOfAHouse, neverStoreASecretAsItIs) {
  make("ada");
  const auto in = signIn("correct horse");
  const auto rows = await(database_->query("SELECT a.password_hash, s.cookie_hash FROM accounts a, sign_in_sessions s"));
  EXPECT_TRUE(rows->at(0).text(0).starts_with("$argon2id$"));
  EXPECT_EQ(rows->at(0).text(1).size(), 64U);
  EXPECT_NE(rows->at(0).text(1), in->cookie);
}

TEST_F(AccountsOfAHouse, slowDownWhoGuessesAndNeverLockOut) {
  make("ada");
  for (int i = 0; i < 5; ++i) EXPECT_EQ(signIn("wrong horse").error().error.code, Code::Unauthenticated);
  const auto refused = signIn("correct horse");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().error.code, Code::OverLimit);
  EXPECT_EQ(refused.error().retryAfter, std::chrono::seconds(30));
  EXPECT_THAT(refused.error().error.message, HasSubstr("wait 30 seconds"));
  EXPECT_TRUE(signIn("correct horse", "10.0.0.2"));
  clock_.advance(30s);
  EXPECT_TRUE(signIn("correct horse"));
  EXPECT_FALSE(signIn("wrong horse"));  // a right password wiped the slate
}

TEST_F(AccountsOfAHouse, letTheirOwnerInWhileManyAddressesGuess) {
  make("ada");
  for (int i = 0; i < 60; ++i) EXPECT_FALSE(signIn("wrong horse", fmt::format("10.0.1.{}", i)));
  EXPECT_TRUE(signIn("correct horse", "10.0.0.9"));
}

TEST(Attempts, countAnIpv6NetworkAsOneAddress) {
  EXPECT_EQ(placeOf("2001:db8:1:2:3:4:5:6"), placeOf("2001:db8:1:2:ffff::1"));
  EXPECT_NE(placeOf("2001:db8:1:2::1"), placeOf("2001:db8:1:3::1"));
  EXPECT_EQ(placeOf("::ffff:10.0.0.1"), "10.0.0.1");
  EXPECT_EQ(placeOf("unix"), "unix");
}

TEST(Attempts, limitAnAddressThatTriesManyNamesAndStayBounded) {
  FakeClock clock;
  Attempts attempts(clock);
  int allowed = 0;
  for (int i = 0; i < 100; ++i) allowed += attempts.begin(fmt::format("name{}", i), "10.0.0.1") ? 0 : 1;
  EXPECT_EQ(allowed, 30);
  clock.advance(10s);
  EXPECT_FALSE(attempts.begin("another", "10.0.0.1"));
  for (int i = 0; i < 25'000; ++i) attempts.begin("ada", fmt::format("10.{}.{}.1", i / 250, i % 250));
}

TEST_F(AccountsOfAHouse, keepASessionThatIsUsedAndEndOneThatIsNot) {
  make("ada");
  const auto cookie = signIn("correct horse")->cookie;
  for (int day = 0; day < 30; ++day) {
    clock_.advance(24h);
    ASSERT_TRUE(await(accounts_.callerByCookie(cookie))) << day;
  }
  clock_.advance(13 * 24h + 23h);
  ASSERT_TRUE(await(accounts_.callerByCookie(cookie)));
  clock_.advance(14 * 24h);
  const auto late = await(accounts_.callerByCookie(cookie));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Code::Unauthenticated);
  ASSERT_TRUE(await(accounts_.sweep()));
  EXPECT_EQ(await(database_->query("SELECT COUNT(*) FROM sign_in_sessions"))->at(0).number(0), 0);
}

TEST_F(AccountsOfAHouse, endASessionAtSignOutAtOnce) {
  make("ada");
  const auto cookie = signIn("correct horse")->cookie;
  ASSERT_TRUE(await(accounts_.callerByCookie(cookie)));
  ASSERT_TRUE(await(accounts_.signOut(cookie)));
  EXPECT_FALSE(await(accounts_.callerByCookie(cookie)));
  EXPECT_TRUE(await(accounts_.signOut(cookie)));
  EXPECT_FALSE(await(accounts_.callerByCookie("")));
}

TEST_F(AccountsOfAHouse, endTheOtherSessionsWhenThePasswordChanges) {
  const auto ada = make("ada");
  const auto here = signIn("correct horse")->cookie;
  const auto there = signIn("correct horse")->cookie;
  ASSERT_TRUE(await(accounts_.callerByCookie(there)));
  EXPECT_EQ(await(accounts_.changePassword(ada.id, std::nullopt, "battery staple", here)).error().code, Code::InvalidInput);
  EXPECT_EQ(await(accounts_.changePassword(ada.id, "wrong horse", "battery staple", here)).error().code, Code::Denied);
  ASSERT_TRUE(await(accounts_.changePassword(ada.id, "correct horse", "battery staple", here)));
  EXPECT_TRUE(await(accounts_.callerByCookie(here)));
  EXPECT_FALSE(await(accounts_.callerByCookie(there)));
  EXPECT_FALSE(signIn("correct horse"));
  EXPECT_TRUE(signIn("battery staple"));
}

TEST_F(AccountsOfAHouse, slowDownGuessingTheCurrentPasswordWithAStolenCookie) {
  const auto ada = make("ada");
  for (int i = 0; i < 5; ++i) EXPECT_EQ(await(accounts_.changePassword(ada.id, "wrong", "battery staple", "")).error().code, Code::Denied);
  EXPECT_EQ(await(accounts_.changePassword(ada.id, "correct horse", "battery staple", "")).error().code, Code::OverLimit);
}

TEST_F(AccountsOfAHouse, letInOnceByALinkThatIsFresh) {
  const auto ada = make("ada", std::nullopt);
  const auto link = await(accounts_.makeSignInLink(ada.id, 1h));
  ASSERT_TRUE(link);
  const auto in = await(accounts_.signInByLink(*link, "10.0.0.1"));
  ASSERT_TRUE(in) << in.error().error.message;
  EXPECT_EQ(in->account.id, ada.id);
  const auto again = await(accounts_.signInByLink(*link, "10.0.0.1"));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().error.code, Code::Unauthenticated);
  const auto old = *await(accounts_.makeSignInLink(ada.id, 1h));
  clock_.advance(1h);
  EXPECT_FALSE(await(accounts_.signInByLink(old, "10.0.0.1")));
  EXPECT_EQ(await(accounts_.makeSignInLink(AccountId::make(), 1h)).error().code, Code::NotFound);
  EXPECT_TRUE(await(accounts_.changePassword(ada.id, std::nullopt, "battery staple", in->cookie)));  // none was set
}

TEST_F(AccountsOfAHouse, standAJumpOfTheClock) {
  const auto ada = make("ada");
  const auto cookie = signIn("correct horse")->cookie;
  const auto link = *await(accounts_.makeSignInLink(ada.id, 1h));
  clock_.jump(-10 * 365 * 24h);  // a machine that starts without a battery for its clock
  EXPECT_TRUE(await(accounts_.callerByCookie(cookie)));
  EXPECT_TRUE(await(accounts_.signInByLink(link, "10.0.0.1")));
  EXPECT_FALSE(await(accounts_.signInByLink(link, "10.0.0.1")));
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(signIn("wrong horse", "10.0.0.2"));
  clock_.jump(10 * 365 * 24h);
  EXPECT_EQ(signIn("correct horse", "10.0.0.2").error().retryAfter, std::chrono::seconds(30));  // waiting is time that passes
  clock_.jump(-1h);
  clock_.advance(30s);
  EXPECT_TRUE(signIn("correct horse", "10.0.0.2"));
  EXPECT_TRUE(await(accounts_.callerByCookie(cookie)));
  const auto events = *await(journal_.list({.subject = ada.id.text()}));
  EXPECT_TRUE(std::ranges::is_sorted(events, std::greater{}, &journal::Event::number));  // what happened last comes first
}

TEST_F(AccountsOfAHouse, giveTokensThatDoWhatTheirScopesSayUntilTheyExpireOrAreRevoked) {
  const auto ada = make("ada");
  auto by = callerOf(ada);
  const auto made = await(
      accounts_.createToken(by, {.name = "laptop", .scopes = std::vector<std::string>{"read_contents", "run_code"}, .expiresInS = 3600}));
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_TRUE(made->secret.starts_with("alm_"));
  const auto caller = await(accounts_.callerByToken(made->secret));
  ASSERT_TRUE(caller);
  EXPECT_EQ(caller->shownBy, ShownBy::Token);
  EXPECT_EQ(caller->scopes, (ScopeSet{Scope::ReadContents, Scope::RunCode}));
  EXPECT_THAT(caller->require(Scope::WriteContents).error().message, HasSubstr("write_contents"));
  EXPECT_EQ(await(accounts_.listTokens(ada.id))->at(0).lastUsedAt, clock_.now());
  clock_.advance(59min);
  EXPECT_TRUE(await(accounts_.callerByToken(made->secret)));
  clock_.advance(1min);
  EXPECT_THAT(await(accounts_.callerByToken(made->secret)).error().message, HasSubstr("expired at"));

  const auto other = *await(accounts_.createToken(by, {.name = "desk"}));
  EXPECT_EQ(other.token.scopes.size(), kScopes.size() - 1);
  EXPECT_TRUE(await(accounts_.callerByToken(other.secret)));
  EXPECT_EQ(await(accounts_.revokeToken(make("bob").id, other.token.id)).error().code, Code::NotFound);
  ASSERT_TRUE(await(accounts_.revokeToken(ada.id, other.token.id)));
  EXPECT_EQ(await(accounts_.callerByToken(other.secret)).error().code, Code::Unauthenticated);
  EXPECT_EQ(await(accounts_.callerByToken("alm_")).error().code, Code::Unauthenticated);
}

TEST_F(AccountsOfAHouse, giveATokenNoMoreThanItsMakerHas) {
  const auto ada = make("ada");
  auto by = callerOf(ada);
  by.scopes = ScopeSet{Scope::ManageAccount, Scope::ReadContents};
  EXPECT_EQ(await(accounts_.createToken(by, {.name = "x"}))->token.scopes, (std::vector<std::string>{"manage_account", "read_contents"}));
  EXPECT_EQ(await(accounts_.createToken(by, {.name = "x", .scopes = std::vector<std::string>{"run_code"}})).error().code, Code::Denied);
  EXPECT_THAT(await(accounts_.createToken(by, {.name = "x", .scopes = std::vector<std::string>{"fly"}})).error().message,
      HasSubstr("there is no scope 'fly'; there are: read_account"));
  EXPECT_EQ(await(accounts_.createToken(by, {.name = ""})).error().code, Code::InvalidInput);
  EXPECT_EQ(await(accounts_.createToken(by, {.name = "x", .expiresInS = 0})).error().code, Code::InvalidInput);
}

TEST_F(AccountsOfAHouse, takeAdministrationFromTokensOfWhoIsNoAdministratorAnyMore) {
  const auto root = *await(accounts_.create({.name = "root", .admin = true}));
  const auto token =
      *await(accounts_.createToken(callerOf(root), {.name = "x", .scopes = std::vector<std::string>{"administer", "run_code"}}));
  EXPECT_TRUE(await(accounts_.callerByToken(token.secret))->scopes.has(Scope::Administer));
  await(database_->change("UPDATE accounts SET admin = ?", {false}));
  clock_.advance(10s);
  EXPECT_EQ(await(accounts_.callerByToken(token.secret))->scopes, ScopeSet{Scope::RunCode});
}

TEST_F(AccountsOfAHouse, keepPreferencesUpToTheirLimit) {
  const auto ada = make("ada");
  EXPECT_EQ(await(accounts_.getPreferences(ada.id)), "{}");
  ASSERT_TRUE(await(accounts_.setPreferences(ada.id, R"({ "font": 14, "odd": "\u0000ü" })")));
  EXPECT_EQ(await(accounts_.getPreferences(ada.id)), R"({"font":14,"odd":"\u0000ü"})");
  EXPECT_EQ(await(accounts_.setPreferences(ada.id, "[1]")).error().code, Code::InvalidInput);
  EXPECT_EQ(
      await(accounts_.setPreferences(ada.id, fmt::format(R"({{"a":"{}"}})", std::string(70'000, 'x')))).error().code, Code::OverLimit);
}

TEST(Passwords, areHashedAnewWhenTheCostChanges) {
  Passwords before({.passes = 1, .memory = 8192});
  Passwords after({.passes = 2, .memory = 16384});
  const auto old = *await(before.hash("correct horse"));
  const auto verdict = await(after.verify(old, "correct horse"));
  ASSERT_TRUE(verdict->right && verdict->better);
  EXPECT_FALSE(await(after.verify(verdict->better, "correct horse"))->better);
  EXPECT_FALSE(await(after.verify(old, "wrong horse"))->right);
  EXPECT_FALSE(await(after.verify(std::nullopt, "correct horse"))->right);
}

TEST(KnownCallers, areNotKeptWhenSomethingWasForgottenMeanwhile) {
  FakeClock clock;
  KnownCallers known(clock);
  const Caller ada{AccountId::make(), "ada", ScopeSet::all(), ShownBy::Cookie};
  const auto mark = known.mark();
  known.forget("hash");  // signed out while the database was asked
  known.keep("hash", ada, std::nullopt, mark);
  EXPECT_FALSE(known.find("hash"));
  known.keep("hash", ada, clock.now() + 1s, known.mark());
  EXPECT_TRUE(known.find("hash"));
  clock.jump(1s);
  EXPECT_FALSE(known.find("hash"));
}

TEST(Scopes, survivePrintingAndReadingOneByOne) {
  for (const auto& line : kScopes) EXPECT_EQ(nameOf(line.scope), line.name);
}

}  // namespace
}  // namespace allmende::accounts
