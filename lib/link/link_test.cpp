#include "lib/link/link.h"

#include <gtest/gtest.h>

namespace allmende::link {
namespace {

const RuntimeId kId = *RuntimeId::parse("rt_0123456789abcdef0123");

template <class T>
T roundTripAsk(T body) {
  const auto read = decodeFromServer(encode(Ask{7, body}));
  EXPECT_TRUE(read) << read.error().message;
  const auto& ask = std::get<Ask>(*read);
  EXPECT_EQ(ask.number, 7);
  return std::get<T>(ask.body);
}

template <class T>
T roundTripEvent(T body) {
  const auto read = decodeFromNode(encode(Event(body)));
  EXPECT_TRUE(read) << read.error().message;
  return std::get<T>(std::get<Event>(*read));
}

TEST(Link, carriesEveryAskUnchanged) {
  const StartRuntime start{
      kId, "acc_1", "/opt/python", "acc_1", 1, {.memoryBytes = 1, .cpus = 0.5, .diskBytes = 2, .pids = 3, .lifetimeSeconds = 4}};
  EXPECT_EQ(roundTripAsk(start), start);
  EXPECT_EQ(roundTripAsk(StopRuntime{kId, 5}), (StopRuntime{kId, 5}));
  EXPECT_EQ(roundTripAsk(ListRuntimes{}), ListRuntimes{});
  EXPECT_EQ(roundTripAsk(ReadUsage{kId}), ReadUsage{kId});
  const Observe observe{{"john"}, {"-R"}, {"stratum+tcp"}, {"pool.invalid"}};
  EXPECT_EQ(roundTripAsk(observe), observe);
  const Restrain restrain{kId, 0.1, 250'000, std::string(kHoldNew)};
  EXPECT_EQ(roundTripAsk(restrain), restrain);
}

TEST(Link, carriesEveryEventUnchanged) {
  const RuntimeEnded ended{kId, "lifetime", "It ran for 12 hours.", 7, 1.5};
  EXPECT_EQ(roundTripEvent(ended), ended);
  const MemoryRanOut ranOut{kId, 2, 8, "A process used more than 2 GB."};
  EXPECT_EQ(roundTripEvent(ranOut), ranOut);
  const Observed observed{kId, {{"exec.program", "john"}, {"exec.seconds", 61.5}}};
  EXPECT_EQ(roundTripEvent(observed), observed);
}

TEST(Link, carriesAnAnswersBody) {
  const Runtime runtime{kId, "acc_1", "/data/agent.sock", {}, 1'700'000'000'000};
  const auto read = decodeFromNode(encode(Answer{9, toJson(runtime)}));
  ASSERT_TRUE(read) << read.error().message;
  const auto& answer = std::get<Answer>(*read);
  EXPECT_EQ(answer.number, 9);
  Runtime back;
  ASSERT_TRUE(answer.body);
  ASSERT_TRUE(fromJson(*answer.body, back));
  EXPECT_EQ(back, runtime);
}

TEST(Link, carriesAFailureWithCodeAndSentence) {
  const auto read = decodeFromNode(encode(Answer{9, fail(Code::OverLimit, "no room for 5 GB")}));
  ASSERT_TRUE(read) << read.error().message;
  const auto& answer = std::get<Answer>(*read);
  ASSERT_FALSE(answer.body);
  EXPECT_EQ(answer.body.error(), (Error{Code::OverLimit, "no room for 5 GB", {}}));
}

TEST(Link, refusesAnotherMajorAndSaysWhatToInstall) {
  EXPECT_TRUE(agreeOnVersion(Hello{kLinkVersion.major, kLinkVersion.minor + 1, "x"}));
  const auto refused = agreeOnVersion(Hello{kLinkVersion.major + 1, 0, "allmende-server 9"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::Conflict);
  EXPECT_EQ(refused.error().message,
      fmt::format(
          "allmende-server 9 speaks version 2.0 of the link and this side version {}.{}; install server and node of the same release and "
          "restart both",
          kLinkVersion.major, kLinkVersion.minor));
}

TEST(Link, namesWhatIsWrongWithAText) {
  const auto why = [](std::string_view text) { return decodeFromServer(text).error().message; };
  EXPECT_EQ(why("{}"), "a text on the link that is neither hello nor ask");
  EXPECT_EQ(why(R"({"ask":"list_runtimes"})"), "a link message without 'number'");
  EXPECT_EQ(why(R"({"ask":"format_disk","number":1})"),
      fmt::format("the link knows no 'format_disk' in version {}.{}", kLinkVersion.major, kLinkVersion.minor));
  EXPECT_EQ(why(R"({"ask":"stop_runtime","number":1,"body":{"id":"rt_../../etc"}})"),
      "'rt_../../etc' is no runtime id; one looks like rt_0123456789abcdef0123");
  EXPECT_EQ(why(R"({"ask":"start_runtime","number":1,"body":{"limits":{"pids":"many"}}})"),
      "start_runtime.limits.pids must be a whole number, not a string");
}

}  // namespace
}  // namespace allmende::link
