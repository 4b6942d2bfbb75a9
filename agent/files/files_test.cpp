#include "agent/files/files.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <set>

#include "lib/base/json.h"
#include "lib/base/testing.h"

namespace allmende::files {
namespace {

namespace fs = std::filesystem;
using testing::await;
using ::testing::HasSubstr;

// The files of a runtime; as root they are another user's, as in a sandbox.
class Runtime : public ::testing::Test {
 protected:
  Runtime() : user_(processes::userOf(::geteuid() == 0 ? 1000 : ::geteuid(), ::geteuid() == 0 ? 1000 : ::getegid())) {
    fs::create_directories(content());
    own(content());
  }

  fs::path content() const { return folder_.path() / "content"; }
  fs::path disk(std::string_view name) const { return content() / name; }
  void own(const fs::path& path) const {
    if (user_.switches) EXPECT_EQ(::lchown(path.c_str(), user_.uid, user_.gid), 0);
  }
  void put(std::string_view name, std::string_view text) const {
    std::ofstream(disk(name)) << text;
    own(disk(name));
  }
  static std::string onDisk(const fs::path& path) { return {std::istreambuf_iterator<char>(std::ifstream(path).rdbuf()), {}}; }

  Result<json::object> get(std::string path, GetWish wish = {}) {
    TRY(const auto told, await(files_.get(std::move(path), std::move(wish))));
    return parseJsonObject(told.json);
  }
  Result<Told> save(std::string path, json::object body) { return await(files_.save(std::move(path), json::serialize(body))); }
  Result<Told> saveText(std::string path, std::string text) {
    return save(std::move(path), {{"type", "file"}, {"format", "text"}, {"content", std::move(text)}});
  }

  testing::TemporaryFolder folder_;
  processes::User user_;
  net::Pool pool_{"files", 2, 64};
  Files files_{pool_, user_, {.content = content(), .largestInJson = 1000}};
};

TEST_F(Runtime, savesGivesRenamesAndRemovesAFile) {
  EXPECT_TRUE(saveText("a.txt", "one")->created);
  EXPECT_FALSE(saveText("a.txt", "two")->created);
  EXPECT_EQ(get("a.txt")->at("content"), "two");
  EXPECT_EQ(await(files_.rename("a.txt", R"({"path": "b.txt"})"))->path, "b.txt");
  EXPECT_EQ(onDisk(disk("b.txt")), "two");
  EXPECT_TRUE(await(files_.remove("b.txt")));
  EXPECT_FALSE(fs::exists(disk("b.txt")));
  EXPECT_EQ(get("b.txt").error().code, Code::NotFound);
}

TEST_F(Runtime, putsTogetherAFileThatCameInPieces) {
  const json::object piece{{"type", "file"}, {"format", "base64"}, {"content", "YWI="}};
  for (const int chunk : {1, 2, -1}) {
    auto body = piece;
    body["chunk"] = chunk;
    EXPECT_TRUE(save("big", body));
  }
  EXPECT_EQ(onDisk(disk("big")), "ababab");
}

TEST_F(Runtime, listsAFolderWithoutContentsAndWithoutHiddenNames) {
  put("a.txt", "1");
  put(".hidden", "2");
  const auto listing = *get("");
  const auto& entries = listing.at("content").as_array();
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries.at(0).at("path"), "a.txt");
  EXPECT_EQ(entries.at(0).at("content"), nullptr);
}

TEST_F(Runtime, letsNoPathAndNoLinkLeadOut) {
  std::ofstream(folder_.path() / "secret") << "s";
  fs::create_symlink(folder_.path(), disk("out"));
  fs::create_symlink("/etc/passwd", disk("passwd"));
  for (const std::string& path : std::vector<std::string>{"../secret", "a/../../secret", "out/secret", "passwd", std::string("a\0b", 3)}) {
    EXPECT_FALSE(get(path)) << path;
    EXPECT_FALSE(await(files_.open(path))) << path;
  }
  EXPECT_FALSE(await(files_.rename("out/secret", R"({"path": "mine"})")));
  EXPECT_FALSE(saveText("out/secret", "changed"));
  EXPECT_FALSE(saveText("../secret", "changed"));
  EXPECT_EQ(onDisk(folder_.path() / "secret"), "s");
}

TEST_F(Runtime, neverWaitsForTheOtherEndOfAPipe) {
  ASSERT_EQ(::mkfifo(disk("pipe").c_str(), 0666), 0);
  EXPECT_THAT(get("pipe").error().message, HasSubstr("no regular file"));
  EXPECT_FALSE(await(files_.open("pipe")));
  EXPECT_TRUE(get(""));
}

TEST_F(Runtime, mayNoMoreThanThePersonsUser) {
  if (!user_.switches) GTEST_SKIP() << "needs root, to become another user";
  std::ofstream(disk("roots.txt")) << "r";
  ASSERT_EQ(::chmod(disk("roots.txt").c_str(), 0600), 0);
  EXPECT_EQ(get("roots.txt").error().code, Code::Denied);
  ASSERT_TRUE(saveText("mine.txt", "m"));
  struct stat status{};
  ASSERT_EQ(::stat(disk("mine.txt").c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, user_.uid);
}

TEST_F(Runtime, saysThatAFileIsTooLargeForJsonAndStillOpensIt) {
  put("large.txt", std::string(1001, 'x'));
  EXPECT_EQ(get("large.txt").error().code, Code::OverLimit);
  EXPECT_EQ(await(files_.open("large.txt"))->body.length, 1001U);
}

TEST_F(Runtime, refusesToRenameOntoAnotherFile) {
  put("a", "1");
  put("b", "2");
  EXPECT_EQ(await(files_.rename("a", R"({"path": "b"})")).error().code, Code::Conflict);
  EXPECT_EQ(onDisk(disk("b")), "2");
}

TEST_F(Runtime, removesOnlyFoldersThatAreEmpty) {
  fs::create_directory(disk("d"));
  own(disk("d"));
  put("d/a", "1");
  EXPECT_EQ(await(files_.remove("d")).error().code, Code::InvalidInput);
  EXPECT_TRUE(await(files_.remove("d/a")));
  EXPECT_TRUE(await(files_.remove("d")));
}

}  // namespace
}  // namespace allmende::files
