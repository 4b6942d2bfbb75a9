#include "agent/terminals/messages.h"

#include <gtest/gtest.h>

#include "lib/base/json.h"

namespace allmende::terminals {
namespace {

TEST(TerminalMessage, isTypedTextOrASize) {
  EXPECT_EQ(readMessage(R"(["stdin", "ls\r"])"), FromClient(Typed{"ls\r"}));
  EXPECT_EQ(readMessage(R"(["set_size", 24, 80, 600, 800])"), FromClient(Resized{{24, 80}}));
  EXPECT_EQ(readMessage(R"(["set_size", 24.5, 80.9])"), FromClient(Resized{{24, 80}}));
}

TEST(TerminalMessage, ofAnImpossibleSizeSaysThatThereIsNone) {
  for (const auto* sizes : {"0, 80", "24, 0", "-1, 80", "24, 1e99", "null, null", "\"24\", 80", "10001, 80"})
    EXPECT_EQ(readMessage(fmt::format(R"(["set_size", {}])", sizes)), FromClient(Resized{})) << sizes;
}

TEST(TerminalMessage, ofAnUnknownKindIsIgnoredAndOneWithoutKindIsRefusedWithASentence) {
  EXPECT_EQ(readMessage(R"(["setup", {}])"), FromClient(Unknown{}));
  for (const auto* broken : {"", "{}", "[]", "[1]", "[[[]]]", "[\"stdin\"]", "[\"stdin\", 1]", "[\"set_size\", 24]",
           "[\"stdin\", \"\xff\"]", "[[[[[[[[[[]]]]]]]]]]"}) {
    const auto message = readMessage(broken);
    ASSERT_FALSE(message) << broken;
    EXPECT_EQ(message.error().code, Code::InvalidInput);
    EXPECT_GT(message.error().message.size(), 20U);
  }
}

TEST(TerminalMessage, carriesOutputWithItsControlCharacters) {
  const auto message = parseJson(outputMessage("\x1b[1mä\r\n\"")).value().as_array();
  EXPECT_EQ(message, (json::array{"stdout", "\x1b[1mä\r\n\""}));
}

}  // namespace
}  // namespace allmende::terminals
