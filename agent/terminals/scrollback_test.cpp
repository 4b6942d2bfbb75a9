#include "agent/terminals/scrollback.h"

#include <gtest/gtest.h>

#include "lib/net/net.h"

namespace allmende::terminals {
namespace {

TEST(Decoder, givesTheSameTextHoweverTheBytesAreCut) {
  const std::string bytes = "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80|\xff|\xc3|\xed\xa0\x80|\xe2\x82|\xf0\x9f\x98z";
  const std::string text = "aä€😀|\uFFFD|\uFFFD|\uFFFD\uFFFD\uFFFD|\uFFFD|\uFFFDz";
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
    Decoder decoder;
    std::string decoded;
    for (std::size_t at = 0; at < bytes.size(); at += piece) decoded += decoder.take(std::string_view(bytes).substr(at, piece));
    EXPECT_EQ(decoded, text) << piece;
  }
}

TEST(Scrollback, isReadByEveryoneAtTheirOwnPace) {
  Scrollback scrollback(100);
  scrollback.append("moin");
  auto piece = scrollback.read(scrollback.begin(), 3);
  EXPECT_EQ(piece.text, "moi");
  piece = scrollback.read(piece.end, 3);
  EXPECT_EQ(piece.text, "n");
  EXPECT_EQ(scrollback.read(piece.end, 3).text, "");
  scrollback.append(" moin");
  EXPECT_EQ(scrollback.read(piece.end, 100).text, " moin");
  EXPECT_EQ(scrollback.read(0, 100).text, "moin moin");
}

TEST(Scrollback, keepsTheLastOutputFromAWholeLineOnAndTellsWhoMissedSome) {
  Scrollback scrollback(100);
  std::string all;
  for (int i = 0; i < 1000; ++i) {
    const auto line = fmt::format("Zeile {} ä\n", i);
    scrollback.append(line);
    all += line;
    EXPECT_LE(scrollback.end() - scrollback.begin(), 200U);
  }
  EXPECT_EQ(scrollback.end(), all.size());
  const auto piece = scrollback.read(10, 1000);
  EXPECT_TRUE(piece.text.starts_with("Zeile ")) << piece.text;
  EXPECT_TRUE(all.ends_with(piece.text));
  EXPECT_GE(piece.text.size(), 80U);
  EXPECT_EQ(piece.skipped, all.size() - piece.text.size() - 10);
}

TEST(Scrollback, isCutBetweenCharactersOnly) {
  Scrollback scrollback(50);
  for (int i = 0; i < 200; ++i) scrollback.append("😀ä");
  std::string read;
  for (auto at = scrollback.begin(); at < scrollback.end();) {
    const auto piece = scrollback.read(at, 3);  // less than the longest character
    ASSERT_TRUE(net::isUtf8(piece.text) && !piece.text.empty());
    read += piece.text;
    at = piece.end;
  }
  EXPECT_EQ(read, scrollback.read(scrollback.begin(), 1000).text);
}

}  // namespace
}  // namespace allmende::terminals
