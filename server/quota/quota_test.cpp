#include "server/quota/quota.h"

#include <gtest/gtest.h>

#include <boost/asio/detached.hpp>
#include <cmath>
#include <fstream>
#include <numeric>
#include <random>

#include "lib/base/testing.h"
#include "server/migrations/migrations.h"

namespace allmende::quota {
namespace {

// ---- tiers ----

class Tiers : public ::testing::Test {
 protected:
  Result<TierBook> load(std::string_view text) {
    std::ofstream(file_) << text;
    Tier defaults;
    defaults.memory.bytes = std::int64_t{2} << 30;
    defaults.disk.bytes = std::int64_t{5} << 30;
    return TierBook::load(file_, defaults);
  }
  // What is wrong with it, from its place in the file on.
  std::string wrongWith(std::string_view text) {
    const auto book = load(text);
    if (book) return "";
    EXPECT_EQ(book.error().code, Code::InvalidInput);
    const auto& message = book.error().message;
    const auto place = message.find("tiers.toml");
    return place == std::string::npos ? message : message.substr(place);
  }

  testing::TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.path() / "tiers.toml";
};

TEST_F(Tiers, sayWhatTheyDoNotAsTheDefaultsDo) {
  const auto book = load("[tier.free]\n[tier.pro]\ntitle = \"Pro\"\nmemory = \"8 GB\"\nidle = \"6h\"\nweight = 4\n");
  ASSERT_TRUE(book) << book.error().message;
  EXPECT_EQ(book->free().memory.bytes, std::int64_t{2} << 30);
  EXPECT_EQ(book->free().title, "free");
  EXPECT_EQ(book->find("pro")->memory.bytes, std::int64_t{8} << 30);
  EXPECT_EQ(book->find("pro")->disk.bytes, std::int64_t{5} << 30);
  EXPECT_EQ(book->find("pro")->idle, 6h);
  EXPECT_EQ(book->find("gold"), nullptr);
}

TEST_F(Tiers, withAShortIdleTimeAloneAreNoLessPatientWhenOthersWait) {
  const auto book = load("[tier.free]\nidle = \"5m\"\n");
  ASSERT_TRUE(book) << book.error().message;
  EXPECT_EQ(book->free().idleWhenNeeded, 5min);
}

TEST_F(Tiers, sayWhereTheirRuntimesMayGo) {
  const auto book = load("[tier.free]\nnetwork = \"allow-list\"\nreach = [\"*.example.org\", \"10.1.0.0/16\"]\nupload = \"2 MB\"\n");
  ASSERT_TRUE(book) << book.error().message;
  EXPECT_EQ(book->free().network, "allow-list");
  EXPECT_EQ(book->free().reach, (std::vector<std::string>{"*.example.org", "10.1.0.0/16"}));
  EXPECT_EQ(book->free().upload.bytes, 2 << 20);
}

TEST_F(Tiers, ofThisHouseCanBeRead) {
  const auto file = std::filesystem::path(__FILE__).parent_path().parent_path().parent_path() / "policies/tiers.toml";
  Tier defaults;
  defaults.memory.bytes = std::int64_t{2} << 30;
  defaults.disk.bytes = std::int64_t{5} << 30;
  const auto book = TierBook::load(file, defaults);
  ASSERT_TRUE(book) << book.error().message;
  EXPECT_NE(book->find("pro"), nullptr);
}

TEST_F(Tiers, withAMistakeAreRefusedByFileAndLine) {
  EXPECT_EQ(wrongWith("[tier.free]\nmemmory = \"8 GB\"\n").substr(0, 43), "tiers.toml:2: unknown setting 'memmory'; kn");
  EXPECT_EQ(wrongWith("[tier.free]\nidle = \"45x\"\n"), "tiers.toml:2: idle: '45x' is no duration; write 90s, 15m, 12h or 7d");
  EXPECT_EQ(wrongWith("[tier.free]\n\n[tier.pro]\ncpus = -1\n"), "tiers.toml:3: tier pro: cpus is -1; allowed are 0.05 to 1024");
  EXPECT_EQ(wrongWith("[tier.free]\nunits = nan\n"), "tiers.toml:1: tier free: units is nan; allowed are 0 to 1000000000");
  EXPECT_EQ(wrongWith("[tier.free]\nidle = \"10m\"\nidle_when_needed = \"1h\"\n").substr(0, 69),
      "tiers.toml:1: tier free: idle_when_needed (1h) is longer than idle (1");
  EXPECT_EQ(
      wrongWith("[tier.free]\nnetwork = \"all\"\n"), "tiers.toml:1: tier free: network is 'all'; allowed are none, egress and allow-list");
  EXPECT_EQ(wrongWith("[tier.free]\nnetwork = \"egress\"\nreach = [\"10.0.0.0/8\", \"a.org\"]\n"),
      "tiers.toml:1: tier free: reach names 'a.org', but names are for network = \"allow-list\"; with egress all public ones are reached");
  EXPECT_EQ(
      wrongWith("[tier.free]\nnetwork = \"none\"\nreach = [\"a.org\"]\n").substr(0, 47), "tiers.toml:1: tier free: reach names 'a.org', b");
  EXPECT_EQ(
      wrongWith("[tier.free]\nupload = \"1 KB\"\n"), "tiers.toml:1: tier free: upload in KiB a second is 1; allowed are 16 to 104857600");
  EXPECT_EQ(wrongWith("[tier.Free]\n").substr(0, 41), "tiers.toml:1: a tier's name has 1 to 32 o");
  EXPECT_EQ(wrongWith("[tier.pro]\n"), "tiers.toml: there is no [tier.free], which is everybody's until they are given another");
  EXPECT_EQ(wrongWith("[tiers.free]\n"), "tiers.toml:1: 'tiers' is not known here; write tables [tier.NAME]");
  EXPECT_EQ(wrongWith("tier = 1\n"), "tiers.toml:1: 'tier' is not known here; write tables [tier.NAME]");
  EXPECT_EQ(wrongWith("[tier]\nfree = 1\n"), "tiers.toml:2: 'free' stands outside of a table; write it below [tier.NAME]");
  EXPECT_EQ(wrongWith("[tier.free\n").substr(0, 13), "tiers.toml:1:");
}

// ---- the queue ----

Waiting waiting(std::string id, Duration since = 0ms, double used = 0, double weight = 1, std::int64_t memory = 1) {
  return {.id = std::move(id), .memoryBytes = memory, .weight = weight, .usedLately = used, .since = since};
}

TEST(TheQueue, servesEqualsInTheOrderOfTheirComing) {
  FairQueue queue;
  for (const auto* id : {"a", "b", "c"}) queue.join(waiting(id));
  EXPECT_EQ(queue.placeOf("c", 1h)->number, 3U);
  EXPECT_EQ(queue.take(1h, 1)->id, "a");
  EXPECT_EQ(queue.take(1h, 1)->id, "b");
  EXPECT_EQ(queue.placeOf("c", 1h)->number, 1U);
  EXPECT_EQ(queue.placeOf("a", 1h).has_value(), false);
}

TEST(TheQueue, letsLightUsersAndHeavyTiersPass) {
  FairQueue queue;
  queue.join(waiting("heavy user", 0ms, 20));
  queue.join(waiting("newcomer", 5min));
  queue.join(waiting("pro", 6min, 0, 4));
  EXPECT_EQ(queue.take(10min, 1)->id, "pro");
  EXPECT_EQ(queue.take(10min, 1)->id, "newcomer");
  EXPECT_EQ(queue.take(10min, 1)->id, "heavy user");
}

TEST(TheQueue, letsNothingSmallSlipPastALargeWishThatIsNext) {
  FairQueue queue;
  queue.join(waiting("large", 0ms, 0, 1, 8));
  queue.join(waiting("small", 1min, 0, 1, 1));
  EXPECT_EQ(queue.take(2min, 4), std::nullopt);
  EXPECT_EQ(queue.take(2min, 8)->id, "large");
}

TEST(TheQueue, hasABound) {
  FairQueue queue;
  for (std::size_t i = 0; i < FairQueue::kMost; ++i) ASSERT_TRUE(queue.join(waiting(std::to_string(i))));
  EXPECT_FALSE(queue.join(waiting("one more")));
}

// Ten thousand people and a hundred places for two weeks. Nearly all come now and then; a hundred and twenty want a runtime all the time.
TEST(TheQueue, isFairToTenThousandPeople) {
  constexpr int kPeople = 10'000;
  constexpr int kHeavy = 120;
  constexpr int kPlaces = 100;
  constexpr int kMinutes = 14 * 24 * 60;
  constexpr double kUnitsPerMinute = 1.5 / 60;
  struct Person {
    double used = 0;
    int usedAt = 0;
    int endsAt = -1;
    int joinedAt = -1;
    std::vector<int> waits;
  };
  std::vector<Person> people(kPeople);
  std::mt19937 random(20'261'129);
  const auto usedNow = [&](Person& one, int minute) {
    one.used *= std::exp2(-(minute - one.usedAt) / (24.0 * 60));
    one.usedAt = minute;
    return one.used;
  };
  FairQueue queue;
  int free = kPlaces;
  std::vector<std::vector<int>> endings(kMinutes + 24 * 60);
  for (int minute = 0; minute < kMinutes; ++minute) {
    for (const int id : endings[static_cast<std::size_t>(minute)]) {
      auto& one = people[static_cast<std::size_t>(id)];
      usedNow(one, minute);
      one.used += (id < kHeavy ? 120 : 60) * kUnitsPerMinute;
      one.endsAt = -1;
      ++free;
    }
    const auto join = [&](int id) {
      auto& one = people[static_cast<std::size_t>(id)];
      if (one.joinedAt >= 0 || one.endsAt >= 0) return;
      one.joinedAt = minute;
      ASSERT_TRUE(queue.join(waiting(std::to_string(id), std::chrono::minutes(minute), usedNow(one, minute))));
    };
    for (int id = 0; id < kHeavy; ++id) join(id);
    // About 80 an hour of the others, each an hour long: with them alone the machine would not be full.
    std::poisson_distribution<int> coming(80.0 / 60);
    for (int n = coming(random); n > 0; --n) join(std::uniform_int_distribution<int>(kHeavy, kPeople - 1)(random));
    while (auto next = queue.take(std::chrono::minutes(minute), free)) {
      const auto id = std::stoi(next->id);
      auto& one = people[static_cast<std::size_t>(id)];
      one.waits.push_back(minute - one.joinedAt);
      one.joinedAt = -1;
      one.endsAt = minute + (id < kHeavy ? 120 : 60);
      endings[static_cast<std::size_t>(one.endsAt)].push_back(id);
      --free;
    }
  }
  std::vector<int> light;
  std::vector<int> heavy;
  int longest = 0;
  for (int id = 0; id < kPeople; ++id) {
    auto& one = people[static_cast<std::size_t>(id)];
    auto& waits = id < kHeavy ? heavy : light;
    waits.insert(waits.end(), one.waits.begin(), one.waits.end());
    if (one.joinedAt >= 0) longest = std::max(longest, kMinutes - one.joinedAt);
    if (id < kHeavy) EXPECT_GT(one.waits.size(), 5U) << "the heavy user " << id << " got next to nothing";
  }
  const auto mean = [](const std::vector<int>& waits) {
    return std::accumulate(waits.begin(), waits.end(), 0.0) / static_cast<double>(std::max<std::size_t>(1, waits.size()));
  };
  for (const auto* waits : {&light, &heavy}) longest = std::max(longest, std::ranges::max(*waits));
  std::printf(
      "light users waited %.1f min, heavy ones %.0f min on average; nobody longer than %.1f h\n", mean(light), mean(heavy), longest / 60.0);
  EXPECT_GT(light.size(), 20'000U);
  EXPECT_LT(mean(light) * 8, mean(heavy));
  EXPECT_LT(mean(light), 60);
  EXPECT_LT(longest, 2 * 24 * 60);
}

// ---- the machine's room ----

class Room : public ::testing::Test {
 protected:
  // Enters and says in `log` when it is in, or why not.
  Task<> enter(std::string id, std::int64_t memory, std::string device) {
    auto one = waiting(id, 0ms, 0, 1, memory);
    one.device = std::move(device);
    auto entered = co_await admission.enter(std::move(one));
    log.push_back(entered ? id : fmt::format("{}: {}", id, nameOf(entered.error().code)));
  }
  void go(std::string id, std::int64_t memory, std::string device = {}) {
    asio::co_spawn(loop, enter(std::move(id), memory, std::move(device)), asio::detached);
  }
  std::vector<std::string> said() {
    loop.restart();
    loop.poll();
    return std::exchange(log, {});
  }

  asio::io_context loop;
  FakeClock clock;
  Admission admission{loop.get_executor(), clock, 10};
  std::vector<std::string> log;
};

using Said = std::vector<std::string>;

TEST_F(Room, isHandedOutAndWaitedFor) {
  go("a", 6);
  go("b", 6);
  go("c", 4);
  EXPECT_EQ(said(), Said{"a"});
  EXPECT_EQ(admission.placeOf("b")->number, 1U);
  EXPECT_EQ(admission.placeOf("c")->number, 2U);
  EXPECT_EQ(admission.placeOf("c")->of, 2U);
  EXPECT_EQ(admission.placeOf("a"), std::nullopt);
  EXPECT_FALSE(admission.hasRoomFor(1)) << "who comes now would pass those that wait";
  admission.leave("a");
  EXPECT_EQ(said(), (Said{"b", "c"}));
  EXPECT_EQ(admission.promised(), 10);
}

TEST_F(Room, isNotForWhoAsksForMoreThanThereIs) {
  go("a", 11);
  EXPECT_EQ(said(), Said{"a: over_limit"});
}

TEST_F(Room, whoWaitsForAnAcceleratorHoldsUpNobodyElse) {
  admission.setDevices({{"gpu", 1}});
  go("first", 2, "gpu");
  go("second", 2, "gpu");
  go("third", 2, "gpu");
  go("plain", 2);
  EXPECT_EQ(said(), (Said{"first", "plain"}));
  EXPECT_EQ(admission.freeDevices("gpu"), 0);
  EXPECT_EQ(admission.placeOf("third")->number, 2U);
  EXPECT_EQ(admission.placeOf("third")->of, 2U);
  EXPECT_TRUE(admission.hasRoomFor(2));
  EXPECT_FALSE(admission.hasRoomFor(2, "gpu"));
  admission.leave("first");
  EXPECT_EQ(said(), Said{"second"});
  admission.setDevices({{"gpu", 2}});  // another one was built in
  EXPECT_EQ(said(), Said{"third"});
  admission.setDevices({});  // and both were taken out
  EXPECT_EQ(admission.freeDevices("gpu"), -2);
  go("late", 2, "gpu");
  EXPECT_EQ(said(), Said{"late: over_limit"});
}

TEST_F(Room, anAcceleratorThatIsFreeIsNotTakenPastAPlainWishThatIsNext) {
  admission.setDevices({{"gpu", 1}});
  go("large", 10);
  go("next", 6);
  clock.advance(1min);
  go("with a gpu", 6, "gpu");
  EXPECT_EQ(said(), Said{"large"});
  admission.leave("large");
  EXPECT_EQ(said(), Said{"next"});
  admission.leave("next");
  EXPECT_EQ(said(), Said{"with a gpu"});
}

TEST_F(Room, lettingGoOfOnesTurnLetsTheNextIn) {
  go("a", 10);
  go("b", 10);
  go("c", 10);
  EXPECT_EQ(said(), Said{"a"});
  admission.leave("b");
  EXPECT_EQ(said(), Said{"b: cancelled"});
  admission.leave("a");
  EXPECT_EQ(said(), Said{"c"});
}

TEST_F(Room, ofWhatRunsAlreadyIsTakenWithoutAsking) {
  admission.claim("found after a restart", 12);
  go("a", 1);
  EXPECT_EQ(said(), Said{});
  admission.leave("found after a restart");
  EXPECT_EQ(said(), Said{"a"});
}

TEST_F(Room, tellsWhenOnesTurnMayCome) {
  for (int i = 0; i < 4; ++i) {
    admission.claim(std::to_string(i), 10);
    clock.advance(10min);
    admission.leave(std::to_string(i));
  }
  admission.claim("long", 10);
  go("a", 10);
  go("b", 10);
  EXPECT_EQ(said(), Said{});
  EXPECT_EQ(admission.placeOf("b")->estimate, 15min);  // 4 places in the 30 min since the first became free
}

TEST_F(Room, endsAllWaitingWhenItCloses) {
  go("a", 10);
  go("b", 10);
  EXPECT_EQ(said(), Said{"a"});
  admission.close();
  EXPECT_EQ(said(), Said{"b: unavailable"});
}

// ---- the ledger ----

class TheLedger : public ::testing::Test {
 protected:
  TheLedger() {
    std::ofstream(folder_.path() / "tiers.toml") << "[tier.free]\nunits = 20.0\n[tier.pro]\nunits = 100.0\n";
    Tier defaults;
    defaults.memory.bytes = std::int64_t{2} << 30;
    defaults.disk.bytes = std::int64_t{5} << 30;
    ledger.setBook(*TierBook::load(folder_.path() / "tiers.toml", defaults));
  }

  template <class T>
  T get(Task<Result<T>> task) {
    auto result = testing::await(std::move(task));
    if (!result) throw std::runtime_error(result.error().message);
    return *std::move(result);
  }
  Code codeOf(Task<Result<>> task) {
    const auto result = testing::await(std::move(task));
    return result ? Code::Internal : result.error().code;
  }
  Balance balance() { return get(ledger.standingOf(ada)).balance; }
  void use(std::int64_t milliunits, std::string runtime = "rt_1", std::int64_t cpuMs = 0) {
    useOf(ada, milliunits, std::move(runtime), cpuMs);
  }
  // As care writes it down: paid by whoever pays at the moment.
  void useOf(const AccountId& of, std::int64_t milliunits, std::string runtime = "rt_1", std::int64_t cpuMs = 0) {
    const auto written = testing::await(ledger.write({.account = of,
        .runtime = std::move(runtime),
        .tier = "free",
        .began = clock.now() - 1min,
        .ended = clock.now(),
        .milliunits = milliunits,
        .cpuMs = cpuMs,
        .paidBy = get(ledger.standingOf(of)).paidBy(),
        .reason = {}}));
    ASSERT_TRUE(written) << written.error().message;
  }

  testing::TemporaryFolder folder_;
  FakeClock clock;
  std::unique_ptr<store::Database> database = *store::Database::open("sqlite::memory:", migrations());
  journal::Journal journal{*database, clock};
  groups::Groups groups{*database, journal, clock};
  Ledger ledger{*database, groups, journal, clock, TierBook::plain({})};
  AccountId ada = AccountId::make();
};

TEST_F(TheLedger, addsUpWhatWasUsedInThisPeriod) {
  use(1500);
  use(500);
  EXPECT_DOUBLE_EQ(balance().used, 2);
  EXPECT_DOUBLE_EQ(balance().left(), 18);
  EXPECT_GT(balance().refillsAt, clock.now());
  clock.advance(std::chrono::hours{7 * 24});
  EXPECT_DOUBLE_EQ(balance().used, 0) << "a new period";
}

TEST_F(TheLedger, showsWhatWasUsedEachDay) {
  use(1500);
  clock.advance(24h);
  use(500);
  use(500);
  ASSERT_TRUE(testing::await(ledger.correct(ada, 3, "a gift is no use")));
  const auto days = get(ledger.days(ada, 3));
  ASSERT_EQ(days.size(), 3U);
  EXPECT_DOUBLE_EQ(days[0].units, 0);
  EXPECT_DOUBLE_EQ(days[1].units, 1.5);
  EXPECT_DOUBLE_EQ(days[2].units, 1);
  EXPECT_LE(days[2].begins, clock.now());
}

TEST_F(TheLedger, remembersHowFarARuntimeWasCounted) {
  EXPECT_EQ(get(ledger.findCounted("rt_1")).has_value(), false);
  use(10, "rt_1", 300);
  clock.advance(1h);
  use(10, "rt_1", 400);
  use(10, "rt_2", 9000);
  const auto counted = get(ledger.findCounted("rt_1"));
  EXPECT_EQ(counted->to, clock.now());
  EXPECT_EQ(counted->cpuMs, 700);
}

TEST_F(TheLedger, forgetsUseByHalfADay) {
  use(8000);
  EXPECT_DOUBLE_EQ(get(ledger.usedLately(ada)), 8);
  clock.advance(24h);
  EXPECT_DOUBLE_EQ(get(ledger.usedLately(ada)), 4);
  clock.advance(24h * 10);
  EXPECT_DOUBLE_EQ(get(ledger.usedLately(ada)), 0);
}

TEST_F(TheLedger, takesCorrectionsWithAReasonOnly) {
  use(5000);
  EXPECT_EQ(codeOf(ledger.correct(ada, 2, "")), Code::InvalidInput);
  EXPECT_EQ(codeOf(ledger.correct(ada, 0, "nothing")), Code::InvalidInput);
  EXPECT_EQ(codeOf(ledger.correct(ada, std::nan(""), "not a number")), Code::InvalidInput);
  ASSERT_TRUE(testing::await(ledger.correct(ada, 2, "the machine was broken")));
  EXPECT_DOUBLE_EQ(balance().used, 3);
  const auto entries = get(ledger.list(ada, Instant{}, 10));
  EXPECT_EQ(entries.at(0).reason, "the machine was broken");
  EXPECT_EQ(entries.at(0).runtime, std::nullopt);
  const auto events = get(journal.list({.subject = ada.text(), .name = {}}));
  EXPECT_EQ(events.at(0).name, "usage.corrected");
}

TEST_F(TheLedger, givesBackWhatARuntimeHasUsed) {
  use(2000, "rt_1", 300);
  use(3000, "rt_1", 300);
  use(4000, "rt_2", 300);
  EXPECT_DOUBLE_EQ(get(ledger.refund(ada, "rt_1", "a decision was overturned")), 5);
  EXPECT_DOUBLE_EQ(balance().used, 4);
  EXPECT_DOUBLE_EQ(get(ledger.refund(ada, "rt_3", "a decision was overturned")), 0);
  EXPECT_EQ(get(ledger.list(ada, Instant{}, 10)).size(), 4U);
}

TEST_F(TheLedger, knowsWhoHasWhichTierAndUntilWhen) {
  EXPECT_EQ(get(ledger.tierOf(ada)).name, "free");
  EXPECT_EQ(codeOf(ledger.grant(ada, "gold", {}, "asked")), Code::NotFound);
  EXPECT_EQ(codeOf(ledger.grant(ada, "pro", clock.now(), "asked")), Code::InvalidInput);
  EXPECT_EQ(codeOf(ledger.grant(ada, "pro", {}, "")), Code::InvalidInput);
  ASSERT_TRUE(testing::await(ledger.grant(ada, "pro", clock.now() + 1h, "a course")));
  EXPECT_EQ(get(ledger.tierOf(ada)).name, "pro");
  EXPECT_EQ(get(ledger.standingOf(ada)).grant->reason, "a course");
  clock.advance(1h);
  EXPECT_EQ(get(ledger.tierOf(ada)).name, "free");
  ASSERT_TRUE(testing::await(ledger.grant(ada, "pro", {}, "for good")));
  ASSERT_TRUE(testing::await(ledger.grant(ada, "free", {}, "it was a mistake")));
  EXPECT_EQ(get(ledger.tierOf(ada)).name, "free") << "the last one holds";
}

TEST_F(TheLedger, givesThoseOfAGroupItsTierUntilTheyHaveUsedItsBudgetTogether) {
  const auto teacher = AccountId::make();
  const auto bob = AccountId::make();
  const auto course = get(groups.create(teacher, "Statistics 1")).id;
  ASSERT_TRUE(testing::await(groups.put(teacher, course, ada, groups::Part::Member)));
  ASSERT_TRUE(testing::await(groups.put(teacher, course, bob, groups::Part::Member)));
  use(1000);
  EXPECT_EQ(codeOf(ledger.grantGroup(GroupId::make(), "pro", {}, 10, "a course")), Code::NotFound);
  EXPECT_EQ(codeOf(ledger.grantGroup(course, "pro", {}, 0, "a course")), Code::InvalidInput);
  EXPECT_EQ(codeOf(ledger.grantGroup(course, "pro", {}, std::nan(""), "a course")), Code::InvalidInput);
  clock.advance(1s);
  ASSERT_TRUE(testing::await(ledger.grantGroup(course, "pro", clock.now() + 24h, 10, "a course")));
  EXPECT_EQ(get(ledger.tierOf(ada)).name, "pro");
  EXPECT_EQ(get(ledger.tierOf(AccountId::make())).name, "free") << "who is not in it";
  EXPECT_DOUBLE_EQ(balance().used, 0) << "what one used oneself is not the course's";
  clock.advance(1s);
  use(4000, "rt_2");
  useOf(bob, 5000, "rt_3");
  EXPECT_DOUBLE_EQ(get(ledger.standingOf(ada)).budgetUsed, 9);
  EXPECT_DOUBLE_EQ(balance().used, 4);
  useOf(bob, 2000, "rt_3");
  EXPECT_EQ(get(ledger.tierOf(ada)).name, "free") << "used up by all together";
  EXPECT_DOUBLE_EQ(balance().used, 1) << "and none of it from one's own";
  EXPECT_DOUBLE_EQ(get(ledger.refund(bob, "rt_3", "a decision was overturned")), 7);
  EXPECT_EQ(get(ledger.tierOf(ada)).name, "pro") << "it was given back to who had paid";
  clock.advance(24h);
  EXPECT_EQ(get(ledger.tierOf(ada)).name, "free");
}

TEST_F(TheLedger, takesAnAccountsOwnTierBeforeThatOfAGroup) {
  const auto group = get(groups.create(ada, "Team")).id;
  ASSERT_TRUE(testing::await(ledger.grantGroup(group, "pro", {}, {}, "a team")));
  EXPECT_EQ(get(ledger.tierOf(ada)).name, "pro");
  ASSERT_TRUE(testing::await(ledger.grant(ada, "free", {}, "as it was agreed")));
  EXPECT_EQ(get(ledger.tierOf(ada)).name, "free");
}

}  // namespace
}  // namespace allmende::quota
