#include "server/previews/http_heads.h"

#include <gtest/gtest.h>

namespace allmende::previews {
namespace {

const Meeting kMeeting{.host = "app-1.localhost:8080", .origin = "http://app-1.localhost:8080", .secure = false, .port = 6006};

net::RequestHead headOf(net::Headers headers) {
  net::RequestHead head;
  head.target = "/data?x=1";
  head.headers = std::move(headers);
  return head;
}

std::string answered(std::string text) {
  const auto head = takeAnswerHead(text, kMeeting);
  return head && *head ? (*head)->text : "nothing";
}

TEST(HeadForApp, callsTheAppAsItIsCalledWhereItRuns) {
  const auto text = headForApp(headOf({{"Host", "app-1.localhost:8080"}, {"Origin", "http://app-1.localhost:8080"},
                                   {"Referer", "http://app-1.localhost:8080/a/b"}, {"Accept", "text/html"}}),
      kMeeting);
  EXPECT_EQ(text,
      "GET /data?x=1 HTTP/1.1\r\nHost: localhost:6006\r\nOrigin: http://localhost:6006\r\nReferer: http://localhost:6006/a/b\r\n"
      "Accept: text/html\r\nX-Forwarded-Host: app-1.localhost:8080\r\nX-Forwarded-Proto: http\r\n"
      "Connection: close\r\n\r\n");
}

TEST(HeadForApp, keepsOurCookieToItself) {
  const auto text = headForApp(headOf({{"Cookie", "a=1; allmende_app=secret; b=2"}}), kMeeting);
  EXPECT_TRUE(text.contains("\r\nCookie: a=1; b=2\r\n")) << text;
  EXPECT_FALSE(headForApp(headOf({{"cookie", "allmende_app=secret"}}), kMeeting).contains("ookie")) << "an empty one says nothing";
}

TEST(HeadForApp, asksForAWebSocketWhereTheBrowserDoesAndEndsOtherConnections) {
  auto head = headOf({{"Connection", "keep-alive, Upgrade"}, {"Upgrade", "websocket"}, {"Sec-WebSocket-Key", "k"}});
  EXPECT_TRUE(headForApp(head, kMeeting).ends_with("\r\nConnection: close\r\n\r\n"));
  head.upgrade = true;
  EXPECT_TRUE(headForApp(head, kMeeting).ends_with("\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"));
}

TEST(AnswerHead, endsTheConnectionWhateverTheAppSays) {
  EXPECT_EQ(answered("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nhi"),
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n");
}

TEST(AnswerHead, leavesWhatFollowsIt) {
  std::string bytes = "HTTP/1.1 200 OK\r\n\r\nthe body\r\n\r\n";
  ASSERT_TRUE(takeAnswerHead(bytes, kMeeting));
  EXPECT_EQ(bytes, "the body\r\n\r\n");
}

TEST(AnswerHead, isAwaitedUntilItIsWhole) {
  std::string bytes = "HTTP/1.1 200 OK\r\nContent-";
  const auto head = takeAnswerHead(bytes, kMeeting);
  ASSERT_TRUE(head);
  EXPECT_FALSE(*head);
}

TEST(AnswerHead, redirectsToWhereTheBrowserIs) {
  EXPECT_TRUE(answered("HTTP/1.1 302 Found\r\nLocation: http://localhost:6006/next?a=1\r\n\r\n").contains("\r\nLocation: /next?a=1\r\n"));
  EXPECT_TRUE(answered("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:6006\r\n\r\n").contains("\r\nLocation: /\r\n"));
  EXPECT_TRUE(answered("HTTP/1.1 302 Found\r\nLocation: http://localhost:60061/\r\n\r\n").contains("http://localhost:60061/"));
  EXPECT_TRUE(answered("HTTP/1.1 302 Found\r\nLocation: https://example.org/\r\n\r\n").contains("https://example.org/"));
}

TEST(AnswerHead, setsCookiesForItsOwnNameAloneAndNeverOurs) {
  EXPECT_TRUE(answered("HTTP/1.1 200 OK\r\nSet-Cookie: a=1; Domain=localhost; Path=/; HttpOnly\r\n\r\n")
          .contains("\r\nSet-Cookie: a=1; Path=/; HttpOnly\r\n"));
  EXPECT_FALSE(answered("HTTP/1.1 200 OK\r\nset-cookie: allmende_app=mine; Path=/\r\n\r\n").contains("allmende_app"));
}

TEST(AnswerHead, letsInterimAnswersThroughAndWebSocketsBegin) {
  std::string bytes = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
  const auto first = takeAnswerHead(bytes, kMeeting);
  ASSERT_TRUE(first && *first);
  EXPECT_TRUE((*first)->isInterim());
  EXPECT_EQ((*first)->text, "HTTP/1.1 100 Continue\r\n\r\n");
  const auto second = takeAnswerHead(bytes, kMeeting);
  ASSERT_TRUE(second && *second);
  EXPECT_FALSE((*second)->isInterim());
  EXPECT_EQ((*second)->text, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
}

TEST(AnswerHead, isRefusedWhenItIsNone) {
  for (const std::string text :
      {"SSH-2.0-OpenSSH\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 2000\r\n\r\n", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
          "HTTP/1.1 200 OK\r\n: no name\r\n\r\n", "HTTP/1.1 200 OK\r\na b: c\r\n\r\n", "\r\n\r\n"}) {
    auto bytes = text;
    EXPECT_FALSE(takeAnswerHead(bytes, kMeeting)) << text;
  }
  std::string endless(kLargestAnswerHead + 1, 'x');
  EXPECT_FALSE(takeAnswerHead(endless, kMeeting));
}

}  // namespace
}  // namespace allmende::previews
