#include "agent/kernels/journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/kernels/stream_text.h"
#include "lib/base/testing.h"

namespace allmende::kernels {
namespace {

using jupyter::Channel;
using jupyter::Header;
using jupyter::Message;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Message said(std::string_view type, std::string content, std::string_view cell = "cell-1") {
  auto message = jupyter::makeMessage(Channel::Iopub, type, "kernel", std::move(content));
  message.parentHeader = fmt::format(R"({{"msg_id":"{}"}})", cell);
  return message;
}

Message printed(std::string_view text, std::string_view cell = "cell-1") {
  return said("stream", fmt::format(R"({{"name": "stdout", "text": "{}"}})", text), cell);
}

class JournalTest : public ::testing::Test {
 protected:
  void append(Message message) {
    const auto header = jupyter::readHeader(message.header);
    const auto parent = jupyter::readHeader(message.parentHeader);
    journal.append(std::move(message), header, parent);
  }

  // What the cursor has not read: "stream moin", "status", …
  static std::vector<std::string> readAll(Journal::Cursor& cursor) {
    std::vector<std::string> all;
    while (const auto frame = cursor.peek()) {
      const auto message = jupyter::decodeV1(*frame).value();
      const auto stream = findStreamText(message.content);
      auto type = jupyter::readHeader(message.header).type;
      if (stream) type.append(" ").append(stream->text);
      all.push_back(std::move(type));
      cursor.advance();
    }
    return all;
  }

