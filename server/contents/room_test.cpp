// What an account may keep.

#include <gmock/gmock.h>

#include "server/contents/fixture.h"

namespace allmende::contents {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t kMB = std::int64_t{1} << 20;

class ADriveWithAnEnd : public ADrive {
 protected:
  ADriveWithAnEnd() { allowance_ = 2 * kMB; }
  std::string fill(std::int64_t bytes) { return std::string(static_cast<std::size_t>(bytes), 'x'); }
  void put(const std::string& path, std::int64_t bytes) const {
    const auto place = folder_.path() / "drives" / ada_.text() / path;
    fs::create_directories(place.parent_path());
    std::ofstream(place).close();
    fs::resize_file(place, static_cast<std::uintmax_t>(bytes));
  }
};

TEST_F(ADriveWithAnEnd, takesWhatFitsAndRefusesWhatDoesNotWithWhatIsLeft) {
  EXPECT_TRUE(saveText("a.txt", fill(kMB)));
  const auto refused = saveText("b.txt", fill(kMB + 1));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::OverLimit);
  EXPECT_THAT(refused.error().message, HasSubstr("'b.txt' does not fit: your files may have 1 MB more"));
  EXPECT_EQ(textOf("b.txt"), "(nothing)");
  EXPECT_EQ(textOf("a.txt"), fill(kMB));
}

TEST_F(ADriveWithAnEnd, countsWhatOthersPutThereAndWhatIsInTheTrash) {
  ASSERT_TRUE(saveText("small.txt", "x"));
  put("folder/large.bin", 3 * kMB);
  clock_.advance(11s);
  EXPECT_THAT(saveText("b.txt", "x").error().message, HasSubstr("your files are full: they may have 2 MB and have 3 MB"));
  ASSERT_TRUE(await(contents_->remove(ada_, "folder")));
  clock_.advance(11s);
  EXPECT_FALSE(saveText("b.txt", "x"));
  ASSERT_TRUE(await(contents_->purgeAll(ada_)));
  clock_.advance(11s);
  EXPECT_TRUE(saveText("b.txt", "x"));
}

TEST_F(ADriveWithAnEnd, copiesNoFileThatIsAllHolesIntoMoreThanFits) {
  put("holes.bin", std::int64_t{1} << 40);
  EXPECT_EQ(create("", R"({"copy_from":"holes.bin"})").error().code, Code::OverLimit);
  allowance_ = 0;
  EXPECT_EQ(await(contents_->makeCheckpoint(ada_, "holes.bin")).error().code, Code::OverLimit);
}

TEST_F(ADriveWithAnEnd, savesWhatIsEditedLiveThoughItIsFull) {
  ASSERT_TRUE(saveText("live.txt", "before"));
  const auto read = await(contents_->read(ada_, "live.txt"));
  ASSERT_TRUE(read);
  put("large.bin", 3 * kMB);
  clock_.advance(11s);
  EXPECT_TRUE(await(contents_->replace(ada_, "live.txt", "after", read->hash)));
  EXPECT_EQ(textOf("live.txt"), "after");
}

TEST_F(ADriveWithAnEnd, hasNoneWhereNothingIsSaid) {
  allowance_ = 0;
  EXPECT_TRUE(saveText("a.txt", fill(3 * kMB)));
}

}  // namespace
}  // namespace allmende::contents
