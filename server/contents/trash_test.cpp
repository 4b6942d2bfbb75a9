// The trash and the checkpoints: what was can be had again.

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "server/contents/fixture.h"

namespace allmende::contents {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class TheTrash : public ADrive {
 protected:
  TrashId remove(std::string path) {
    const auto id = await(contents_->remove(ada_, std::move(path)));
    check(id.has_value(), id ? "" : id.error().message);
    return *id;
  }
  std::string restore(TrashId id) {
    const auto model = await(contents_->restore(ada_, std::move(id)));
    return model ? model->path : model.error().message;
  }
  std::vector<Trashed> list() { return *await(contents_->listTrash(ada_)); }
  std::vector<std::string> events() {
    std::vector<std::string> names;
    for (const auto& event : *await(journal_.list({.subject = ada_.text()}))) names.push_back(event.name);
    return names;
  }
  // What of the trash is on the disk.
  std::vector<std::string> kept() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_.path() / "trash" / ada_.text())) names.push_back(entry.path().filename());
    return names;
  }
};

TEST_F(TheTrash, keepsWhatWasDeletedAndGivesItBack) {
  put("d/a.txt", "12345");
  put("d/e/b.txt", "678");
  put("n.ipynb", "");
  const auto folder = remove("/d/");
  clock_.advance(1s);
  const auto notebook = remove("n.ipynb");
  EXPECT_THAT(namesIn(""), IsEmpty());
  const auto entries = list();
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].id, notebook);
  EXPECT_EQ(entries[0].type, "notebook");
  EXPECT_EQ(entries[1].path, "d");
  EXPECT_EQ(entries[1].type, "directory");
  EXPECT_EQ(entries[1].size, 8);
  EXPECT_EQ(entries[1].expiresAt - entries[1].deletedAt, std::chrono::hours(30 * 24));
  EXPECT_EQ(restore(folder), "d");
  EXPECT_EQ(textOf("d/e/b.txt"), "678");
  EXPECT_THAT(restore(folder), HasSubstr("the trash has no entry"));
  EXPECT_EQ(list().size(), 1U);
  EXPECT_THAT(events(), ElementsAre("content.restored", "content.trashed", "content.trashed"));
}

TEST_F(TheTrash, givesBackBesideWhatTookThePlaceAndMakesMissingFolders) {
  put("d/e/a.tar.gz", "1");
  put("n.ipynb", "1");
  const auto deep = remove("d/e/a.tar.gz");
  const auto gone = remove("d");
  EXPECT_EQ(restore(deep), "d/e/a.tar.gz");
  EXPECT_EQ(restore(gone), "d (restored)");
  for (const auto* wanted : {"n (restored).ipynb", "n (restored 2).ipynb"}) {
    const auto id = remove("n.ipynb");
    put("n.ipynb", "2");
    EXPECT_EQ(restore(id), wanted);
  }
  const auto blocked = remove("d/e/a.tar.gz");
  fs::remove_all(disk("d"));
  put("d", "a file now");
  EXPECT_THAT(restore(blocked), HasSubstr("a file stands where its folder 'd/e' was"));
  EXPECT_EQ(list().size(), 1U);
}

TEST_F(TheTrash, refusesTheRootAndWhatIsNotThere) {
  EXPECT_EQ(await(contents_->remove(ada_, "/")).error(), (Error{Code::InvalidInput, "Can't delete root", {}}));
  EXPECT_EQ(await(contents_->remove(ada_, "none")).error(), (Error{Code::NotFound, "file or directory does not exist: 'none'", {}}));
  EXPECT_THAT(list(), IsEmpty());
  EXPECT_THAT(events(), IsEmpty());
}

TEST_F(TheTrash, isOfOneAccount) {
  put("a.txt", "");
  const auto id = remove("a.txt");
  const auto eve = AccountId::make();
  EXPECT_EQ(await(contents_->restore(eve, id)).error().code, Code::NotFound);
  EXPECT_EQ(await(contents_->purge(eve, id)).error().code, Code::NotFound);
  ASSERT_TRUE(await(contents_->purgeAll(eve)));
  EXPECT_EQ(restore(id), "a.txt");
}

