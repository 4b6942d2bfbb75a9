#include "node/network/network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "node/network/counters.h"
#include "node/network/names.h"
#include "node/network/rules.h"

namespace allmende::network {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::string words(std::string_view name, int type) {
  std::string text;
  while (!name.empty()) {
    const auto label = name.substr(0, name.find('.'));
    text += static_cast<char>(label.size());
    text += label;
    name.remove_prefix(std::min(name.size(), label.size() + 1));
  }
  return text + std::string{'\0', '\0', static_cast<char>(type), '\0', '\1'};
}

// A question as glibc asks it.
std::string question(std::string_view name, int type = 1) { return std::string("\x12\x34\1\0\0\1\0\0\0\0\0\0", 12) + words(name, type); }

std::string answer(std::string_view name, std::initializer_list<Address> addresses) {
  auto text = std::string("\x12\x34\x81\x80\0\1\0", 7) + static_cast<char>(addresses.size()) + std::string(4, '\0') + words(name, 1);
  for (const auto address : addresses) {
    text += std::string("\xC0\x0C\0\1\0\1\0\0\0\x3C\0\4", 12);
    for (const int shift : {24, 16, 8, 0}) text += static_cast<char>(address >> shift);
  }
  return text;
}

TEST(Names, ofAQuestionAreReadInLowerCase) {
  const auto read = readQuestion(question("Packages.Example.ORG", 28));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->name, "packages.example.org");
  EXPECT_EQ(read->type, 28);
}

TEST(Names, areNotReadFromAnswersAndFromWhatIsNoMessage) {
  EXPECT_FALSE(readQuestion(answer("a.test", {1})));
  EXPECT_FALSE(readQuestion(""));
  EXPECT_FALSE(readQuestion("short"));
  EXPECT_FALSE(readQuestion(question("a.test").substr(0, 15)));
  auto loops = question("a.test");
  loops[12] = '\xC0';  // the name is said to stand where it stands
  loops[13] = '\x0C';
  EXPECT_FALSE(readQuestion(loops));
  auto two = question("a.test");
  two[5] = 2;
  EXPECT_FALSE(readQuestion(two));
}

TEST(Answers, belongToTheirQuestionAlone) {
  EXPECT_TRUE(answersTo(answer("A.test", {1}), question("a.TEST")));
  EXPECT_FALSE(answersTo(answer("b.test", {1}), question("a.test")));
  EXPECT_FALSE(answersTo(question("a.test"), question("a.test")));
  auto other = answer("a.test", {1});
  other[0] = 'x';
  EXPECT_FALSE(answersTo(other, question("a.test")));
}

TEST(Answers, tellTheirAddressesAndNothingWhenTheyAreCutOff) {
  const auto whole = answer("a.test", {0xCB00710A, 0x0A000001});
  EXPECT_THAT(addressesIn(whole), ElementsAre(0xCB00710A, 0x0A000001));
  for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_THAT(addressesIn(whole.substr(0, size)), Not(testing::SizeIs(2)));
}

TEST(Answers, thatRefuseSayWhyAndRepeatTheQuestion) {
  const auto asked = question("a.test") + "what came behind it";
  const auto refused = refuse(asked, Refusal::NoSuchName);
  EXPECT_TRUE(answersTo(refused, question("a.test")));
  EXPECT_EQ(refused[3] & 0x0F, 3);
  EXPECT_EQ(refused.size(), question("a.test").size());
}

TEST(Servers, areReadFromResolvConfAndAreThisMachineWhenItNamesNone) {
  EXPECT_THAT(serversIn("# nameserver 1.1.1.1\nsearch example.org\nnameserver 10.0.0.2\nnameserver  ::1 \nnameserver fe80::1%eth0\n"
                        "nameserver 10.0.0.3\nnameserver 10.0.0.4\n"),
      ElementsAre("10.0.0.2", "::1", "10.0.0.3"));
  EXPECT_THAT(serversIn(""), ElementsAre("127.0.0.1"));
}

TEST(Addresses, ofPrivateNetworksAreNotPublic) {
  for (const Address address : {0x0A000001U, 0x7F000001U, 0xA9FEA9FEU, 0xAC1F0001U, 0xC0A80001U, 0x64400002U, 0xE0000001U, 0xFFFFFFFFU, 0U})
    EXPECT_FALSE(isPublic(address)) << textOf(address);
  for (const Address address : {0x08080808U, 0xCB00710AU, 0xAC200001U, 0xC0A90001U, 0x64800000U, 0x0B000000U})
    EXPECT_TRUE(isPublic(address)) << textOf(address);
}

