#include "node/observe/conversations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/base/testing.h"

namespace allmende::observe {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::uint32_t kGuest = 0x64400005;
constexpr std::string_view kHandshake =
    "\x13"
    "BitTorrent protocol";
const std::string kSubscribe = R"({"id":1,"method":"mining.subscribe","params":["x/1.0"]})"
                               "\n";
const std::string kNotify = R"({"id":null,"method":"mining.notify","params":["1","a","b","c",[],"d","e","f",true]})"
                            "\n";

class WhatIsSaid : public ::testing::Test {
 protected:
  static Connection to(std::uint32_t place, std::uint16_t port = 40'000, bool isStream = true) {
    return {.guest = kGuest, .place = place, .guestPort = port, .placePort = 3333, .isStream = isStream};
  }
  void say(const Connection& in, std::string_view words) { conversations_.take({.of = in, .fromGuest = true, .payload = words}, now_); }
  void hear(const Connection& in, std::string_view words) { conversations_.take({.of = in, .fromGuest = false, .payload = words}, now_); }
  Spoken spoken() { return conversations_.of(kGuest, now_); }

  Conversations conversations_;
  Duration now_{1'000};
};

// A ClientHello as of RFC 8446 with one extension before the server's name.
std::string hello(std::string_view name) {
  const auto two = [](std::size_t number) { return std::string{static_cast<char>(number >> 8U), static_cast<char>(number & 0xFFU)}; };
  const auto list = std::string(1, '\0') + two(name.size()) + std::string(name);
  const auto serverName = two(0) + two(list.size() + 2) + two(list.size()) + list;
  const auto other = two(43) + two(3) + std::string("\2\3\4", 3);
  const auto body = two(0x0303) + std::string(32, 'r') + std::string(1, '\0') + two(2) + two(0x1301) + std::string("\1\0", 2) +
                    two(other.size() + serverName.size()) + other + serverName;
  const auto handshake = std::string("\1\0", 2) + two(body.size()) + body;
  return std::string("\x16\3\1", 3) + two(handshake.size()) + handshake;
}

TEST_F(WhatIsSaid, isMiningWhenBothSidesSpeakIt) {
  say(to(1), kSubscribe);
  EXPECT_EQ(spoken().miningAsked, 1);
  EXPECT_EQ(spoken().mining, 0);
  hear(to(1), kNotify);
  EXPECT_EQ(spoken().miningAsked, 0);
  EXPECT_EQ(spoken().mining, 1);
  // As other coins have it.
  say(to(2), R"({"id":1,"jsonrpc":"2.0","method":"login","params":{"login":"x","pass":"y","agent":"z"}})");
  hear(to(2), R"({"id":1,"result":{"id":"a","job":{"blob":"07","job_id":"1","target":"b8"},"status":"OK"}})");
  EXPECT_EQ(spoken().mining, 2);
}

TEST_F(WhatIsSaid, isReadAcrossPackets) {
  for (const char letter : kSubscribe) say(to(1), {&letter, 1});
  for (const char letter : kNotify) hear(to(1), {&letter, 1});
  EXPECT_EQ(spoken().mining, 1);
}

TEST_F(WhatIsSaid, isNotMiningWhenItIsOtherJson) {
  say(to(1), R"({"jsonrpc":"2.0","id":1,"method":"login","params":{"user":"me"}})");
  hear(to(1), R"({"jsonrpc":"2.0","id":1,"result":{"job_id":"4711","status":"queued"}})");
  say(to(2), R"({"type":"chat","text":"what is mining.subscribe?"})");
  say(to(3), "POST / HTTP/1.1\r\n\r\n" + kSubscribe);
  say(to(4, 40'000, false), kSubscribe);
  EXPECT_EQ(spoken(), Spoken{});
}

TEST_F(WhatIsSaid, isSharingWhenBothSidesShakeHands) {
  say(to(1), kHandshake);
  EXPECT_EQ(spoken(), Spoken{});
  hear(to(1), kHandshake);
  hear(to(1), kHandshake);
  // Datagrams: the handshake behind uTP's head.
  const auto datagram = std::string("\1\0", 2) + std::string(18, 'h') + std::string(kHandshake);
  say(to(2, 40'000, false), datagram);
  hear(to(2, 40'000, false), datagram);
  say(to(1, 40'001), kHandshake);
  hear(to(1, 40'001), kHandshake);
  EXPECT_EQ(spoken().sharing, 2);
}

TEST_F(WhatIsSaid, isSeekingWhenWhoWasAskedForSharersTellsOfThem) {
  say(to(1), "GET /announce?info_hash=%aa&peer_id=x HTTP/1.1\r\n");
  say(to(2, 40'000, false), "d1:ad2:id20:abcdefghij01234567899:info_hash");
  say(to(3, 40'000, false), std::string("\0\0\x04\x17\x27\x10\x19\x80\0\0\0\0abcd", 16));
  say(to(4), "GET /page?info_hash=%aa HTTP/1.1\r\n");
  EXPECT_EQ(spoken(), Spoken{});
  hear(to(1), "HTTP/1.1 200 OK\r\n\r\nd8:intervali60e5:peers6:abcdefe");
  hear(to(2, 40'000, false), "d1:rd2:id20:abcdefghij0123456789e1:t2:aa1:y1:re");
  hear(to(3, 40'000, false), std::string("\0\0\0\0abcd12345678", 16));
  hear(to(4), "HTTP/1.1 200 OK\r\n\r\n<p>A page on torrents</p>");
  EXPECT_EQ(spoken().sought, 3);
  EXPECT_EQ(spoken().sharing, 0);
}

TEST_F(WhatIsSaid, isForgottenAfterTenMinutesUnlessItIsStillGoingOn) {
  say(to(1), kSubscribe);
  hear(to(1), kNotify);
  say(to(2), kHandshake);
  hear(to(2), kHandshake);
  EXPECT_TRUE(conversations_.tellsOfOpen());
  now_ += 9min;
  conversations_.stillOpen(to(2), 30'000'000, now_);
  conversations_.stillOpen(to(7), 1, now_);
  now_ += 2min;
  EXPECT_EQ(spoken().mining, 0);
  EXPECT_EQ(spoken().sharing, 1);
  EXPECT_EQ(spoken().sharingBytes, 30'000'000);
  conversations_.stillOpen(to(2), 30'000'000, now_);
  now_ += 9min;
  EXPECT_EQ(spoken(), Spoken{});
  EXPECT_FALSE(conversations_.tellsOfOpen());
}

TEST_F(WhatIsSaid, tellsOfNamesThatRulesNameAndNoOthers) {
  conversations_.lookFor({"tunnel.invalid", "pool.invalid"});
  conversations_.asked(kGuest, "secret.example.org", now_);
  conversations_.asked(kGuest, "nottunnel.invalid", now_);
  EXPECT_THAT(spoken().names, IsEmpty());
  conversations_.asked(kGuest, "abc123.tunnel.invalid", now_);
  say(to(1), hello("Pool.Invalid"));
  say(to(2), hello("other.invalid"));
  EXPECT_THAT(spoken().names, ElementsAre("pool.invalid", "tunnel.invalid"));
}

TEST_F(WhatIsSaid, isNotHiddenByWhatIsSaidAgainAndAgain) {
  conversations_.lookFor({"tunnel.invalid"});
  say(to(1), kSubscribe);
  hear(to(1), kNotify);
  for (std::size_t n = 0; n < 2 * Conversations::kMostSeen; ++n) conversations_.asked(kGuest, "tunnel.invalid", now_);
  EXPECT_EQ(spoken().mining, 1);
  EXPECT_THAT(spoken().names, ElementsAre("tunnel.invalid"));
}

TEST_F(WhatIsSaid, belongsToWhoSaidIt) {
  say(to(1), kSubscribe);
  EXPECT_EQ(conversations_.of(kGuest + 1, now_), Spoken{});
  conversations_.keepOnly({kGuest + 1});
  EXPECT_EQ(spoken(), Spoken{});
}

TEST_F(WhatIsSaid, isBoundedHoweverMuchIsSaid) {
  const std::string much(2000, '{');
  for (std::uint32_t place = 0; place < 10'000; ++place) {
    say(to(place), kSubscribe);
    say(to(place), much);
  }
  EXPECT_EQ(spoken().miningAsked, static_cast<std::int64_t>(Conversations::kMostSeen));
}

TEST(TheNameOfAServer, isReadFromTheBeginningOfTlsAndFromNothingElse) {
  const auto whole = hello("www.Example.org");
  EXPECT_EQ(serverNameOf(whole), "www.example.org");
  for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_EQ(serverNameOf(std::string_view(whole).substr(0, size)), "") << size;
  EXPECT_EQ(serverNameOf("GET / HTTP/1.1\r\nHost: www.example.org\r\n\r\n"), "");
}

}  // namespace
}  // namespace allmende::observe