TEST_F(TheTrash, letsOneOfTwoDeletionsWin) {
  put("a.txt", "x");
  std::vector<Task<Result<TrashId>>> wishes;
  for (int i = 0; i < 8; ++i) wishes.push_back(contents_->remove(ada_, "a.txt"));
  int won = 0;
  for (const auto& answer : awaitAll(std::move(wishes))) won += answer ? 1 : 0;
  EXPECT_EQ(won, 1);
  EXPECT_EQ(list().size(), 1U);
  EXPECT_THAT(events(), ElementsAre("content.trashed"));
}

TEST_F(TheTrash, isPurgedOneByOneAndWhole) {
  for (const auto* name : {"a", "b", "c"}) put(name, "x");
  const auto first = remove("a");
  remove("b");
  remove("c");
  ASSERT_TRUE(await(contents_->purge(ada_, first)));
  EXPECT_EQ(list().size(), 2U);
  EXPECT_EQ(await(contents_->purge(ada_, first)).error().code, Code::NotFound);
  ASSERT_TRUE(await(contents_->purgeAll(ada_)));
  EXPECT_THAT(list(), IsEmpty());
  EXPECT_THAT(kept(), IsEmpty());
  EXPECT_EQ(events().size(), 6U);
}

TEST_F(TheTrash, isSweptWhenItsTimeIsOver) {
  put("a", "x");
  put("b", "x");
  remove("a");
  clock_.advance(std::chrono::hours(24));
  remove("b");
  clock_.advance(std::chrono::hours(29 * 24));
  ASSERT_TRUE(await(contents_->sweep()));
  ASSERT_EQ(list().size(), 1U);
  EXPECT_EQ(list()[0].path, "b");
  EXPECT_EQ(kept().size(), 1U);
}

TEST_F(TheTrash, purgesTreesOfAnyDepthAndWithoutRights) {
  std::string deep = "d";
  for (int i = 0; i < 1500; ++i) deep += "/d";
  ASSERT_TRUE(save("d", {{"type", "directory"}}));
  // Deeper than any path can say: built from the inside out.
  fs::create_directories(disk("d"));
  for (int i = 0; i < 3000; ++i) {
    fs::create_directory(disk("outer"));
    fs::rename(disk("d"), disk("outer/d"));
    fs::rename(disk("outer"), disk("d"));
  }
  put("d/file", "x");
  put("locked/inner/file", "x");
  ASSERT_EQ(::chmod(disk("locked/inner").c_str(), 0), 0);
  remove("d");
  remove("locked");
  ASSERT_TRUE(await(contents_->purgeAll(ada_)));
  EXPECT_THAT(kept(), IsEmpty());
}

// A crash between the entry and the move leaves an entry of nothing.
TEST_F(TheTrash, forgetsAnEntryThatNothingBelongsTo) {
  put("a.txt", "x");
  const auto id = remove("a.txt");
  fs::remove_all(folder_.path() / "trash" / ada_.text() / id.text());
  EXPECT_THAT(restore(id), HasSubstr("the trash no longer holds 'a.txt'"));
  EXPECT_THAT(list(), IsEmpty());
}

// ---- checkpoints ----

class ACheckpoint : public TheTrash {
 protected:
  std::size_t countOf(std::string path) { return await(contents_->listCheckpoints(ada_, std::move(path)))->size(); }
  Result<> restoreIt(std::string path, std::string id = "checkpoint") {
    return await(contents_->restoreCheckpoint(ada_, std::move(path), std::move(id)));
  }
};

