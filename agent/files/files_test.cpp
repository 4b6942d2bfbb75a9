#include "agent/files/files.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "lib/base/json.h"
#include "lib/base/testing.h"

namespace allmende::files {
namespace {

namespace fs = std::filesystem;

// The files of a runtime, and a secret beside them.
class FilesTest : public ::testing::Test {
 protected:
  FilesTest() {
    fs::create_directories(root);
    put("../secret.txt", "secret");
    fs::permissions(folder.path() / "secret.txt", fs::perms::owner_read);
    if (user.switches) EXPECT_EQ(::chown(root.c_str(), user.uid, user.gid), 0);
  }

  void put(const std::string& path, std::string_view bytes) { std::ofstream(root / path, std::ios::binary) << bytes; }
  std::string bytesOf(const std::string& path) const {
    std::stringstream text;
    text << std::ifstream(root / path, std::ios::binary).rdbuf();
    return text.str();
  }

  Result<json::object> get(std::string path, GetWish wish = {}) {
    return read(testing::await(files.get(std::move(path), std::move(wish))));
  }
  Result<json::object> save(std::string path, std::string body) {
    return read(testing::await(files.save(std::move(path), std::move(body))));
  }
  Result<json::object> create(std::string path, std::string body) {
    return read(testing::await(files.create(std::move(path), std::move(body))));
  }
  Result<json::object> rename(std::string path, std::string body) {
    return read(testing::await(files.rename(std::move(path), std::move(body))));
  }
  Result<> remove(std::string path) { return testing::await(files.remove(std::move(path))); }
  static std::string fileBody(std::string_view text) {
    return json::serialize(json::object{{"type", "file"}, {"format", "text"}, {"content", text}});
  }
  static Result<json::object> read(const Result<Told>& told) {
    if (!told) return std::unexpected(told.error());
    return parseJson(told->json, 200).value().as_object();
  }
  std::vector<std::string> namesIn(std::string path) {
    std::vector<std::string> names;
    for (const auto& entry : get(std::move(path)).value().at("content").as_array()) names.emplace_back(entry.at("name").as_string());
    std::ranges::sort(names);
    return names;
  }

