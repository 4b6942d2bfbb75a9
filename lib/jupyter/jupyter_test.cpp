#include "lib/jupyter/jupyter.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "lib/base/id.h"

namespace allmende::jupyter {
namespace {

Message sample() {
  return {Channel::Shell, R"({"msg_id":"m1","msg_type":"execute_request","session":"s1","subshell_id":"kept"})", "{}", R"({"a":1})",
      R"({"code":"1+1"})", {std::string("\0\1\xff", 3), ""}};
}

TEST(V1, aMessageSurvivesTheRoundTripByteForByte) { EXPECT_EQ(*decodeV1(encodeV1(sample())), sample()); }

TEST(V1, refusesEveryTruncationAndEveryWrongOffset) {
  const auto frame = encodeV1(sample());
  for (std::size_t size = 0; size < frame.size(); ++size) EXPECT_FALSE(decodeV1(std::string_view(frame).substr(0, size))) << size;
  for (std::size_t i = 0; i < 9 * 8; i += 8) {
    auto broken = frame;
    broken[i + 6] = '\x7f';
    EXPECT_FALSE(decodeV1(broken)) << i;
  }
  auto renamed = sample();
  auto other = encodeV1(renamed);
  other.replace(other.find("shell"), 5, "shall");
  EXPECT_EQ(decodeV1(other).error().message, "unknown channel 'shall'; known are shell, control, stdin, iopub");
}

TEST(Legacy, aMessageWithAndWithoutBuffersSurvivesTheRoundTrip) {
  auto message = sample();
  for (int round = 0; round < 2; ++round) {
    const auto frame = encodeLegacy(message);
    ASSERT_TRUE(frame);
    EXPECT_EQ(frame->binary, !message.buffers.empty());
    const auto back = decodeLegacy(frame->bytes, frame->binary);
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(back->buffers, message.buffers);
    EXPECT_EQ(readHeader(back->header).id, "m1");
    EXPECT_NE(back->header.find("subshell_id"), std::string::npos);
    message.buffers.clear();
  }
}

TEST(Message, tellsAStateOnlyWhenItIsAStatusThatTellsOne) {
  const auto told = [](std::string type, std::string content) {
    auto message = makeMessage(Channel::Iopub, type, "s", std::move(content));
    return stateToldBy(readHeader(message.header), message);
  };
  EXPECT_EQ(told("status", R"({"execution_state":"idle"})"), "idle");
  EXPECT_EQ(told("stream", R"({"execution_state":"idle"})"), "");
  EXPECT_EQ(told("status", R"({"execution_state":7,"note":"idle"})"), "");
  EXPECT_EQ(told("status", "idle"), "");
}

TEST(Legacy, fillsWhatSparseClientsLeaveOut) {
  const auto message = decodeLegacy(R"({"header":{"msg_type":"kernel_info_request"},"content":{}})", false);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->channel, Channel::Shell);
  const auto header = readHeader(message->header);
  EXPECT_TRUE(isUuid(header.id));
  EXPECT_EQ(header.type, "kernel_info_request");
  EXPECT_FALSE(header.session.empty());
  EXPECT_FALSE(decodeLegacy(R"({"channel":"nonsense","header":{}})", false));
  EXPECT_FALSE(decodeLegacy("[]", false));
  EXPECT_FALSE(decodeLegacy("{", false));
  EXPECT_FALSE(decodeLegacy(std::string("\0\0\0\2\0\0", 6), true));
}

TEST(Legacy, sendsNothingThatWouldBreakTheClientsParser) {
  for (const auto part : {&Message::parentHeader, &Message::metadata, &Message::content}) {
    for (const auto* bad : {"", "}{", "[]", R"({},"channel":"x")", "{\"a\":\"\xff\"}"}) {
      auto message = sample();
      message.*part = bad;
      const auto frame = encodeLegacy(message);
      EXPECT_EQ(frame.has_value(), *bad == '\0') << bad;
    }
  }
}

TEST(Wire, aSignedMessageIsReadBackAndATamperedOneIsDenied) {
  const Signer signer("secret");
  auto frames = toWire(sample(), signer);
  EXPECT_EQ(frames[0], "<IDS|MSG>");
  frames.insert(frames.begin(), "identity");
  EXPECT_EQ(*fromWire(frames, Channel::Shell, signer), sample());
  frames[6] = "{}";
  EXPECT_EQ(fromWire(frames, Channel::Shell, signer).error().code, Code::Denied);
  EXPECT_EQ(fromWire({"<IDS|MSG>", "x"}, Channel::Shell, signer).error().code, Code::InvalidInput);
  EXPECT_EQ(Signer("").sign(sample()), "");
}

TEST(Wire, signsAsThePythonClientDoes) {
  // hmac.new(b"key", b"abcd", "sha256").hexdigest()
  EXPECT_EQ(
      Signer("key").sign({Channel::Shell, "a", "b", "c", "d", {}}), "2a31ec0ee8d878c9eece9fb0df79b3b90b2256240163aa5ee50d176d3d1121f8");
}

std::vector<ZmtpEvent> parseAll(std::string_view bytes, std::size_t piece) {
  ZmtpParser parser;
  std::vector<ZmtpEvent> events;
  for (std::size_t at = 0; at < bytes.size();) {
    const auto [room, size] = parser.room(piece);
    const auto part = bytes.substr(at, std::min(piece, size));
    part.copy(room, part.size());
    parser.took(part.size());
    at += part.size();
    for (;;) {
      auto event = parser.next();
      if (!event) ADD_FAILURE() << event.error().message;
      if (!event || !*event) break;
      events.push_back(**std::move(event));
    }
  }
  return events;
}

TEST(Zmtp, eventsAreTheSameHoweverTheBytesAreCut) {
  const std::vector<std::string> frames{"one", std::string(300, 'x'), "", std::string(70'000, 'y')};
  const auto bytes =
      zmtpGreeting() + zmtpReady("ROUTER", "") + zmtpMessage(frames) + std::string("\4\7\4PING\0\0", 9) + zmtpMessage({"last"});
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{4096}, bytes.size()}) {
    const auto events = parseAll(bytes, piece);
    ASSERT_EQ(events.size(), 4U) << piece;
    EXPECT_EQ(events[0].kind, ZmtpEvent::Kind::Ready);
    EXPECT_EQ(events[1].frames, frames);
    EXPECT_EQ(events[2].kind, ZmtpEvent::Kind::Ping);
    EXPECT_EQ(events[3].frames, std::vector<std::string>{"last"});
  }
}

TEST(Zmtp, refusesAPeerThatSpeaksSomethingElseOrClaimsTooMuch) {
  const auto refused = [](std::string_view bytes) {
    ZmtpParser parser;
    const auto [room, size] = parser.room(bytes.size());
    bytes.copy(room, bytes.size());
    parser.took(bytes.size());
    return !parser.next();
  };
  EXPECT_TRUE(refused(std::string(64, 'x')));
  EXPECT_TRUE(refused(zmtpGreeting() + "\x2\x7f\xff\xff\xff\xff\xff\xff\xff"));
  EXPECT_TRUE(refused(zmtpGreeting() + "\x40\x01x"));
}

TEST(Zmtp, aClaimOfALargeFrameCostsNothingUntilItsBytesCome) {
  const auto resident = [] {
    std::size_t pages = 0;
    std::ifstream("/proc/self/statm").ignore(64, ' ') >> pages;
    return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  };
  const auto before = resident();
  const auto claim = zmtpGreeting() + std::string("\2\0\0\0\0\x20\0\0\0", 9) + "x";  // 512 MB
  ZmtpParser parser;
  claim.copy(parser.room(claim.size()).first, claim.size());
  parser.took(claim.size());
  const auto event = parser.next();
  ASSERT_TRUE(event.has_value());
  EXPECT_FALSE(event->has_value());
  EXPECT_LT(resident() - before, std::size_t{64} << 20U);
}

TEST(Notebook, isWrittenTheWayStockJupyterWritesIt) {
  const auto notebook = readNotebook(
      R"({"nbformat":4,"nbformat_minor":5,"metadata":{"b":1,"a":{}},"cells":[{"source":"x\ny","cell_type":"code","metadata":{},"outputs":[],"execution_count":null,"id":"i"}]})");
  ASSERT_TRUE(notebook);
  EXPECT_EQ(writeNotebook(*notebook), R"({
 "cells": [
  {
   "cell_type": "code",
   "execution_count": null,
   "id": "i",
   "metadata": {},
   "outputs": [],
   "source": [
    "x\n",
    "y"
   ]
  }
 ],
 "metadata": {
  "a": {},
  "b": 1
 },
 "nbformat": 4,
 "nbformat_minor": 5
}
)");
  EXPECT_EQ(findNotebookFault(*notebook), std::nullopt);
}

