#include "server/contents/paths.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/contents/finding.h"
#include "server/contents/names.h"

namespace allmende::contents {
namespace {

using ::testing::HasSubstr;

std::string parsed(std::string_view text) {
  const auto path = DrivePath::parse(text);
  return path ? path->text() : "(" + std::string(nameOf(path.error().code)) + ")";
}

TEST(DrivePath, ignoresSlashesAndDotsThatMeanNothing) {
  EXPECT_EQ(parsed(""), "");
  EXPECT_EQ(parsed("///"), "");
  EXPECT_EQ(parsed("/a//b/"), "a/b");
  EXPECT_EQ(parsed("./a/./b.ipynb"), "a/b.ipynb");
  EXPECT_EQ(parsed("..a/b.."), "..a/b..");
  EXPECT_EQ(parsed("grüße/笔记.ipynb"), "grüße/笔记.ipynb");
  EXPECT_EQ(parsed("a\\b\nc"), "a\\b\nc");
}

TEST(DrivePath, refusesWhatLeadsOutOrIsNoName) {
  for (const std::string_view text : {"..", "../a", "a/../b", "a/b/..", "/../../etc/passwd"})
    EXPECT_EQ(parsed(text), "(not_found)") << text;
  EXPECT_EQ(parsed(std::string_view("a\0b", 3)), "(not_found)");
  EXPECT_EQ(parsed("a\xff"), "(invalid_input)");
  EXPECT_EQ(parsed("\xc0\xae\xc0\xae/a"), "(invalid_input)");  // ".." as overlong UTF-8
  EXPECT_EQ(parsed(std::string(255, 'a')), std::string(255, 'a'));
  EXPECT_EQ(parsed(std::string(256, 'a')), "(invalid_input)");
  std::string deep;
  for (int i = 0; i < 2000; ++i) deep += "a/";
  EXPECT_EQ(parsed(deep), "(invalid_input)");
  EXPECT_THAT(DrivePath::parse("a/../b").error().message, HasSubstr("a/../b is outside root contents directory"));
}

TEST(DrivePath, knowsItsNameItsFolderAndWhatIsHidden) {
  const auto path = *DrivePath::parse("a/b/c.txt");
  EXPECT_EQ(path.name(), "c.txt");
  EXPECT_EQ(path.folder().text(), "a/b");
  EXPECT_EQ(path.folder().folder().folder().text(), "");
  EXPECT_EQ(DrivePath().name(), "");
  EXPECT_FALSE(path.isHidden());
  EXPECT_TRUE(DrivePath::parse("a/.b/c")->isHidden());
  EXPECT_TRUE(DrivePath::parse(".a")->isHidden());
  EXPECT_FALSE(DrivePath::parse("a.b/c.")->isHidden());
  EXPECT_TRUE(path.isBelow(*DrivePath::parse("a")));
  EXPECT_TRUE(path.isBelow(DrivePath()));
  EXPECT_FALSE(path.isBelow(path));
  EXPECT_FALSE(DrivePath::parse("ab")->isBelow(*DrivePath::parse("a")));
}

TEST(Shown, cutsLongNamesAndReplacesWhatIsNotReadable) {
  EXPECT_EQ(shown("a\nb"), "a?b");
  EXPECT_EQ(shown("a\xff"), "a?");
  EXPECT_EQ(shown("ä"), "ä");
  std::string umlauts;
  for (int i = 0; i < 150; ++i) umlauts += "ä";
  EXPECT_EQ(shown("x" + umlauts), "x" + umlauts.substr(0, 198) + "…");
}

TEST(Listing, leavesOutWhatStockJupyterLeavesOut) {
  for (const auto* name : {"a.txt", "~a", "pycache"}) EXPECT_TRUE(isListed(name)) << name;
  for (const auto* name : {".a", "__pycache__", "a.pyc", "a.pyo", "a~", ".DS_Store"}) EXPECT_FALSE(isListed(name)) << name;
}

TEST(Search, comparesLettersWithoutTheirCase) {
  EXPECT_EQ(folded("ÄRGER Straße ΑΩ Привет ŽŁÓDŹ 笔"), "ärger straße αω привет žłódź 笔");
  EXPECT_EQ(folded("\xc3"), "\xc3");
}

}  // namespace
}  // namespace allmende::contents