  asio::io_context loop;
  allmende::testing::TemporaryFolder folder;
  JournalLimits limits{.resident = 40'000, .spooled = 400'000, .segment = 10'000, .text = 1'000, .bookmarks = 2, .replayed = 20'000};
  Journal journal{loop.get_executor(), folder.path(), "agent", limits};
};

TEST_F(JournalTest, whatNobodyHasReadYetIsJoinedCellByCell) {
  const auto cursor = journal.open("ada");
  append(printed("a"));
  append(printed("b"));
  append(printed("c", "cell-2"));
  append(said("status", "{}"));
  append(printed("d", "cell-2"));
  EXPECT_THAT(readAll(*cursor), ElementsAre("stream ab", "stream c", "status", "stream d"));
}

TEST_F(JournalTest, whoKeepsUpReadsMessageByMessage) {
  const auto cursor = journal.open("ada");
  append(printed("a"));
  EXPECT_THAT(readAll(*cursor), ElementsAre("stream a"));
  append(printed("b"));
  EXPECT_THAT(readAll(*cursor), ElementsAre("stream b"));
}

TEST_F(JournalTest, aLargePrintBecomesSeveralMessagesAndLosesNothing) {
  const auto cursor = journal.open("ada");
  std::string text;
  for (int i = 0; i < 1000; ++i) text += fmt::format("{}\\n\\ud83d\\ude00ö", i);
  append(printed(text));
  append(said("status", "{}"));
  std::string whole;
  std::vector<std::string> ids;
  while (const auto frame = cursor->peek()) {
    const auto message = jupyter::decodeV1(*frame).value();
    ids.push_back(jupyter::readHeader(message.header).id);
    if (const auto stream = findStreamText(message.content)) {
      EXPECT_LE(stream->text.size(), limits.text);
      EXPECT_TRUE(parseJson(message.content).has_value());
      whole += stream->text;
    }
    cursor->advance();
  }
  EXPECT_EQ(whole, text);
  std::ranges::sort(ids);
  EXPECT_EQ(std::ranges::adjacent_find(ids), ids.end());
}

TEST_F(JournalTest, updatesOfOneDisplayReplaceEachOther) {
  const auto cursor = journal.open("ada");
  const auto update = [](int value, std::string_view display) {
    return said(
        "update_display_data", fmt::format(R"({{"data":{{"text/plain":"{}"}},"transient":{{"display_id":"{}"}}}})", value, display));
  };
  for (int i = 0; i < 100; ++i) append(update(i, "bar"));
  append(update(7, "other"));
  const auto first = jupyter::decodeV1(cursor->peek().value()).value();
  EXPECT_TRUE(first.content.contains("\"99\"")) << first.content;
  EXPECT_EQ(readAll(*cursor).size(), 2U);
}

TEST_F(JournalTest, aReplyIsReadByTheOneItIsFor) {
  const auto ada = journal.open("ada");
  const auto bob = journal.open("bob");
  journal.appendFor("ada", jupyter::makeMessage(Channel::Shell, "execute_reply", "kernel", "{}"));
  journal.appendFor("nobody", jupyter::makeMessage(Channel::Shell, "execute_reply", "kernel", "{}"));
  EXPECT_THAT(readAll(*ada), ElementsAre("execute_reply"));
  EXPECT_THAT(readAll(*bob), IsEmpty());
}

TEST_F(JournalTest, aSessionThatComesBackGoesOnWhereItStoppedAndANewOneBeginsAtTheEnd) {
  auto ada = journal.open("ada");
  append(printed("before"));
  readAll(*ada);
  append(printed("unread"));
  ada.reset();
  append(said("status", "{}"));
  journal.appendFor("ada", jupyter::makeMessage(Channel::Shell, "execute_reply", "kernel", "{}"));
  const auto bob = journal.open("bob");
  EXPECT_THAT(readAll(*bob), IsEmpty());
  ada = journal.open("ada");
  EXPECT_THAT(readAll(*ada), ElementsAre("stream unread", "status", "execute_reply"));
}

TEST_F(JournalTest, aSessionThatIsStillHereIsTakenOver) {
  const auto old = journal.open("ada");
  append(said("status", "{}"));
  const auto fresh = journal.open("ada");
  EXPECT_THAT(readAll(*fresh), ElementsAre("status"));
  EXPECT_EQ(old->session(), "");
}

TEST_F(JournalTest, nothingIsKeptForNobody) {
  append(printed("a"));
  journal.open("passer-by", Journal::Leaves::Nothing);
  for (int i = 0; i < 10'000; ++i) append(printed("a"));
  EXPECT_EQ(journal.resident(), 0U);
}

TEST_F(JournalTest, whatEverybodyHasReadIsForgotten) {
  const auto cursor = journal.open("ada");
  for (int i = 0; i < 10'000; ++i) {
    append(said("status", "{}"));
    readAll(*cursor);
  }
  EXPECT_LE(journal.resident(), limits.replayed + 2 * limits.segment);
  EXPECT_EQ(journal.spooled(), 0U);
}

TEST_F(JournalTest, aClientThatSaysWhatItTookInLastIsToldAgainWhatItLostOnItsWay) {
  auto ada = journal.open("ada");
  std::vector<std::string> delivered;
  const auto deliver = [&](Message message) {
    append(std::move(message));
    while (const auto frame = ada->peek()) {
      delivered.push_back(jupyter::readHeader(jupyter::decodeV1(*frame)->header).id);
      ada->advance();
    }
  };
  for (const auto* text : {"a", "b", "c"}) deliver(printed(text));
  journal.appendFor("ada", jupyter::makeMessage(Channel::Shell, "execute_reply", "kernel", "{}"));
  ada.reset();
  append(said("status", "{}"));
  ada = journal.open("ada", Journal::Leaves::Bookmark, delivered.at(0));
  EXPECT_THAT(readAll(*ada), ElementsAre("stream b", "stream c", "execute_reply", "status"));
  ada = journal.open("ada", Journal::Leaves::Bookmark, "of another kernel");
  EXPECT_THAT(readAll(*ada), IsEmpty());
  ada = journal.open("ada", Journal::Leaves::Bookmark, "*");  // it could keep none of them
  EXPECT_THAT(readAll(*ada), ElementsAre("stream a", "stream b", "stream c", "execute_reply", "status"));
  for (int i = 0; i < 1'000; ++i) deliver(printed("long gone", std::to_string(i)));
  ada = journal.open("ada", Journal::Leaves::Bookmark, delivered.at(0));
  EXPECT_THAT(readAll(*ada), IsEmpty());
}

TEST_F(JournalTest, aSlowReaderCostsDiskAndLosesNothing) {
  const auto slow = journal.open("slow");
  const auto fast = journal.open("fast");
  std::size_t seen = 0;
  std::vector<std::string> wanted;
  for (int i = 0; i < 500; ++i) {
    wanted.push_back(fmt::format("stream {:0>200}", i));
    append(printed(fmt::format("{:0>200}", i), fmt::to_string(i)));
    seen += readAll(*fast).size();
    EXPECT_LE(journal.resident(), limits.resident + limits.segment);
  }
  EXPECT_EQ(seen, 500U);
  EXPECT_GT(journal.spooled(), 0U);
  EXPECT_EQ(readAll(*slow), wanted);
  EXPECT_EQ(journal.spooled(), 0U);
  EXPECT_EQ(journal.dropped(), 0U);
}

TEST_F(JournalTest, beyondItsBoundOldOutputIsDroppedAndSaysSoButStatusesAndRepliesStay) {
  const auto cursor = journal.open("ada");
  for (int i = 0; i < 3000; ++i) {
    append(printed(fmt::format("{:0>900}", i), i < 2000 ? "long" : fmt::format("cell-{}", i)));
    if (i % 100 == 0) append(said("status", "{}"));
    if (i % 1000 == 0) journal.appendFor("ada", jupyter::makeMessage(Channel::Shell, "execute_reply", "kernel", "{}"));
    EXPECT_LE(journal.resident(), limits.resident + 2 * limits.segment);
    EXPECT_LE(journal.spooled(), limits.spooled + limits.segment);
  }
  EXPECT_GT(journal.dropped(), 1'000'000U);
  const auto all = readAll(*cursor);
  EXPECT_EQ(std::ranges::count(all, "status"), 30);
  EXPECT_EQ(std::ranges::count(all, "execute_reply"), 3);
  EXPECT_GT(std::ranges::count_if(all, [](const auto& text) { return text.contains("of output dropped"); }), 0);
  EXPECT_EQ(all.back(), fmt::format("stream {:0>900}", 2999));
}

TEST_F(JournalTest, whoStoodInTheMiddleOfWhatIsDroppedIsToldToo) {
  const auto cursor = journal.open("ada");
  for (int i = 0; i < 3; ++i) append(printed(fmt::format("{:0>900}", i)));
  ASSERT_TRUE(cursor->peek().has_value());
  cursor->advance();
  for (int i = 0; i < 1000; ++i) append(printed(fmt::format("{:0>900}", i)));
  append(said("status", "{}"));
  ASSERT_GT(journal.dropped(), 0U);
  EXPECT_GT(std::ranges::count_if(readAll(*cursor), [](const auto& text) { return text.contains("of output dropped"); }), 0);
}

TEST_F(JournalTest, whoReadNothingIsToldOnceForEachCellHowMuchWasDropped) {
  const auto cursor = journal.open("ada");
  for (int i = 0; i < 6000; ++i) append(printed(fmt::format("{:0>900}", i), i < 3000 ? "cell-1" : "cell-2"));
  append(said("status", "{}"));
  const auto all = readAll(*cursor);
  std::vector<std::string> marks;
  std::ranges::copy_if(all, std::back_inserter(marks), [](const auto& text) { return text.contains("of output dropped"); });
  ASSERT_EQ(marks.size(), 2U);
  EXPECT_TRUE(marks[0].contains("[3.")) << marks[0];  // MB: 3000 times 900 bytes and their headers
  EXPECT_EQ(all.front(), marks[0]);
}

TEST_F(JournalTest, whatHasBuffersOrMetadataIsNotJoined) {
  const auto cursor = journal.open("ada");
  append(printed("a"));
  auto withBuffer = printed("b");
  withBuffer.buffers = {"bytes"};
  append(std::move(withBuffer));
  append(printed("c"));
  auto withMetadata = printed("d");
  withMetadata.metadata = R"({"tag":1})";
  append(std::move(withMetadata));
  EXPECT_THAT(readAll(*cursor), ElementsAre("stream a", "stream b", "stream c", "stream d"));
}

TEST_F(JournalTest, whoLeavesEvenStatusesUnreadForTooLongIsLost) {
  const auto cursor = journal.open("ada");
  for (int i = 0; i < 5000 && !cursor->lost(); ++i) append(said("status", "{}"));
  EXPECT_TRUE(cursor->lost());
  EXPECT_EQ(cursor->peek(), std::nullopt);
  EXPECT_LE(journal.spooled(), limits.spooled + limits.segment);
}

TEST_F(JournalTest, sessionsThatLeftAreRememberedUpToABound) {
  for (const auto* name : {"a", "b", "c"}) journal.open(name);
  append(said("status", "{}"));
  EXPECT_THAT(readAll(*journal.open("a")), IsEmpty());
  EXPECT_THAT(readAll(*journal.open("c")), ElementsAre("status"));
}

TEST(JournalOnAFullDisk, dropsOutputInsteadOfGrowing) {
  asio::io_context loop;
  const JournalLimits limits{.resident = 40'000, .spooled = 400'000, .segment = 10'000, .text = 1'000, .bookmarks = 2};
  Journal journal(loop.get_executor(), "/no/such/folder", "agent", limits);
  const auto cursor = journal.open("ada");
  for (int i = 0; i < 1000; ++i) {
    auto message = printed(fmt::format("{:0>900}", i));
    journal.append(message, jupyter::readHeader(message.header), jupyter::readHeader(message.parentHeader));
    EXPECT_LE(journal.resident(), limits.resident + 2 * limits.segment);
  }
  EXPECT_GT(journal.dropped(), 0U);
  EXPECT_TRUE(cursor->peek().has_value());
}

TEST(StreamText, isFoundWithItsEscapesAndOnlyWhereNothingElseStands) {
  EXPECT_EQ(findStreamText(R"({"name": "stdout", "text": "a\"b\\"})"), (StreamText{"stdout", R"(a\"b\\)"}));
  EXPECT_EQ(findStreamText(R"( { "text":"","name":"stderr" } )"), (StreamText{"stderr", ""}));
  for (const auto* other : {"", "{}", R"({"name":"a"})", R"({"name":"a","text":1})", R"({"name":"a","text":"b","more":"c"})",
           R"({"name":"a","name":"b"})", R"({"name":"a","text":"b"}x)", R"({"name":"a","text":"b)", R"({"name":"a","text":"b\)"}) {
    EXPECT_EQ(findStreamText(other), std::nullopt) << other;
  }
}

TEST(StreamText, isCutBetweenCharacters) {
  EXPECT_EQ(cutOf("abcdef", 10), 6U);
  EXPECT_EQ(cutOf("abcdef", 3), 3U);
  EXPECT_EQ(cutOf(R"(ab\ncd)", 3), 2U);
  EXPECT_EQ(cutOf(R"(ab\ncd)", 4), 4U);
  EXPECT_EQ(cutOf(R"(a\ud83d\ude00b)", 7), 1U);
  EXPECT_EQ(cutOf(R"(a\u00e4b)", 7), 7U);
  EXPECT_EQ(cutOf("a\xc3\xb6", 2), 1U);
  EXPECT_EQ(cutOf(R"(\ud83d\ude00b)", 7), 12U);  // never nothing
  EXPECT_EQ(cutOf("\xf0\x9f\x98\x80z", 3), 4U);
  EXPECT_EQ(cutOf("\xc3\xa4\xc3\xb6", 3), 2U);
}

}  // namespace
}  // namespace allmende::kernels