TEST(Notebook, keepsItsNumbersAndWritesThemAsStockJupyterDoes) {
  const std::string numbers =
      "[0.1, 1.0, 100000.0, 0.7577045219905117, 0.0001, 1e-05, 1e+16, 1.5e+300, 5e-324, -0.0, 7, 18446744073709551615]";
  const auto notebook = readNotebook(fmt::format(R"({{"cells":[],"metadata":{{"x":{}}},"nbformat":4,"nbformat_minor":5}})", numbers));
  auto written = writeNotebook(*notebook);
  std::erase_if(written, [](char c) { return c == '\n' || c == ' '; });
  auto wanted = numbers;
  std::erase(wanted, ' ');
  EXPECT_NE(written.find(wanted), std::string::npos) << written;
}

TEST(Notebook, hasItsLinesJoinedForClientsAndNothingElse) {
  auto notebook = *readNotebook(
      R"({"nbformat":4,"metadata":{"tags":["a","b"]},"cells":[{"cell_type":"code","metadata":{},"source":["x\n","y"],"outputs":[
        {"output_type":"stream","name":"stdout","text":["1\n","2"]},
        {"output_type":"display_data","metadata":{},"data":{"text/html":["<b>","</b>"],"application/json":["1","2"]}}]},
        {"cell_type":"markdown","metadata":{},"source":[],"attachments":{"a.svg":{"image/svg+xml":["<svg>\n","</svg>"]}}}]})");
  joinNotebookLines(notebook);
  const auto wanted = *parseJson(
      R"({"nbformat":4,"metadata":{"tags":["a","b"]},"cells":[{"cell_type":"code","metadata":{},"source":"x\ny","outputs":[
        {"output_type":"stream","name":"stdout","text":"1\n2"},
        {"output_type":"display_data","metadata":{},"data":{"text/html":"<b></b>","application/json":["1","2"]}}]},
        {"cell_type":"markdown","metadata":{},"source":"","attachments":{"a.svg":{"image/svg+xml":"<svg>\n</svg>"}}}]})");
  EXPECT_EQ(json::value(notebook), wanted);
}

TEST(Notebook, saysWhatIsWrongAndWhere) {
  EXPECT_EQ(readNotebook(" \n").error().message, "the notebook is empty: the file holds no bytes of a notebook");
  EXPECT_NE(readNotebook("{\n\"cells\": [\n oops").error().message.find("line 3"), std::string::npos);
  EXPECT_NE(readNotebook(R"({"nbformat":5})").error().message.find("newer"), std::string::npos);
  EXPECT_NE(readNotebook(R"({"nbformat":3})").error().message.find("old format 3"), std::string::npos);
  EXPECT_FALSE(readNotebook("[1]"));
  const auto broken = readNotebook(
      R"({"nbformat":4,"metadata":{},"cells":[{"cell_type":"markdown","source":"","metadata":{}},{"cell_type":"code","source":5}]})");
  EXPECT_EQ(findNotebookFault(*broken), "cell 2: source must be a string or a list of strings");
}

}  // namespace
}  // namespace allmende::jupyter
