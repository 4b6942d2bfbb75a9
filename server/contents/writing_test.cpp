// What a PUT, POST and PATCH do, and that nothing saved is ever lost.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>

#include "server/contents/fixture.h"

namespace allmende::contents {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Writing : public ADrive {
 protected:
  std::string makeUntitled(std::string folder, const json::object& wish) {
    const auto model = create(std::move(folder), json::serialize(wish));
    return model ? std::string(model->at("path").as_string()) : model.error().message;
  }
  std::string copy(std::string_view from, std::string into) { return makeUntitled(std::move(into), {{"copy_from", from}}); }
};

// ---- saving ----

TEST_F(Writing, saysWhatABodyLacksInJupytersSentences) {
  ASSERT_TRUE(saveText("a.txt", "before"));
  const auto refusal = [&](const json::value& body) { return save("a.txt", body).error(); };
  EXPECT_EQ(refusal({{"content", "x"}}), (Error{Code::InvalidInput, "No file type provided", {}}));
  EXPECT_EQ(refusal({{"type", "file"}}), (Error{Code::InvalidInput, "No file content provided", {}}));
  EXPECT_EQ(refusal({{"type", "file"}, {"content", "x"}}).message, "Must specify format of file contents as 'text' or 'base64'");
  EXPECT_EQ(
      refusal({{"type", "file"}, {"format", "base64"}, {"content", "!"}}).message, "Encoding error saving a.txt: content is no base64");
  EXPECT_THAT(refusal({{"type", "file"}, {"format", "text"}, {"content", 5}}).message, HasSubstr("content must be a string, not a number"));
  EXPECT_EQ(refusal({{"copy_from", "b"}}).message, "Cannot copy with PUT, only POST");
  EXPECT_EQ(refusal({{"type", "directory"}}).message, "Not a directory: a.txt");
  EXPECT_THAT(refusal({{"type", "notebook"}, {"content", "x"}}).message, HasSubstr("must be an object, not a string"));
  EXPECT_THAT(refusal({{"type", "notebook"}, {"content", {{"nbformat", 3}}}}).message, HasSubstr("old format 3"));
  EXPECT_THAT(refusal(json::array()).message, HasSubstr("a JSON object is needed, not an array"));
  EXPECT_THAT(await(contents_->save(ada_, "a.txt", "{nonsense")).error().message, HasSubstr("at line 1, column"));
  EXPECT_EQ(save("none/a.txt", {{"type", "file"}, {"format", "text"}, {"content", ""}}).error(),
      (Error{Code::NotFound, "No such directory: none", {}}));
  EXPECT_EQ(saveText("", "x").error().code, Code::InvalidInput);
  EXPECT_EQ(textOf("a.txt"), "before");
}

// Stock servers fill in what a new file's body leaves out, and take a PUT without body as a wish for an untitled file.
TEST_F(Writing, makesEmptyOnesWhereABodySaysLittle) {
  EXPECT_EQ(parseJsonObject(save("new.ipynb", {{"format", nullptr}})->model.json)->at("type"), "notebook");
  EXPECT_EQ(get("new.ipynb")->at("content").at("cells"), json::array());
  EXPECT_TRUE(save("new.txt", {{"type", "file"}})->created);
  EXPECT_EQ(textOf("new.txt"), "");
  EXPECT_EQ(await(contents_->save(ada_, "", ""))->model.path, "untitled");
  EXPECT_EQ(await(contents_->save(ada_, "none", "null")).error(), (Error{Code::NotFound, "No such directory: none", {}}));
  EXPECT_TRUE(save("folder", {{"type", "directory"}})->created);
  EXPECT_FALSE(save("folder", {{"type", "directory"}})->created);
  EXPECT_TRUE(save("folder/unknown", {{"type", "thing"}, {"format", "text"}, {"content", "x"}}));
  EXPECT_EQ(textOf("folder/unknown"), "x");
  EXPECT_EQ(saveText("folder", "x").error(), (Error{Code::InvalidInput, "folder is a directory, not a file", {}}));
}

TEST_F(Writing, savesANotebookWithAFaultAndSaysWhich) {
  auto faulty = notebookOf("1");
  faulty["cells"].as_array()[0].as_object()["source"] = 5;
  const auto saved = *save("a.ipynb", {{"type", "notebook"}, {"content", faulty}});
  EXPECT_EQ(
      parseJsonObject(saved.model.json)->at("message"), "Notebook validation failed: cell 1: source must be a string or a list of strings");
  EXPECT_EQ(get("a.ipynb")->at("content").at("cells").at(0).at("source"), 5);
}

TEST_F(Writing, refusesWhatIsTooLargeToBeOpenedAgain) {
  const std::string large(5U << 20U, 'a');
  EXPECT_EQ(saveText("a.txt", large).error().code, Code::OverLimit);
  EXPECT_THAT(
      save("a.ipynb", {{"type", "notebook"}, {"content", notebookOf(large)}}).error().message, HasSubstr("up to 4 MB can be saved"));
  EXPECT_THAT(namesIn(""), IsEmpty());
}

TEST_F(Writing, keepsTheModeOfWhatItReplaces) {
  put("run.sh", "1");
  ASSERT_EQ(::chmod(disk("run.sh").c_str(), 0750), 0);
  ASSERT_TRUE(saveText("run.sh", "2"));
  struct stat facts{};
  ASSERT_EQ(::stat(disk("run.sh").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 07777U, 0750U);
  EXPECT_EQ(textOf("run.sh"), "2");
}

TEST_F(Writing, takesNamesUpTo255BytesAndRefusesLongerOnes) {
  EXPECT_TRUE(saveText(std::string(255, 'n'), "x"));
  EXPECT_EQ(saveText(std::string(256, 'n'), "x").error().code, Code::InvalidInput);
  EXPECT_THAT(copy(std::string(255, 'n'), ""), HasSubstr("a name may have 255"));
}

TEST_F(Writing, replacesWhatItsWriterHasReadAndNothingElse) {
  put("a.txt", "one");
  const auto body = [](std::string_view text) {
    return json::serialize(json::object{{"type", "file"}, {"format", "text"}, {"content", text}});
  };
  const std::string read(get("a.txt", {.hash = true})->at("hash").as_string());
  const auto saved = await(contents_->save(ada_, "a.txt", body("two"), read));
  ASSERT_TRUE(saved);
  EXPECT_EQ(saved->hash, get("a.txt", {.hash = true})->at("hash").as_string());
  EXPECT_EQ(await(contents_->save(ada_, "a.txt", body("three"), read)).error().code, Code::Conflict);
  EXPECT_EQ(textOf("a.txt"), "two");
  EXPECT_EQ(await(contents_->save(ada_, "gone.txt", body("x"), read)).error().code, Code::NotFound);
  EXPECT_EQ(textOf("gone.txt"), "(nothing)");
  const auto piece = json::serialize(json::object{{"type", "file"}, {"format", "text"}, {"content", "x"}, {"chunk", 1}});
  EXPECT_EQ(await(contents_->save(ada_, "a.txt", piece, saved->hash)).error().code, Code::InvalidInput);
}

// Each writer's version is whole; the last one stands.
TEST_F(Writing, neverMixesTwoWritersOfOnePath) {
  std::vector<Task<Result<Saved>>> writers;
  std::vector<std::string> versions;
  for (int i = 0; i < 24; ++i) {
    versions.push_back(std::string(200'000, static_cast<char>('a' + i)));
    writers.push_back(contents_->save(
        ada_, "same.txt", json::serialize(json::object{{"type", "file"}, {"format", "text"}, {"content", versions.back()}})));
  }
  int created = 0;
  for (const auto& saved : awaitAll(std::move(writers))) {
    ASSERT_TRUE(saved);
    created += saved->created ? 1 : 0;
  }
  EXPECT_EQ(created, 1);
  EXPECT_THAT(versions, ::testing::Contains(textOf("same.txt")));
  EXPECT_THAT(leftovers(), IsEmpty());
}

// ---- nothing is lost ----

TEST_F(Writing, keepsTheOriginalWhenTheDiskIsFull) {
  if (::geteuid() != 0) GTEST_SKIP() << "mounting a small disk needs root";
  const auto disk = folder_.path() / "small";
  fs::create_directory(disk);
  ASSERT_EQ(::unshare(CLONE_NEWNS), 0);  // of this thread and those it makes: the mount is nobody else's
  ASSERT_EQ(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr), 0);
  if (::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=1m") != 0) GTEST_SKIP() << "this machine lets root mount nothing";
  {
    Contents contents(*database_, journal_, clock_, {.dataDirectory = disk});
    ASSERT_TRUE(contents.begin());
    const auto bodyOf = [](std::string_view text) {
      return json::serialize(json::object{{"type", "file"}, {"format", "text"}, {"content", text}});
    };
    ASSERT_TRUE(await(contents.save(ada_, "a.txt", bodyOf("precious"))));
    const auto refused = await(contents.save(ada_, "a.txt", bodyOf(std::string(2U << 20U, 'x'))));
    EXPECT_EQ(refused.error().code, Code::DiskFull);
    EXPECT_THAT(refused.error().message, HasSubstr("Cannot save 'a.txt': the disk is full; what was there before is kept"));
    EXPECT_EQ(onDisk(disk / "drives" / ada_.text() / "a.txt"), "precious");
    EXPECT_THAT(leftovers(), IsEmpty());
    EXPECT_EQ(await(contents.save(ada_, "b.txt", bodyOf(std::string(2U << 20U, 'x')))).error().code, Code::DiskFull);
    EXPECT_EQ(await(contents.get(ada_, "b.txt", {})).error().code, Code::NotFound);
    EXPECT_TRUE(await(contents.save(ada_, "a.txt", bodyOf("smaller"))));  // what failed holds no room
  }
  ::umount(disk.c_str());
}

TEST_F(Writing, keepsTheOriginalWhenTheFileMayNotGrowSoLarge) {
  ASSERT_TRUE(saveText("a.txt", "precious"));
  ::rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const ::rlimit small{64U << 10U, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto refused = saveText("a.txt", std::string(128U << 10U, 'x'));
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(refused.error().code, Code::OverLimit);
  EXPECT_EQ(textOf("a.txt"), "precious");
  EXPECT_THAT(leftovers(), IsEmpty());
}

TEST_F(Writing, removesAtTheStartWhatACrashLeftAndNothingElse) {
  put("folder/.~allmende-0123456789abcdef", "half");
  put("folder/kept.txt", "kept");
  const auto copy = disk(".~allmende-fedcba9876543210");
  fs::create_directories(copy / "deep");
  const auto notes = folder_.path() / "uploads" / ada_.text();
  fs::create_directories(notes);
  fs::create_symlink("d/folder/.~allmende-0123456789abcdef", notes / ".~allmende-0123456789abcdef");
  fs::create_symlink("d//.~allmende-fedcba9876543210", notes / ".~allmende-fedcba9876543210");
  fs::create_symlink("d/folder/kept.txt", notes / "forged");
  fs::create_symlink("d/../../../../../../etc/hostname", notes / "escaping");
  fs::create_directories(folder_.path() / "trash" / ada_.text() / ".~allmende-00000000aaaaaaaa" / "a");
  start();
  EXPECT_THAT(leftovers(), IsEmpty());
  EXPECT_TRUE(fs::is_empty(notes));
  EXPECT_EQ(textOf("folder/kept.txt"), "kept");
}

TEST(DataDirectory, isRefusedWithItsNameWhenItIsNoFolder) {
  const testing::TemporaryFolder folder;
  FakeClock clock;
  const auto database = *store::Database::open("sqlite::memory:", migrations());
  journal::Journal journal(*database, clock);
  std::ofstream(folder.path() / "file") << "x";
  Contents contents(*database, journal, clock, {.dataDirectory = folder.path() / "file"});
  const auto refused = contents.begin();
  EXPECT_EQ(refused.error().code, Code::Unavailable);
  EXPECT_THAT(refused.error().message, HasSubstr((folder.path() / "file").string()));
}

// ---- links ----

TEST_F(Writing, followsLinksThatStayInTheDrive) {
  put("real/a.txt", "1");
  fs::create_directory_symlink("real", disk("way"));
  fs::create_symlink("../real/a.txt", disk("real/again.txt"));
  EXPECT_EQ(textOf("way/a.txt"), "1");
  ASSERT_TRUE(saveText("way/again.txt", "2"));
  EXPECT_EQ(textOf("real/a.txt"), "2");
  EXPECT_TRUE(fs::is_symlink(disk("real/again.txt")));
  EXPECT_THAT(namesIn(""), ElementsAre("real", "way"));
}

TEST_F(Writing, neverFollowsALinkOutOfTheDrive) {
  const testing::TemporaryFolder outside;
  std::ofstream(outside.path() / "secret.txt") << "secret";
  fs::create_directories(disk());
  fs::create_symlink(outside.path() / "secret.txt", disk("absolute"));
  fs::create_directory_symlink(outside.path(), disk("folder"));
  fs::create_symlink("../../drives/../drives", disk("up"));
  fs::create_symlink("circle", disk("circle"));
  fs::create_symlink("nowhere", disk("broken"));
  fs::create_symlink("/proc/self/root/etc/hostname", disk("magic"));
  EXPECT_THAT(namesIn(""), IsEmpty());
  for (const auto* path : {"absolute", "folder/secret.txt", "folder", "up", "circle", "broken", "magic"}) {
    EXPECT_EQ(get(path).error().code, Code::NotFound) << path;
    EXPECT_EQ(await(contents_->open(ada_, path)).error().code, Code::NotFound) << path;
    EXPECT_FALSE(saveText(path, "overwritten")) << path;
    EXPECT_FALSE(await(contents_->makeCheckpoint(ada_, path))) << path;
    EXPECT_FALSE(create("", json::serialize(json::object{{"copy_from", path}}))) << path;
  }
  EXPECT_EQ(saveText("absolute", "x").error().code, Code::Denied);
  for (const auto* path : {"folder/new.txt", "up/new.txt"}) EXPECT_FALSE(saveText(path, "x")) << path;
  EXPECT_FALSE(rename("folder/secret.txt", "mine.txt"));
  EXPECT_FALSE(await(contents_->remove(ada_, "folder/secret.txt")));
  EXPECT_TRUE(await(contents_->remove(ada_, "absolute")));  // the link, not what it leads to
  EXPECT_EQ(onDisk(outside.path() / "secret.txt"), "secret");
  EXPECT_EQ(std::distance(fs::directory_iterator(outside.path()), {}), 1);
}

TEST_F(Writing, takesNoPathThatLeadsOut) {
  ASSERT_TRUE(saveText("a.txt", "x"));
  for (const std::string& path : std::vector<std::string>{"../a.txt", "b/../../a.txt", "..", std::string("a\0.txt", 6)}) {
    EXPECT_FALSE(get(path)) << path;
    EXPECT_FALSE(saveText(path, "y")) << path;
    EXPECT_FALSE(rename("a.txt", path)) << path;
    EXPECT_FALSE(rename(path, "b.txt")) << path;
    EXPECT_FALSE(await(contents_->remove(ada_, path))) << path;
    EXPECT_FALSE(create("", json::serialize(json::object{{"copy_from", path}}))) << path;
  }
  EXPECT_THAT(namesIn(""), ElementsAre("a.txt"));
}

// ---- new names ----

TEST_F(Writing, countsUntitledNamesUp) {
  ASSERT_TRUE(save("d", {{"type", "directory"}}));
  for (const auto* wanted : {"d/Untitled.ipynb", "d/Untitled1.ipynb", "d/Untitled2.ipynb"})
    EXPECT_EQ(makeUntitled("d", {{"type", "notebook"}}), wanted);
  EXPECT_EQ(makeUntitled("d", {{"ext", ".ipynb"}}), "d/Untitled3.ipynb");
  for (const auto* wanted : {"d/untitled.txt", "d/untitled1.txt"})
    EXPECT_EQ(makeUntitled("d", {{"type", "file"}, {"ext", ".txt"}}), wanted);
  for (const auto* wanted : {"d/Untitled Folder", "d/Untitled Folder 1"}) EXPECT_EQ(makeUntitled("d", {{"type", "directory"}}), wanted);
  EXPECT_EQ(makeUntitled("d", {{"type", "unknown"}}), "d/untitled");
  EXPECT_EQ(makeUntitled("d", {}), "d/untitled1");
  EXPECT_EQ(get("d/Untitled.ipynb")->at("content").at("nbformat"), 4);
  EXPECT_EQ(makeUntitled("d/untitled.txt", {}), "Cannot POST to files, use PUT instead.");
  EXPECT_EQ(makeUntitled("none", {}), "No such directory: none");
  EXPECT_THAT(makeUntitled("d", {{"ext", "/../x"}}), HasSubstr("ext is '/../x'"));
  EXPECT_THAT(makeUntitled("d", {{"type", 5}}), HasSubstr("type must be a string, not a number"));
}

TEST_F(Writing, givesManyWhoAskAtOnceANameEach) {
  std::vector<Task<Result<Model>>> wishes;
  for (int i = 0; i < 20; ++i) wishes.push_back(contents_->create(ada_, "", R"({"type":"notebook"})"));
  std::set<std::string> paths;
  for (const auto& model : awaitAll(std::move(wishes))) paths.insert(model->path);
  EXPECT_EQ(paths.size(), 20U);
  EXPECT_TRUE(paths.contains("Untitled19.ipynb"));
}

TEST_F(Writing, namesCopiesAfterTheirOriginal) {
  put("a.ipynb", "1");
  put("b.tar.gz", "2");
  put("d/x", "3");
  ASSERT_EQ(::chmod(disk("a.ipynb").c_str(), 0600), 0);
  EXPECT_EQ(copy("a.ipynb", ""), "a-Copy1.ipynb");
  EXPECT_EQ(copy("a-Copy1.ipynb", ""), "a-Copy2.ipynb");
  EXPECT_EQ(copy("/a.ipynb", "d"), "d/a.ipynb");
  EXPECT_EQ(copy("b.tar.gz", ""), "b-Copy1.tar.gz");
  EXPECT_EQ(onDisk(disk("a-Copy2.ipynb")), "1");
  EXPECT_EQ(fs::status(disk("a-Copy1.ipynb")).permissions(), fs::perms(0600));
  EXPECT_EQ(copy("none", ""), "file or directory does not exist: 'none'");
  EXPECT_EQ(copy("", "d"), "d/untitled");  // as stock servers have it: an empty copy_from is none
  EXPECT_THAT(copy("/", "d"), HasSubstr("Cannot copy the drive into itself"));
}

TEST_F(Writing, copiesFoldersWholeButNotIntoThemselves) {
  put("d/a.txt", "1");
  put("d/e/f/b.txt", "2");
  put("d/.hidden", "3");
  put("d/.~allmende-0123456789abcdef", "half");
  fs::create_symlink("a.txt", disk("d/link"));
  fs::permissions(disk("d/a.txt"), fs::perms(0640));
  EXPECT_EQ(copy("d", ""), "d-Copy1");
  EXPECT_EQ(onDisk(disk("d-Copy1/e/f/b.txt")), "2");
  EXPECT_EQ(onDisk(disk("d-Copy1/.hidden")), "3");
  EXPECT_EQ(fs::read_symlink(disk("d-Copy1/link")), "a.txt");
  EXPECT_EQ(fs::status(disk("d-Copy1/a.txt")).permissions(), fs::perms(0640));
  EXPECT_FALSE(fs::exists(disk("d-Copy1/.~allmende-0123456789abcdef")));
  EXPECT_EQ(copy("d", "d"), "Can't copy 'd' into itself");
  EXPECT_EQ(copy("d", "d/e"), "Can't copy 'd' into itself");
  put("large/x", "");
  fs::resize_file(disk("large/x"), (500U << 20U) + 1);
  EXPECT_THAT(copy("large", ""), HasSubstr("Can't copy folders larger than 500 MB"));
}

// ---- renaming ----

TEST_F(Writing, renamesAndMovesButNeverOverwrites) {
  put("a.txt", "a");
  put("b.txt", "b");
  put("d/c.txt", "c");
  EXPECT_EQ(rename("a.txt", "b.txt").error(), (Error{Code::Conflict, "File already exists: b.txt", {}}));
  EXPECT_EQ(rename("a.txt", "d").error().code, Code::Conflict);
  EXPECT_EQ(rename("a.txt", "/d/a.txt/")->at("path"), "d/a.txt");
  EXPECT_EQ(rename("d", "e")->at("type"), "directory");
  EXPECT_EQ(textOf("e/a.txt"), "a");
  EXPECT_EQ(rename("b.txt", "B.txt")->at("name"), "B.txt");
  EXPECT_EQ(rename("B.txt", "B.txt")->at("name"), "B.txt");
  EXPECT_EQ(rename("none", "x").error(), (Error{Code::NotFound, "File or directory does not exist: none", {}}));
  EXPECT_EQ(rename("B.txt", "none/x").error(), (Error{Code::NotFound, "No such directory: none", {}}));
  EXPECT_EQ(rename("e", "e/f").error(), (Error{Code::InvalidInput, "Cannot move 'e' into itself", {}}));
  EXPECT_EQ(rename("", "x").error().code, Code::InvalidInput);
  EXPECT_EQ(rename("e", "").error().code, Code::InvalidInput);
  EXPECT_EQ(rename("B.txt", ".B").error().code, Code::InvalidInput);
  EXPECT_EQ(await(contents_->rename(ada_, "B.txt", "")).error(), (Error{Code::InvalidInput, "JSON body missing", {}}));
  EXPECT_THAT(await(contents_->rename(ada_, "B.txt", R"({"path":5})")).error().message, HasSubstr("path must be a string"));
  EXPECT_EQ(await(contents_->rename(ada_, "B.txt", "{}"))->path, "B.txt");
  EXPECT_EQ(textOf("B.txt"), "b");
}

TEST_F(Writing, letsOneOfTwoRenamesToOneNameWin) {
  std::vector<Task<Result<Model>>> wishes;
  for (int i = 0; i < 10; ++i) {
    put(fmt::format("{}.txt", i), std::to_string(i));
    wishes.push_back(contents_->rename(ada_, fmt::format("{}.txt", i), R"({"path":"won.txt"})"));
  }
  int won = 0;
  for (const auto& answer : awaitAll(std::move(wishes))) {
    won += answer ? 1 : 0;
    if (!answer) {
      EXPECT_EQ(answer.error().code, Code::Conflict);
    }
  }
  EXPECT_EQ(won, 1);
  EXPECT_EQ(namesIn("").size(), 10U);
}

}  // namespace
}  // namespace allmende::contents