TEST(Uplinks, haveNamesThatFitAndTwoAddressesOfOneNetwork) {
  const auto uplink = uplinkOf("allmende-1f2e3d4c");
  EXPECT_LE(uplink.link.size(), 15U);
  EXPECT_EQ(uplink.machine + 1, uplink.gateway);
  EXPECT_EQ(uplink.machine >> 2U, uplink.gateway >> 2U);
  EXPECT_EQ(uplink.machine >> 17U, 0xC6120000U >> 17U);
  EXPECT_NE(uplink.link, uplinkOf("allmende-1f2e3d4d").link);
}

TEST(Rules, ofAnAllowListEndWithARefusalAndThoseOfACampusWithThePublicOnes) {
  const link::Network listed{.access{link::kAllowList}, .reach = {"10.1.0.0/16", "packages.test"}};
  const auto rules = guestRules(kFirstGuest, listed, *link::readReach(listed.reach));
  EXPECT_THAT(rules, HasSubstr("add rule inet allmende r1 ip daddr { 10.1.0.0/16 } goto begin\n"));
  EXPECT_THAT(rules, HasSubstr("add rule inet allmende r1 reject"));
  EXPECT_THAT(rules, Not(HasSubstr("goto public")));
  const link::Network campus{.access{link::kEgress}, .reach = {"10.1.0.0/16"}};
  EXPECT_THAT(guestRules(kFirstGuest, campus, *link::readReach(campus.reach)), HasSubstr("add rule inet allmende r1 goto public"));
  EXPECT_THAT(guestRules(kFirstGuest, {.access{link::kEgress}}, {}), Not(HasSubstr("special")));
}

TEST(Rules, admitPublicAddressesOnly) {
  EXPECT_EQ(admitRules(kFirstGuest, {0xCB00710A, 0x0A000001}),
      "add element inet allmende named_r1 { 203.0.113.10 }\ndelete element inet allmende named_r1 { 203.0.113.10 }\n"
      "add element inet allmende named_r1 { 203.0.113.10 timeout 1h }\n");
  EXPECT_THAT(admitRules(kFirstGuest, {0xA9FEA9FE}), IsEmpty());
}

TEST(Counters, areReadFromWhatNftListsOfASet) {
  const auto read = readCountedSet(
      R"({"nftables": [{"metainfo": {"json_schema_version": 1}}, {"set": {"name": "refused", "elem": [
      {"elem": {"val": "100.64.0.2", "counter": {"packets": 352, "bytes": 9}}},
      {"elem": {"val": {"concat": ["100.64.0.3", "203.0.113.10"]}, "expires": 55}}, "r7"]}}]})");
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->size(), 3U);
  EXPECT_EQ(std::pair((*read)[0].key, (*read)[0].packets), std::pair(std::string("100.64.0.2"), std::int64_t{352}));
  EXPECT_EQ((*read)[1].key, "100.64.0.3");
  EXPECT_EQ((*read)[2].key, "r7");
  EXPECT_TRUE(readCountedSet(R"({"nftables": [{"set": {"name": "mail"}}]})")->empty());
  EXPECT_FALSE(readCountedSet("no JSON"));
  EXPECT_FALSE(readCountedSet(R"({"nftables": [{"set": {"elem": [7]}}]})"));
}

TEST(Counters, belongToTheGuestOfAnAddressOrACable) {
  EXPECT_EQ(addressOf("100.64.0.2"), kFirstGuest);
  EXPECT_EQ(addressOf(linkOf(kFirstGuest + 5)), kFirstGuest + 5);
  for (const auto* wrong : {"", "r", "rx", "r1x", "up0", "1.2.3"}) EXPECT_EQ(addressOf(wrong), std::nullopt) << wrong;
}

TEST(Holds, takeTheOneBeforeOutOfItsSet) {
  EXPECT_EQ(holdRules(kFirstGuest, Hold::None, Hold::New), "add element inet allmende held_new { 100.64.0.2 }\n");
  EXPECT_EQ(holdRules(kFirstGuest, Hold::New, Hold::AllButWeb),
      "delete element inet allmende held_new { 100.64.0.2 }\nadd element inet allmende held_all_but_web { 100.64.0.2 }\n");
}

TEST(Limits, thatMeanNothingAreRefusedWithWhatIsAllowed) {
  EXPECT_TRUE(checkNetwork({}));
  EXPECT_EQ(checkNetwork({.access = "all"}).error().message, "network is 'all'; allowed are none, egress and allow-list");
  EXPECT_THAT(checkNetwork({.access{link::kEgress}, .uploadBytesPerSecond = 7}).error().message, HasSubstr("7 bytes/s"));
  EXPECT_THAT(checkNetwork({.access{link::kEgress}, .reach = {"10.1.2.3/16"}}).error().message, HasSubstr("'10.1.2.3/16'"));
}

