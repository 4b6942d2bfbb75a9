#include "server/api/access.h"

#include <gtest/gtest.h>

#include "server/api/lab_api.h"
#include "server/api/reply.h"

namespace allmende::api {
namespace {

net::RequestHead headWith(std::initializer_list<std::pair<std::string, std::string>> fields) {
  net::RequestHead head;
  head.headers = fields;
  head.peer = "127.0.0.1";
  return head;
}

TEST(Token, isTakenFromEitherSchemeWhateverItsCaseAndElseFromTheQuery) {
  EXPECT_EQ(tokenOf(headWith({{"Authorization", "token abc"}})), "abc");
  EXPECT_EQ(tokenOf(headWith({{"Authorization", "BEARER abc"}})), "abc");
  EXPECT_EQ(tokenOf(headWith({{"Authorization", "Basic abc"}})), "");
  auto head = headWith({{"Authorization", ""}});
  head.query = net::Query::parse("token=q");
  EXPECT_EQ(tokenOf(head), "q");
}

TEST(Host, isOursWhenItIsAnAddressLocalhostOrListed) {
  const AccessRules rules{.hosts = {"notebooks.example.org"}, .allowedOrigins = {}, .trustedProxies = {}};
  for (const auto* host : {"127.0.0.1:8080", "localhost", "LOCALHOST:1", "[::1]:8080", "192.168.1.4", "notebooks.example.org:443"})
    EXPECT_TRUE(hostIsOurs(host, rules)) << host;
  for (const auto* host : {"evil.example", "notebooks.example.org.evil.example", "127.0.0.1.evil.example", "", "[evil]:1"})
    EXPECT_FALSE(hostIsOurs(host, rules)) << host;
}

TEST(Origin, isOursWhenItsHostIsTheOneThatWasAsked) {
  const AccessRules rules{.hosts = {}, .allowedOrigins = {"https://friend.example"}, .trustedProxies = {}};
  const auto ours = [&](std::string origin) {
    const auto head = headWith({{"Host", "a.example:8080"}, {"Origin", std::move(origin)}});
    return originIsOurs(head, visitOf(head, rules), rules);
  };
  EXPECT_TRUE(ours(""));
  EXPECT_TRUE(ours("http://A.example:8080"));
  EXPECT_TRUE(ours("https://friend.example"));
  EXPECT_FALSE(ours("https://evil.example"));
  EXPECT_FALSE(ours("http://a.example:9"));
  EXPECT_FALSE(ours("null"));
}

TEST(Xsrf, needsTheValueOfAnyOfOurCookies) {
  EXPECT_EQ(findXsrfFault(headWith({{"Cookie", "_xsrf=old; allmende_session=s; _xsrf=new"}, {"X-XSRFToken", "new"}})), std::nullopt);
  EXPECT_EQ(findXsrfFault(headWith({{"Cookie", "_xsrf=old; _xsrf=new"}, {"X-XSRFToken", "old"}})), std::nullopt);
  EXPECT_TRUE(findXsrfFault(headWith({{"Cookie", "_xsrf=a"}, {"X-XSRFToken", "b"}})).has_value());
  EXPECT_TRUE(findXsrfFault(headWith({{"X-XSRFToken", ""}})).value().contains("'_xsrf' argument missing"));
}

TEST(Visit, believesForwardedHeadersOfTrustedProxiesOnly) {
  const auto head = headWith({{"X-Forwarded-For", "6.6.6.6, 10.1.2.3"}, {"X-Forwarded-Proto", "https"}});
  const auto plain = visitOf(head, {});
  EXPECT_EQ(plain.peer, "127.0.0.1");
  EXPECT_FALSE(plain.secure);
  const auto behind = visitOf(head, {.hosts = {}, .allowedOrigins = {}, .trustedProxies = {"127.0.0.1"}});
  EXPECT_EQ(behind.peer, "10.1.2.3");
  EXPECT_TRUE(behind.secure);
}

TEST(SessionCookie, isOutOfScriptsReachAndHostOnly) {
  EXPECT_EQ(cookieText({.name = "allmende_session", .value = "v", .path = "/", .maxAge = 60, .secure = true}),
      "allmende_session=v; Path=/; SameSite=Lax; Max-Age=60; HttpOnly; Secure");
}

TEST(ConfigSection, mergesObjectsRemovesNullsAndPrunesEmptyOnes) {
  json::object section{{"a", json::object{{"b", 1}, {"c", 2}}}, {"d", 3}};
  mergeConfig(section, {{"a", json::object{{"b", nullptr}, {"c", nullptr}}}, {"d", 4}, {"e", json::object{{"f", true}}}});
  EXPECT_EQ(section, (json::object{{"d", 4}, {"e", json::object{{"f", true}}}}));
}

}  // namespace
}  // namespace allmende::api