  testing::TemporaryFolder folder;
  fs::path root = folder.path() / "content";
  processes::User user = processes::userOf(1000, 1000);
  net::Pool pool{"test", 1, 8};
  Files files{pool, user, {.content = root, .largestInJson = 10'000, .mostEntries = 50}};
};

TEST_F(FilesTest, aFileComesBackAsTextOrAsBase64WithItsHash) {
  put("words.txt", "grüß dich\n");
  put("raw.bin", std::string("\xff\0\1", 3));
  const auto text = get("words.txt", {.type = {}, .format = {}, .hash = true}).value();
  EXPECT_EQ(text.at("content"), "grüß dich\n");
  EXPECT_EQ(text.at("format"), "text");
  EXPECT_EQ(text.at("mimetype"), "text/plain");
  EXPECT_EQ(text.at("size"), 12);
  EXPECT_EQ(text.at("hash"), "df32d3ece717c4475536c736724ec41b76237cd2a25b51755d9dba82c27f81ed");
  const auto raw = get("/raw.bin/").value();
  EXPECT_EQ(raw.at("content"), "/wAB");
  EXPECT_EQ(raw.at("format"), "base64");
  EXPECT_EQ(raw.at("mimetype"), "application/octet-stream");
  EXPECT_EQ(get("words.txt", {.type = {}, .format = "base64"}).value().at("content"), "Z3LDvMOfIGRpY2gK");
  EXPECT_EQ(get("raw.bin", {.type = {}, .format = "text"}).error(), (Error{Code::InvalidInput, "raw.bin is not UTF-8 encoded", {}}));
  const auto bare = get("words.txt", {.type = {}, .format = {}, .content = false}).value();
  EXPECT_TRUE(bare.at("content").is_null() && bare.at("format").is_null() && bare.at("hash").is_null());
}

TEST_F(FilesTest, aNotebookComesAsItsObjectOrWithASentenceWhyNot) {
  put("a.ipynb", R"({"cells":[],"metadata":{"kept":1},"nbformat":4,"nbformat_minor":5})");
  put("broken.ipynb", "{\n oops");
  const auto notebook = get("a.ipynb").value();
  EXPECT_EQ(notebook.at("type"), "notebook");
  EXPECT_EQ(notebook.at("format"), "json");
  EXPECT_EQ(notebook.at("content").at("metadata").at("kept"), 1);
  EXPECT_FALSE(notebook.contains("message"));
  EXPECT_EQ(get("a.ipynb", {.type = "file", .format = {}}).value().at("format"), "text");
  EXPECT_TRUE(get("broken.ipynb").error().message.contains("line 2"));
  EXPECT_EQ(get("broken.ipynb", {.type = "file", .format = {}}).value().at("content"), "{\n oops");
}

TEST_F(FilesTest, aFolderListsWhatCanBeOpenedAndNothingHidden) {
  put("b.txt", "");
  put(".hidden", "");
  put("bad-\xff.txt", "");
  fs::create_directory(root / "a");
  ::mkfifo((root / "pipe").c_str(), 0666);
  fs::create_symlink("b.txt", root / "link");
  fs::create_symlink(root / "a", root / "absolute");
  fs::create_symlink("../secret.txt", root / "out");
  fs::create_symlink("/etc/passwd", root / "out2");
  fs::create_symlink("loop", root / "loop");
  EXPECT_EQ(namesIn(""), (std::vector<std::string>{"a", "absolute", "b.txt", "link"}));
  const auto listing = get("").value();
  EXPECT_EQ(listing.at("name"), "");
  EXPECT_EQ(listing.at("type"), "directory");
  for (const auto& entry : listing.at("content").as_array()) EXPECT_TRUE(entry.at("content").is_null());
  EXPECT_TRUE(get("absolute").has_value());
  EXPECT_EQ(get("a", {.type = "file", .format = {}}).error().message, "'a' is a directory, not a file");
  EXPECT_EQ(get("b.txt", {.type = "directory", .format = {}}).error().message, "'b.txt' is a file, not a directory");
}

TEST_F(FilesTest, noPathAndNoLinkLeadsOut) {
  fs::create_symlink("..", root / "up");
  fs::create_symlink("/", root / "slash");
  fs::create_symlink(root.string() + "x", root / "sibling");
  for (const auto* path : {"../secret.txt", "up/secret.txt", "slash/etc/passwd", "a/../../secret.txt", "sibling", ".", "..", "x/./y"}) {
    EXPECT_EQ(get(path).error().code, Code::NotFound) << path;
    EXPECT_EQ(testing::await(files.open(path)).error().code, Code::NotFound) << path;
    EXPECT_FALSE(save(std::string(path) + "/new.txt", fileBody("x"))) << path;
    EXPECT_FALSE(remove(std::string(path) + "/secret.txt")) << path;
  }
  put("mine.txt", "mine");
  EXPECT_FALSE(rename("mine.txt", R"({"path":"../stolen.txt"})"));
  EXPECT_FALSE(rename("mine.txt", R"({"path":"up/stolen.txt"})"));
  EXPECT_FALSE(create("", R"({"copy_from":"../secret.txt"})"));
  EXPECT_FALSE(create("", R"({"copy_from":"up/secret.txt"})"));
  EXPECT_FALSE(fs::exists(folder.path() / "stolen.txt") || fs::exists(folder.path() / "new.txt"));
  EXPECT_EQ(bytesOf("../secret.txt"), "secret");
}

TEST_F(FilesTest, aPipeIsRefusedAtOnceAndNeverOpened) {
  const auto pipe = root / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0666), 0);
  EXPECT_EQ(get("pipe").error().message, "'pipe' is no regular file");
  EXPECT_EQ(testing::await(files.open("pipe")).error().code, Code::InvalidInput);
  EXPECT_EQ(save("pipe", fileBody("x")).error().code, Code::InvalidInput);
  EXPECT_EQ(save("pipe", R"({"type":"file","format":"text","content":"x","chunk":2})").error().code, Code::InvalidInput);
  EXPECT_EQ(create("", R"({"copy_from":"pipe"})").error().code, Code::InvalidInput);
  EXPECT_LT(::open(pipe.c_str(), O_WRONLY | O_NONBLOCK), 0);  // nobody reads there
}

TEST_F(FilesTest, aSavedFileIsNewOrReplacesTheOldOneWithItsMode) {
  const auto fresh = testing::await(files.save("a.txt", fileBody("one"))).value();
  EXPECT_TRUE(fresh.created);
  fs::permissions(root / "a.txt", fs::perms{0750});
  const auto again = testing::await(files.save("a.txt", fileBody("two"))).value();
  EXPECT_FALSE(again.created);
  EXPECT_EQ(bytesOf("a.txt"), "two");
  EXPECT_EQ(fs::status(root / "a.txt").permissions(), fs::perms{0750});
  EXPECT_EQ(std::distance(fs::directory_iterator(root), fs::directory_iterator()), 1);  // no remains
  fs::create_symlink("a.txt", root / "link.txt");
  ASSERT_TRUE(save("link.txt", fileBody("three")));
  EXPECT_TRUE(fs::is_symlink(root / "link.txt"));
  EXPECT_EQ(bytesOf("a.txt"), "three");
  EXPECT_EQ(save("no/such/a.txt", fileBody("")).error().message, "No such directory: no/such");
  EXPECT_EQ(save(".hidden", fileBody("")).error().code, Code::InvalidInput);
  EXPECT_EQ(save("", fileBody("")).error().code, Code::InvalidInput);
}

TEST_F(FilesTest, aFolderIsMadeOnceAndNeverInPlaceOfAFile) {
  EXPECT_TRUE(testing::await(files.save("new", R"({"type":"directory"})")).value().created);
  EXPECT_FALSE(testing::await(files.save("new", R"({"type":"directory"})")).value().created);
  put("file", "");
  EXPECT_EQ(save("file", R"({"type":"directory"})").error().message, "Not a directory: file");
  EXPECT_EQ(save("new", fileBody("")).error().code, Code::InvalidInput);
}

TEST_F(FilesTest, anUploadInPiecesIsOneFile) {
  const auto piece = [](std::string_view text, int number) {
    return json::serialize(json::object{{"type", "file"}, {"format", "text"}, {"content", text}, {"chunk", number}});
  };
  put("big.txt", "what was there before");
  for (const auto& [text, number] : {std::pair{"alpha ", 1}, {"beta ", 2}, {"gamma", -1}})
    ASSERT_TRUE(save("big.txt", piece(text, number)));
  EXPECT_EQ(bytesOf("big.txt"), "alpha beta gamma");
  EXPECT_EQ(save("never-begun.txt", piece("x", 2)).error().code, Code::NotFound);
  EXPECT_FALSE(fs::exists(root / "never-begun.txt"));
}

TEST_F(FilesTest, untitledFilesAndCopiesCountUp) {
  EXPECT_EQ(create("", R"({"type":"notebook"})").value().at("path"), "Untitled.ipynb");
  EXPECT_EQ(create("", R"({"type":"notebook"})").value().at("path"), "Untitled1.ipynb");
  EXPECT_EQ(create("", R"({"ext":".txt"})").value().at("path"), "untitled.txt");
  EXPECT_EQ(create("", R"({"type":"directory"})").value().at("path"), "Untitled Folder");
  EXPECT_EQ(create("", R"({"type":"directory"})").value().at("path"), "Untitled Folder 1");
  EXPECT_EQ(save("Untitled Folder", "").value().at("path"), "Untitled Folder/untitled");
  put("a.tar.gz", "packed");
  EXPECT_EQ(create("", R"({"copy_from":"a.tar.gz"})").value().at("path"), "a-Copy1.tar.gz");
  EXPECT_EQ(create("Untitled Folder", R"({"copy_from":"/a-Copy1.tar.gz"})").value().at("path"), "Untitled Folder/a.tar.gz");
  EXPECT_EQ(bytesOf("Untitled Folder/a.tar.gz"), "packed");
  EXPECT_TRUE(get("Untitled.ipynb").has_value());
  EXPECT_EQ(create("a.tar.gz", "").error().message, "Cannot POST to files, use PUT instead.");
  EXPECT_EQ(create("nowhere", "").error().message, "No such directory: nowhere");
  EXPECT_EQ(create("", R"({"ext":"/../x"})").error().code, Code::InvalidInput);
}

TEST_F(FilesTest, aRenameTakesNobodysPlace) {
  put("a.txt", "a");
  put("b.txt", "b");
  fs::create_directory(root / "folder");
  EXPECT_EQ(rename("a.txt", R"({"path":"b.txt"})").error(), (Error{Code::Conflict, "File already exists: b.txt", {}}));
  EXPECT_EQ(rename("a.txt", R"({"path":"folder/c.txt"})").value().at("path"), "folder/c.txt");
  EXPECT_EQ(bytesOf("folder/c.txt"), "a");
  EXPECT_EQ(rename("gone.txt", R"({"path":"d.txt"})").error().code, Code::NotFound);
  EXPECT_EQ(rename("folder", R"({"path":"folder/inside"})").error().message, "'folder' cannot be moved into itself");
  EXPECT_EQ(rename("b.txt", R"({"path":".b"})").error().code, Code::InvalidInput);
  EXPECT_EQ(rename("b.txt", "").error().code, Code::InvalidInput);
}

TEST_F(FilesTest, onlyWhatIsEmptyOrAFileIsDeleted) {
  fs::create_directory(root / "full");
  put("full/.hidden", "");
  EXPECT_TRUE(remove("full").error().message.starts_with("Directory full not empty"));
  fs::remove(root / "full/.hidden");
  EXPECT_TRUE(remove("full"));
  put("target", "kept");
  fs::create_symlink("target", root / "link");
  EXPECT_TRUE(remove("link"));
  EXPECT_EQ(bytesOf("target"), "kept");
  EXPECT_EQ(remove("link").error().code, Code::NotFound);
  EXPECT_EQ(remove("").error().code, Code::InvalidInput);
}

TEST_F(FilesTest, whatIsTooLargeToShowCanStillBeDownloaded) {
  put("big", std::string(10'001, 'x'));
  put("fits", std::string(10'000, 'x'));
  EXPECT_TRUE(get("fits").has_value());
  EXPECT_EQ(get("big").error().code, Code::OverLimit);
  EXPECT_TRUE(get("big", {.type = {}, .format = {}, .content = false}).has_value());
  EXPECT_EQ(testing::await(files.open("big")).value().body.length, 10'001U);
  EXPECT_EQ(save("new", fileBody(std::string(10'001, 'x'))).error().code, Code::OverLimit);
  fs::create_directory(root / "many");
  for (int i = 0; i < 51; ++i) put(fmt::format("many/{}", i), "");
  EXPECT_EQ(get("many").error().code, Code::OverLimit);
}

TEST_F(FilesTest, timesThatNoCalendarHasAreTheEpoch) {
  put("old", "");
  const timespec times[2] = {{.tv_sec = 0, .tv_nsec = 0}, {.tv_sec = std::int64_t{1} << 45U, .tv_nsec = 0}};
  ASSERT_EQ(::utimensat(AT_FDCWD, (root / "old").c_str(), times, 0), 0);
  EXPECT_TRUE(get("old").has_value());
}

TEST_F(FilesTest, theRightsAreThoseOfThePersonsUser) {
  if (!user.switches) GTEST_SKIP() << "only root can become somebody else";
  put("roots.txt", "root's");
  fs::permissions(root / "roots.txt", fs::perms{0600});
  EXPECT_EQ(get("roots.txt").error().code, Code::Denied);
  EXPECT_EQ(save("roots.txt", fileBody("x")).error().message, "'roots.txt' is read-only");
  EXPECT_EQ(get("roots.txt", {.type = {}, .format = {}, .content = false}).value().at("writable"), false);
  ASSERT_TRUE(save("theirs.txt", fileBody("x")));
  struct stat status{};
  ASSERT_EQ(::stat((root / "theirs.txt").c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, user.uid);
  fs::permissions(root, fs::perms{0555});
  EXPECT_EQ(save("more.txt", fileBody("x")).error().code, Code::Denied);
  EXPECT_EQ(remove("theirs.txt").error().code, Code::Denied);
}

}  // namespace
}  // namespace allmende::files
