#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "lib/base/base64.h"
#include "lib/base/clock.h"
#include "lib/base/id.h"
#include "lib/base/json.h"
#include "lib/base/json_check.h"
#include "lib/base/log.h"
#include "lib/base/sha256.h"
#include "lib/base/task.h"
#include "lib/base/turn.h"

namespace allmende {

struct Limit {
  std::string name;
  std::int64_t bytes = 7;
  std::optional<std::string> note;
  std::vector<int> steps;
  bool operator==(const Limit&) const = default;
};
constexpr auto fieldsOf(Type<Limit>) {
  return record(
      "Limit", field("name", &Limit::name), field("bytes", &Limit::bytes), field("note", &Limit::note), field("steps", &Limit::steps));
}

namespace {

struct ThingKind {
  static constexpr std::string_view prefix = "th_";
  static constexpr std::string_view name = "thing";
};
using ThingId = Id<ThingKind>;

Result<int> half(int of) {
  if (of % 2 != 0) return fail(Code::InvalidInput, "{} is odd", of);
  return of / 2;
}
Result<int> quarter(int of) {
  TRY(const int once, half(of));
  TRY(const int twice, during("halving again", half(once)));
  return twice;
}

TEST(Result, carriesTheFirstFailureUpWithWhatWasBeingDone) {
  EXPECT_EQ(quarter(8), 2);
  EXPECT_EQ(quarter(6).error(), (Error{Code::InvalidInput, "halving again: 3 is odd", {}}));
}

TEST(Result, codesAreReadBackByTheirNames) {
  for (const auto code : {Code::InvalidInput, Code::DiskFull, Code::Internal}) EXPECT_EQ(codeNamed(nameOf(code)), code);
  EXPECT_EQ(codeNamed("no such code"), std::nullopt);
  EXPECT_EQ(codeNamed(""), std::nullopt);
}

TEST(Json, aRecordedStructSurvivesTheRoundTrip) {
  const Limit limit{.name = "disk", .bytes = 5, .note = "hard", .steps = {1, 2}};
  Limit back;
  ASSERT_TRUE(fromJson(toJson(limit), back));
  EXPECT_EQ(back, limit);
}

TEST(Json, saysWhichFieldIsWrongAndHow) {
  Limit limit;
  EXPECT_EQ(fromJson(json::parse(R"({"bytes":"5"})"), limit).error().message, "bytes must be a whole number, not a string");
  EXPECT_EQ(fromJson(json::parse(R"({"steps":[1,"x"]})"), limit).error().message, "steps[1] must be a whole number, not a string");
  EXPECT_EQ(fromJson(json::parse(R"({"byte":5})"), limit).error().message, "unknown field 'byte'");
}

TEST(Json, numbersAreReadToTheirLastDigit) {
  for (const double number : {0.7577045219905117, 3.141592653589793, 1.7976931348623157e308, 5e-324, -0.1, 123456.78901234567}) {
    EXPECT_EQ(parseJson(fmt::format("[{}]", number))->at(0), json::value(number)) << number;
  }
  EXPECT_EQ(parseJson("0.1")->get_double(), 0.1);
  EXPECT_EQ(parseJson("1e-400")->get_double(), 0.0);
}

TEST(Json, refusesANumberThatNoReaderCouldHold) {
  EXPECT_EQ(parseJson("[1,\n 1e400]").error().code, Code::InvalidInput);
  EXPECT_NE(parseJson("[1,\n -1e400]").error().message.find("line 2"), std::string::npos);
}

TEST(Json, isCheckedAsItIsParsed) {
  for (const auto* good : {"{}", " {\"a\":[1,2.5,\"\\u00e4\",true,null]} "}) EXPECT_TRUE(checkJsonObject(good)) << good;
  for (const auto* bad : {"", "[]", "{", "{} {}", "{\"a\":1e400}", "{\"a\":\"\xff\"}", "{},\"b\":{}"})
    EXPECT_FALSE(checkJsonObject(bad)) << bad;
  EXPECT_FALSE(checkJsonObject("{\"a\":[[]]}", 2));
  EXPECT_TRUE(checkJsonObject("{\"a\":[[]]}", 3));
}

TEST(Json, refusesTextThatIsBrokenTooDeepOrFollowedByMore) {
  EXPECT_NE(parseJson("{\"a\":\n }").error().message.find("line 2"), std::string::npos);
  EXPECT_EQ(parseJson(std::string(100, '['), 64).error().code, Code::InvalidInput);
  EXPECT_FALSE(parseJson("{} {}"));
  EXPECT_FALSE(parseJson(""));
  EXPECT_TRUE(parseJson(" {} \n"));
}

TEST(Id, refusesTheIdOfAnotherKind) {
  EXPECT_TRUE(ThingId::parse(ThingId::make().text()));
  EXPECT_FALSE(ThingId::parse("rt_0123456789abcdef0123"));
  EXPECT_FALSE(ThingId::parse("th_../../etc/passwd0"));
  EXPECT_TRUE(isUuid(randomUuid()));
  EXPECT_FALSE(isUuid("not-a-uuid"));
}

TEST(Clock, writesTimesTheWayStockJupyterClientsParseThem) {
  EXPECT_EQ(formatUtc(Instant{1795529437042ms}), "2026-11-24T14:10:37.042000Z");
}

TEST(ATime, isReadBackAsItWasWritten) {
  for (const auto at :
      {Instant{1795529437042ms}, Instant{0ms}, Instant{951782400000ms}, Instant{32474736000000ms}, Instant{253402300799999ms}})
    EXPECT_EQ(parseUtc(formatUtc(at)), at);
  EXPECT_EQ(parseUtc("2026-11-24T14:10:37Z"), Instant{1795529437000ms});
  EXPECT_EQ(parseUtc("2026-11-24T14:10:37.5Z"), Instant{1795529437500ms});
  for (const auto* wrong : {"", "Z", "2026-11-24T14:10:37", "2026-02-30T14:10:37Z", "2026-11-24T24:10:37Z", "2026-11-24 14:10:37Z",
           "2026-11-24T14:10:37.Z", "2026-11-24T14:10:37.1x3Z", "2026-11-24T14:-1:37Z", "+026-11-24T14:10:37Z"}) {
    EXPECT_EQ(parseUtc(wrong), std::nullopt) << wrong;
  }
}

Task<> countUntilStopped(FakeClock& clock, int& rounds) {  // NOLINT: both outlive the scope of the test
  for (;;) {
    co_await clock.sleep(1min);
    if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none) co_return;
    ++rounds;
  }
}
Task<> throwAtOnce() {
  check(false, "never thrown");
  co_return;
}
Task<> closeScope(TaskScope& scope, bool& closed) {  // NOLINT: see above
  co_await scope.close();
  closed = true;
}

TEST(TaskScope, stopsWhatItStartedBeforeCloseReturns) {
  asio::io_context loop;
  FakeClock clock;
  int rounds = 0;
  bool closed = false;
  TaskScope scope(loop.get_executor());
  scope.spawn("counter", countUntilStopped(clock, rounds));
  loop.poll();
  clock.advance(1min);
  loop.poll();
  EXPECT_EQ(rounds, 1);
  asio::co_spawn(loop, closeScope(scope, closed), asio::detached);
  loop.poll();
  EXPECT_TRUE(closed);
  EXPECT_EQ(scope.size(), 0U);
}

Task<> comeAndGo(Turn& turn, std::string& said, char who) {  // NOLINT: see above
  const auto held = co_await turn.take();
  said += who;
  co_await asio::post(asio::use_awaitable);
  said += who;
}

TEST(Turn, isHeldByOneAtATimeAndFreeOnlyWhenNobodyWants) {
  asio::io_context loop;
  Turn turn(loop.get_executor());
  std::string said;
  {
    TaskScope scope(loop.get_executor());
    for (const char who : {'a', 'b', 'c'}) scope.spawn("come and go", comeAndGo(turn, said, who));
    while (said.size() < 5) {
      loop.run_one();
      EXPECT_FALSE(turn.isFree());
    }
    loop.run();
  }
  EXPECT_EQ(said, "aabbcc");
  EXPECT_TRUE(turn.isFree());
}

TEST(TaskScope, survivesATaskThatThrowsAndLogsIt) {
  std::string logged;
  log::setSink([&](std::string_view line) { logged = line; });
  asio::io_context loop;
  TaskScope scope(loop.get_executor());
  scope.spawn("thrower", throwAtOnce());
  loop.poll();
  log::setSink(nullptr);
  EXPECT_NE(logged.find("\"event\":\"task.failed\""), std::string::npos) << logged;
  EXPECT_EQ(scope.size(), 0U);
}

TEST(Base64, comesBackByteForByteAndRefusesWhatIsNone) {
  EXPECT_EQ(toBase64("f"), "Zg==");
  EXPECT_EQ(toBase64("fo"), "Zm8=");
  EXPECT_EQ(toBase64("foobar"), "Zm9vYmFy");
  std::string all;
  for (int i = 0; i < 256; ++i) {
    all += static_cast<char>(i);
    EXPECT_EQ(fromBase64(toBase64(all)), all);
  }
  EXPECT_EQ(fromBase64("Zm9v\r\nYmFy\n"), "foobar");
  EXPECT_EQ(fromBase64(""), "");
  for (const auto* broken : {"Z", "Zg", "Zg=", "Zg===", "=", "Zm8=Zm8=", "Zm9v!", "Z\xc3\xa4=="})
    EXPECT_EQ(fromBase64(broken), std::nullopt) << broken;
}

// The examples of FIPS 180-4 and RFC 4231.
TEST(Sha256, isThatOfTheStandardAndPiecesDoNotMatter) {
  EXPECT_EQ(sha256Of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  Sha256 hash;
  for (const std::string_view piece : {"a", "", "bc"}) hash.add(piece);
  EXPECT_EQ(hexOf(hash.finish()), sha256Of("abc"));
}

TEST(HmacSha256, isThatOfTheStandardForKeysShortAndLong) {
  EXPECT_EQ(hexOf(HmacSha256("Jefe").of({"what do ya want ", "for nothing?"})),
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hexOf(HmacSha256(std::string(131, '\xaa')).of({"Test Using Larger Than Block-Size Key - Hash Key First"})),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(SameInConstantTime, comparesLengthAndEveryByte) {
  EXPECT_TRUE(sameInConstantTime("abc", "abc"));
  for (const std::string_view other : {"abd", "ab", "abcd", ""}) EXPECT_FALSE(sameInConstantTime("abc", other)) << other;
}

}  // namespace
}  // namespace allmende
