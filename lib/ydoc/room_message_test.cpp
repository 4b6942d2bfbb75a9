#include <gtest/gtest.h>

#include <random>

#include "lib/ydoc/ydoc.h"

namespace allmende::ydoc {
namespace {

std::string faultOf(std::string_view bytes) {
  const auto read = decodeRoomMessage(bytes);
  return read ? "none" : read.error().message;
}

TEST(RoomMessage, ofEveryKindComesBackAsItWas) {
  const std::string bytes("\0\xff\x80z", 4);
  const std::vector<RoomMessage> messages{SyncStep1{bytes}, SyncStep2{std::string(300, 'u')}, SyncUpdate{""}, AwarenessUpdate{bytes},
      SaveRequest{(std::uint64_t{1} << 53U) - 1}, Notice{R"({"type":"save"})"}, AwarenessQuery{}};
  for (const auto& message : messages) {
    const auto read = decodeRoomMessage(encode(message));
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->index(), message.index());
    EXPECT_EQ(encode(*read), encode(message));
  }
  EXPECT_EQ(std::get<SyncStep1>(*decodeRoomMessage(encode(SyncStep1{bytes}))).stateVector, bytes);
  EXPECT_EQ(std::get<SaveRequest>(*decodeRoomMessage(encode(SaveRequest{300}))).id, 300U);
}

TEST(RoomMessage, hasTheBytesOfYProtocols) {
  EXPECT_EQ(encode(SyncStep1{"ab"}), std::string("\0\0\x02"
                                                 "ab",
                                         5));
  EXPECT_EQ(encode(SyncUpdate{std::string(200, 'x')}).substr(0, 4), std::string("\0\x02\xc8\x01", 4));
}

TEST(RoomMessage, thatIsNoneIsRefusedWithTheReason) {
  EXPECT_EQ(faultOf(""), "the message ends within a number");
  EXPECT_EQ(faultOf("\x7d"), "there is no message of kind 125 in a document's room");
  EXPECT_EQ(faultOf(std::string("\0\x05\0", 3)), "there is no sync message 5; there are 0, 1 and 2");
  EXPECT_EQ(faultOf(std::string("\0\0\x05"
                                "ab",
                5)),
      "the message ends 3 bytes too early");
  EXPECT_EQ(faultOf(std::string("\x03more", 5)), "bytes follow the message's end");
  EXPECT_EQ(faultOf("\xff\xff\xff\xff\xff\xff\xff\xff\x7f"), "a number has more than 53 bits");
}

TEST(Awareness, knowsWhoIsThereAndWhoLeft) {
  Awareness server;
  Awareness page;
  const auto said = [](std::uint64_t client, std::uint64_t clock, std::string_view json) {
    std::string update;
    appendNumber(update, 1);
    appendNumber(update, client);
    appendNumber(update, clock);
    appendBytes(update, json);
    return update;
  };
  EXPECT_EQ(*server.apply(said(7, 1, R"({"name":"Ada"})")), std::vector<std::uint64_t>{7});
  ASSERT_TRUE(server.apply(said(8, 1, R"({"name":"Bob"})")));
  ASSERT_TRUE(page.apply(server.everybody()));
  EXPECT_EQ(page.present(), 2U);
  ASSERT_TRUE(page.apply(server.leave({8, 99})));
  EXPECT_EQ(page.present(), 1U);
  // What was sent before the end, and comes after it, brings nobody back.
  ASSERT_TRUE(page.apply(said(8, 2, R"({"name":"Bob"})")));
  EXPECT_EQ(page.present(), 1U);
  ASSERT_TRUE(page.apply(said(8, 3, R"({"name":"Bob"})")));
  EXPECT_EQ(page.present(), 2U);
}

TEST(Awareness, keepsToItsBounds) {
  Awareness server;
  const auto crowd = [](std::uint64_t first, std::uint64_t count, std::string_view json) {
    std::string update;
    appendNumber(update, count);
    for (auto client = first; client < first + count; ++client) {
      appendNumber(update, client);
      appendNumber(update, 1);
      appendBytes(update, json);
    }
    return update;
  };
  EXPECT_EQ(server.apply(crowd(0, 1001, "{}")).error().code, Code::OverLimit);
  ASSERT_TRUE(server.apply(crowd(0, 1000, "{}")));
  EXPECT_EQ(server.apply(crowd(5000, 1, "{}")).error().code, Code::OverLimit);
  server.leave({0, 1, 2});
  ASSERT_TRUE(server.apply(crowd(5000, 3, "{}")));
  EXPECT_EQ(server.present(), 1000U);
  const auto large = R"({"a":")" + std::string(Awareness::kLargestState, 'a') + "\"}";
  EXPECT_EQ(server.apply(crowd(3, 1, large)).error().code, Code::OverLimit);
  EXPECT_EQ(server.apply(crowd(3, 1, "{broken")).error().code, Code::InvalidInput);
}

}  // namespace
}  // namespace allmende::ydoc
