#include "lib/link/reach.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace allmende::link {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Reach, tellsAddressesAndNetworksFromNames) {
  const auto reach =
      readReach({"198.51.100.7", " 10.1.0.0/16 ", "Packages.Example.ORG", "*.example.org", "0.0.0.0/0", "xn--mnchen-3ya.de"});
  ASSERT_TRUE(reach) << reach.error().message;
  EXPECT_THAT(reach->networks, ElementsAre("198.51.100.7", "10.1.0.0/16", "0.0.0.0/0"));
  EXPECT_THAT(reach->names, ElementsAre("packages.example.org", "*.example.org", "xn--mnchen-3ya.de"));
}

TEST(Reach, refusesWhatIsNeitherAndNamesIt) {
  for (const auto* wrong : {"", "10.1.2.3/16", "10.0.0.0/33", "10.0.0.0/", "1.2.3", "*", "*.*.org", "a..b", "-a.org", "a b.org",
           "http://a.org", "a.org/x", "::1", "} ; flush ruleset"})
    EXPECT_THAT(readReach({wrong}).error().message, HasSubstr(fmt::format("'{}'", wrong)));
  EXPECT_EQ(readReach(std::vector<std::string>(101, "a.org")).error().message, "reach has 101 entries; at most 100 are allowed");
}

TEST(Reach, ofAnEndHoldsForAllNamesBelowItAndNotForItself) {
  const std::vector<std::string> names{"a.org", "*.b.org"};
  for (const auto* in : {"a.org", "x.b.org", "y.x.b.org"}) EXPECT_TRUE(namesReach(names, in)) << in;
  for (const auto* out : {"x.a.org", "b.org", "xb.org", ".b.org", "", "org"}) EXPECT_FALSE(namesReach(names, out)) << out;
}

TEST(Access, hasThreeWords) {
  EXPECT_TRUE(checkAccess("none"));
  EXPECT_TRUE(checkAccess("allow-list"));
  EXPECT_EQ(checkAccess("Egress").error().message, "network is 'Egress'; allowed are none, egress and allow-list");
}

}  // namespace
}  // namespace allmende::link