// The whole, on a machine of the test's own.
class GatewayOfAMachine : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "only root makes network namespaces here";
    machine_ = *machine::makeNetworkNamespace();
    visit_.emplace(*machine::NetworkVisit::enter(machine_));
  }
  static std::string linksOfMachine() { return *machine::runToSuccess({.arguments = {"ip", "-o", "link"}}); }
  static std::string tables() { return *machine::runToSuccess({.arguments = {"nft", "list", "tables"}}); }

  machine::Fd machine_;
  std::optional<machine::NetworkVisit> visit_;
};

TEST_F(GatewayOfAMachine, touchesOneLinkAndOneTableAndTakesThemAway) {
  {
    const auto gateway = Gateway::open("allmende-test");
    ASSERT_TRUE(gateway) << gateway.error().message;
    EXPECT_THAT(linksOfMachine(), HasSubstr(uplinkOf("allmende-test").link));
    EXPECT_THAT(tables(), HasSubstr("inet allmende-test"));
  }
  EXPECT_THAT(linksOfMachine(), Not(HasSubstr(uplinkOf("allmende-test").link)));
  EXPECT_EQ(tables(), "");
}

TEST_F(GatewayOfAMachine, countsAndHoldsBackWithRulesThatNftTakes) {
  const auto gateway = Gateway::open("allmende-test");
  ASSERT_TRUE(gateway) << gateway.error().message;
  const auto refusals = (*gateway)->refusals();
  ASSERT_TRUE(refusals) << refusals.error().message;
  EXPECT_TRUE(refusals->empty());
  for (const auto hold : {Hold::New, Hold::AllButWeb, Hold::None}) {
    const auto held = (*gateway)->hold(kFirstGuest, hold);
    EXPECT_TRUE(held) << held.error().message;
  }
}

TEST_F(GatewayOfAMachine, takesTheTraceOfADeadOneAway) {
  ASSERT_TRUE(machine::runToSuccess({.arguments = {"nft", "-f", "-"}, .input = machineRules("allmende-test", uplinkOf("allmende-test"))}));
  const auto gateway = Gateway::open("allmende-test");
  EXPECT_TRUE(gateway) << gateway.error().message;
}

// A packet from a runtime's port 40000 to 203.0.113.10:3333.
std::string packet(char protocol, std::string_view inner) {
  auto text = std::string("\x45\0\0\0\0\1\0\0\x40", 9) + protocol + std::string(2, '\0') + std::string("\x64\x40\0\5\xCB\0\x71\x0A", 8);
  text[3] = static_cast<char>(20 + inner.size());
  return text.append(inner);
}
std::string stream(std::string_view said) {
  return packet(6, std::string("\x9C\x40\x0D\x05\0\0\0\1\0\0\0\1\x50\x18\0\x64\0\0\0\0", 20).append(said));
}

TEST(FirstPackets, areReadWithWhoSpeaksToWhom) {
  const auto bytes = stream("hello");
  const auto said = readPacket(bytes);
  ASSERT_TRUE(said);
  EXPECT_EQ(said->of, (Conversation{.guest = 0x64400005, .place = 0xCB00710A, .guestPort = 40'000, .placePort = 3333, .isStream = true}));
  EXPECT_TRUE(said->fromGuest);
  EXPECT_EQ(said->payload, "hello");
  auto back = bytes;
  std::swap_ranges(back.begin() + 12, back.begin() + 16, back.begin() + 16);
  std::swap_ranges(back.begin() + 20, back.begin() + 22, back.begin() + 22);
  const auto heard = readPacket(back);
  ASSERT_TRUE(heard);
  EXPECT_EQ(heard->of, said->of);
  EXPECT_FALSE(heard->fromGuest);
  EXPECT_EQ(readPacket(packet(17, std::string("\x9C\x40\x0D\x05\0\x0B\0\0", 8) + "hey"))->payload, "hey");
}

TEST(FirstPackets, areNotReadFromWhatIsCutOffOrNobodys) {
  const auto whole = stream("");
  for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_FALSE(readPacket(std::string_view(whole).substr(0, size))) << size;
  auto piece = stream("hello");
  piece[7] = 1;  // a later piece of a packet that was taken apart
  EXPECT_FALSE(readPacket(piece));
  auto version6 = stream("hello");
  version6[0] = 0x65;
  EXPECT_FALSE(readPacket(version6));
  auto strangers = stream("hello");
  strangers[12] = 8;
  EXPECT_FALSE(readPacket(strangers));
  EXPECT_FALSE(readPacket(packet(1, std::string(20, '\0'))));
}

}  // namespace
}  // namespace allmende::network
