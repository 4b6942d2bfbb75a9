// Files that come in pieces.

#include <gmock/gmock.h>

#include "server/contents/fixture.h"

namespace allmende::contents {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class AnUpload : public ADrive {
 protected:
  const std::string first_ = std::string(1024, '1');  // as long as clients cut
  const std::string second_ = std::string(1024, '2');
};

TEST_F(AnUpload, appearsWithItsLastPiece) {
  const auto begun = savePiece("a.bin", 1, first_);
  ASSERT_TRUE(begun) << begun.error().message;
  EXPECT_TRUE(begun->created);
  EXPECT_EQ(parseJsonObject(begun->model.json)->at("size"), 1024);
  EXPECT_THAT(namesIn(""), IsEmpty());
  ASSERT_TRUE(savePiece("a.bin", 2, second_));
  EXPECT_EQ(textOf("a.bin"), "(nothing)");
  ASSERT_TRUE(savePiece("a.bin", -1, "end"));
  EXPECT_EQ(textOf("a.bin"), first_ + second_ + "end");
  EXPECT_THAT(leftovers(), IsEmpty());
}

TEST_F(AnUpload, leavesWhatItReplacesUntilItsLastPiece) {
  put("a.bin", "old");
  fs::permissions(disk("a.bin"), fs::perms(0640));
  EXPECT_FALSE(savePiece("a.bin", 1, first_)->created);
  ASSERT_TRUE(savePiece("a.bin", 2, second_));
  EXPECT_EQ(textOf("a.bin"), "old");
  ASSERT_TRUE(savePiece("a.bin", -1, ""));
  EXPECT_EQ(textOf("a.bin"), first_ + second_);
  EXPECT_EQ(fs::status(disk("a.bin")).permissions(), fs::perms(0640));
}

TEST_F(AnUpload, refusesPiecesThatDoNotFollow) {
  EXPECT_THAT(savePiece("a.bin", 2, "x").error().message, HasSubstr("no upload to 'a.bin' is under way"));
  EXPECT_EQ(savePiece("a.bin", -1, "x").error().code, Code::Conflict);
  ASSERT_TRUE(savePiece("a.bin", 1, first_));
  EXPECT_THAT(savePiece("a.bin", 3, "x").error().message, HasSubstr("chunk 3 of 'a.bin' does not follow: 2 was expected"));
  ASSERT_TRUE(savePiece("a.bin", 2, second_));
  EXPECT_EQ(savePiece("a.bin", 2, second_).error().code, Code::Conflict);
  ASSERT_TRUE(savePiece("a.bin", -1, "end"));
  EXPECT_EQ(textOf("a.bin"), first_ + second_ + "end");
}

TEST_F(AnUpload, isOnlyForFiles) {
  const auto refusal = [&](const json::value& body) { return save("a.ipynb", body).error().message; };
  EXPECT_EQ(refusal({{"type", "notebook"}, {"content", notebookOf("")}, {"chunk", 1}}),
      "File type \"notebook\" is not supported for large file transfer");
  EXPECT_EQ(refusal({{"content", "x"}, {"chunk", 1}}), "No file type provided");
  EXPECT_EQ(refusal({{"type", "file"}, {"format", "text"}, {"chunk", 1}}), "No file content provided");
  EXPECT_EQ(refusal({{"type", "file"}, {"content", "x"}, {"chunk", 1}}), "Must specify format of file contents as 'text' or 'base64'");
  for (const json::value& chunk : {json::value(0), json::value(-2), json::value("1"), json::value(1.5)})
    EXPECT_THAT(refusal({{"type", "file"}, {"format", "text"}, {"content", "x"}, {"chunk", chunk}}), HasSubstr("chunk is")) << chunk;
  EXPECT_THAT(namesIn(""), IsEmpty());
}

TEST_F(AnUpload, keepsItsPathToItselfWhileItGoesOn) {
  ASSERT_TRUE(savePiece("a.bin", 1, first_));
  clock_.advance(10s);
  const auto refused = savePiece("a.bin", 1, second_);
  EXPECT_EQ(refused.error().code, Code::Conflict);
  EXPECT_THAT(refused.error().message, HasSubstr("wait for its end, or 20 seconds"));
  ASSERT_TRUE(savePiece("b.bin", 1, second_));  // another path is another upload
  clock_.advance(20s);
  ASSERT_TRUE(savePiece("a.bin", 1, second_));  // given up: begun anew
  EXPECT_EQ(savePiece("a.bin", 3, "of the first").error().code, Code::Conflict);
  ASSERT_TRUE(savePiece("a.bin", -1, ""));
  EXPECT_EQ(textOf("a.bin"), second_);
}

// colab-cli sends any file as chunk 1 and nothing after it.
TEST_F(AnUpload, ofALonePieceOfNoRoundLengthIsWholeAtOnce) {
  EXPECT_TRUE(savePiece("a.py", 1, "print(1)\n")->created);
  EXPECT_EQ(textOf("a.py"), "print(1)\n");
  EXPECT_FALSE(savePiece("a.py", 1, "print(22)\n")->created);
  EXPECT_EQ(textOf("a.py"), "print(22)\n");
  ASSERT_TRUE(savePiece("empty", 1, ""));
  EXPECT_EQ(textOf("empty"), "");
}

TEST_F(AnUpload, ofALonePieceOfRoundLengthIsWholeAfterAMinute) {
  ASSERT_TRUE(savePiece("read.bin", 1, first_));
  ASSERT_TRUE(savePiece("sent.bin", 1, first_));
  ASSERT_TRUE(savePiece("swept.bin", 1, first_));
  clock_.advance(59s);
  EXPECT_EQ(textOf("read.bin"), "(nothing)");
  clock_.advance(1s);
  EXPECT_EQ(textOf("read.bin"), first_);
  EXPECT_TRUE(await(contents_->open(ada_, "sent.bin")));
  ASSERT_TRUE(await(contents_->sweep()));
  EXPECT_THAT(namesIn(""), ElementsAre("read.bin", "sent.bin", "swept.bin"));
  EXPECT_THAT(leftovers(), IsEmpty());
}

TEST_F(AnUpload, goesOnAfterAFirstPieceThatStoodForTheWhole) {
  for (const auto& [chunk, text] : {std::pair{1, "alpha "}, {2, "beta "}, {-1, "gamma"}}) ASSERT_TRUE(savePiece("a.txt", chunk, text));
  EXPECT_EQ(textOf("a.txt"), "alpha beta gamma");
  ASSERT_TRUE(savePiece("b.txt", 1, "alpha "));
  ASSERT_TRUE(saveText("b.txt", "mine"));
  EXPECT_THAT(savePiece("b.txt", 2, "beta ").error().message, HasSubstr("'b.txt' was changed during its upload"));
  EXPECT_EQ(textOf("b.txt"), "mine");
}

TEST_F(AnUpload, isRefusedWhenNobodyCanSayWhoseAPieceIs) {
  ASSERT_TRUE(savePiece("a.txt", 1, "alpha "));
  ASSERT_TRUE(savePiece("a.txt", 1, "another "));
  EXPECT_THAT(savePiece("a.txt", 2, "beta").error().message, HasSubstr("two uploads to 'a.txt' began at once"));
  EXPECT_EQ(savePiece("a.txt", -1, "beta").error().code, Code::Conflict);
  EXPECT_EQ(textOf("a.txt"), "another ");
}

TEST_F(AnUpload, thatWasGivenUpIsForgottenAfterADay) {
  ASSERT_TRUE(savePiece("a.bin", 1, first_));
  ASSERT_TRUE(savePiece("a.bin", 2, second_));
  clock_.advance(23h);
  ASSERT_TRUE(await(contents_->sweep()));
  EXPECT_EQ(leftovers().size(), 2U);  // the draft and the note of it
  clock_.advance(1h);
  ASSERT_TRUE(await(contents_->sweep()));
  EXPECT_THAT(leftovers(), IsEmpty());
  EXPECT_EQ(savePiece("a.bin", 3, "x").error().code, Code::Conflict);
}

TEST_F(AnUpload, endsWithTheServerAndLeavesNothing) {
  put("a.bin", "old");
  ASSERT_TRUE(savePiece("a.bin", 1, first_));
  ASSERT_TRUE(savePiece("a.bin", 2, second_));
  start();
  EXPECT_THAT(leftovers(), IsEmpty());
  EXPECT_THAT(savePiece("a.bin", 3, "x").error().message, HasSubstr("or the server was started anew"));
  EXPECT_EQ(textOf("a.bin"), "old");
}

TEST_F(AnUpload, isCountedSoThatNobodyHasThemWithoutEnd) {
  for (int i = 0; i < 200; ++i) ASSERT_TRUE(savePiece(fmt::format("{}.bin", i), 1, first_));
  EXPECT_EQ(savePiece("one more", 1, first_).error().code, Code::OverLimit);
  ASSERT_TRUE(savePiece("0.bin", -1, ""));
  EXPECT_TRUE(savePiece("one more", 1, first_));
}

TEST_F(AnUpload, mayEndInAFolderThatIsGone) {
  ASSERT_TRUE(save("d", {{"type", "directory"}}));
  ASSERT_TRUE(savePiece("d/a.bin", 1, first_));
  ASSERT_TRUE(await(contents_->remove(ada_, "d")));
  EXPECT_EQ(savePiece("d/a.bin", 2, second_).error().code, Code::NotFound);
  EXPECT_EQ(savePiece("d/a.bin", -1, "").error().code, Code::Conflict);
}

}  // namespace
}  // namespace allmende::contents