TEST_F(ACheckpoint, bringsTheEarlierContentBack) {
  ASSERT_TRUE(saveText("d.txt", "before"));
  EXPECT_EQ(countOf("d.txt"), 0U);
  const auto made = *await(contents_->makeCheckpoint(ada_, "d.txt"));
  EXPECT_EQ(made.id, "checkpoint");
  ASSERT_TRUE(saveText("d.txt", "after"));
  EXPECT_EQ(restoreIt("d.txt", "other").error(), (Error{Code::NotFound, "Checkpoint does not exist: d.txt@other", {}}));
  ASSERT_TRUE(restoreIt("d.txt"));
  EXPECT_EQ(textOf("d.txt"), "before");
  EXPECT_EQ(countOf("d.txt"), 1U);
  EXPECT_EQ(await(contents_->removeCheckpoint(ada_, "d.txt", "other")).error().code, Code::NotFound);
  ASSERT_TRUE(await(contents_->removeCheckpoint(ada_, "d.txt", "checkpoint")));
  EXPECT_EQ(countOf("d.txt"), 0U);
  EXPECT_EQ(restoreIt("d.txt").error().code, Code::NotFound);
}

TEST_F(ACheckpoint, isMadeWithTheFirstSaveOfANotebook) {
  for (const auto* source : {"first", "second"}) ASSERT_TRUE(save("n.ipynb", {{"type", "notebook"}, {"content", notebookOf(source)}}));
  EXPECT_EQ(countOf("n.ipynb"), 1U);
  ASSERT_TRUE(restoreIt("n.ipynb"));
  EXPECT_EQ(get("n.ipynb")->at("content"), json::value(notebookOf("first")));
  EXPECT_EQ(create("", R"({"type":"notebook"})")->at("name"), "Untitled.ipynb");
  EXPECT_EQ(countOf("Untitled.ipynb"), 1U);
}

TEST_F(ACheckpoint, goesWhereItsFileGoes) {
  ASSERT_TRUE(save("d", {{"type", "directory"}}));
  ASSERT_TRUE(save("d/n.ipynb", {{"type", "notebook"}, {"content", notebookOf("1")}}));
  ASSERT_TRUE(rename("d/n.ipynb", "d/m.ipynb"));
  EXPECT_EQ(countOf("d/n.ipynb"), 0U);
  ASSERT_TRUE(rename("d", "e"));
  EXPECT_EQ(countOf("e/m.ipynb"), 1U);
  const auto id = remove("e");
  EXPECT_EQ(countOf("e/m.ipynb"), 0U);
  EXPECT_EQ(restore(id), "e");
  EXPECT_EQ(countOf("e/m.ipynb"), 1U);
  remove("e/m.ipynb");
  ASSERT_TRUE(await(contents_->purgeAll(ada_)));
  EXPECT_THAT(kept(), IsEmpty());
}

// A file's checkpoint must not turn up as that of another file which took its name behind our back.
TEST_F(ACheckpoint, givesWayToFoldersAndFilesOfItsName) {
  ASSERT_TRUE(save("x.ipynb", {{"type", "notebook"}, {"content", notebookOf("1")}}));
  fs::remove(disk("x.ipynb"));
  ASSERT_TRUE(save("x.ipynb", {{"type", "directory"}}));
  ASSERT_TRUE(save("x.ipynb/y.ipynb", {{"type", "notebook"}, {"content", notebookOf("2")}}));
  EXPECT_EQ(countOf("x.ipynb/y.ipynb"), 1U);
  EXPECT_EQ(countOf("x.ipynb"), 0U);
  fs::remove_all(disk("x.ipynb"));
  ASSERT_TRUE(save("x.ipynb", {{"type", "notebook"}, {"content", notebookOf("3")}}));
  EXPECT_EQ(countOf("x.ipynb"), 1U);
}

TEST_F(ACheckpoint, isOnlyOfFiles) {
  ASSERT_TRUE(save("d", {{"type", "directory"}}));
  EXPECT_EQ(await(contents_->makeCheckpoint(ada_, "d")).error(), (Error{Code::InvalidInput, "d is a directory, not a file", {}}));
  EXPECT_EQ(await(contents_->makeCheckpoint(ada_, "none")).error().code, Code::NotFound);
  EXPECT_EQ(countOf("none"), 0U);
  EXPECT_EQ(await(contents_->removeCheckpoint(ada_, "none", "checkpoint")).error().code, Code::NotFound);
}

}  // namespace
}  // namespace allmende::contents
