// What a drive answers to a GET: models, formats, listings, and what it does with files that are none.

#include "server/contents/contents.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "lib/base/descriptor.h"
#include "server/contents/fixture.h"

namespace allmende::contents {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST_F(ADrive, givesBackWhatWasSavedWithEveryKeyOfAModel) {
  const auto saved = save("a.ipynb", {{"type", "notebook"}, {"format", "json"}, {"content", notebookOf("1+1\n2")}});
  ASSERT_TRUE(saved) << saved.error().message;
  EXPECT_TRUE(saved->created);
  const auto model = *get("a.ipynb");
  for (const auto* key :
      {"name", "path", "type", "writable", "created", "last_modified", "mimetype", "content", "format", "size", "hash", "hash_algorithm"})
    EXPECT_TRUE(model.contains(key)) << key;
  EXPECT_EQ(model.at("content"), json::value(notebookOf("1+1\n2")));
  EXPECT_EQ(model.at("type"), "notebook");
  EXPECT_EQ(model.at("format"), "json");
  EXPECT_EQ(model.at("mimetype"), nullptr);
  EXPECT_FALSE(save("a.ipynb", {{"type", "notebook"}, {"content", notebookOf("3")}})->created);
}

TEST_F(ADrive, leavesOutContentFormatAndHashUnlessAskedFor) {
  put("words.txt", "grüß dich\n");
  const auto plain = *get("words.txt", {.content = false});
  EXPECT_EQ(plain.at("content"), nullptr);
  EXPECT_EQ(plain.at("format"), nullptr);
  EXPECT_EQ(plain.at("mimetype"), "text/plain");
  EXPECT_EQ(plain.at("size"), 12);
  EXPECT_EQ(plain.at("hash"), nullptr);
  EXPECT_FALSE(plain.contains("message"));
  const auto hashed = *get("words.txt", {.content = false, .hash = true});
  EXPECT_EQ(hashed.at("hash"), "df32d3ece717c4475536c736724ec41b76237cd2a25b51755d9dba82c27f81ed");
  EXPECT_EQ(hashed.at("hash_algorithm"), "sha256");
  EXPECT_EQ(get("words.txt", {.hash = true})->at("hash"), hashed.at("hash"));
}

TEST_F(ADrive, givesTextAsTextAndBytesAsBase64) {
  put("plain", "a\"\\\n\x01");
  put("raw.bin", std::string("\xff\xfe\0\1", 4));
  put("empty", "");
  EXPECT_EQ(get("plain")->at("content"), "a\"\\\n\x01");
  EXPECT_EQ(get("plain")->at("mimetype"), "text/plain");
  EXPECT_EQ(get("plain", {.format = "base64"})->at("content"), "YSJcCgE=");
  EXPECT_EQ(get("raw.bin")->at("content"), "//4AAQ==");
  EXPECT_EQ(get("raw.bin")->at("format"), "base64");
  EXPECT_EQ(get("empty")->at("content"), "");
  const auto refused = get("raw.bin", {.format = "text"});
  EXPECT_EQ(refused.error(), (Error{Code::InvalidInput, "raw.bin is not UTF-8 encoded", {}}));
}

TEST_F(ADrive, answersOnlyAsTheTypeThatWasAskedFor) {
  put("folder/a.ipynb", json::serialize(notebookOf("1")));
  EXPECT_EQ(get("folder/a.ipynb", {.type = "file"})->at("content"), json::string(json::serialize(notebookOf("1"))));
  EXPECT_EQ(get("folder/a.ipynb", {.type = "nonsense"})->at("type"), "file");
  EXPECT_EQ(get("folder", {.type = "file"}).error(), (Error{Code::InvalidInput, "folder is a directory, not a file", {}}));
  EXPECT_EQ(get("folder", {.type = "notebook"}).error().code, Code::InvalidInput);
  EXPECT_EQ(get("folder/a.ipynb", {.type = "directory"}).error(), (Error{Code::InvalidInput, "folder/a.ipynb is not a directory", {}}));
  EXPECT_EQ(get("none").error(), (Error{Code::NotFound, "file or directory does not exist: 'none'", {}}));
  EXPECT_EQ(get("folder/a.ipynb/below").error().code, Code::NotFound);
}

TEST_F(ADrive, listsFoldersWithModelsThatHaveNoContent) {
  put("b.txt", "12");
  put("Ä.ipynb", "");
  put("d/inner", "");
  put("A", "");
  put("a", "");  // another file than A
  for (const auto* name : {".hidden", "__pycache__/x", "a.pyc", "b.txt~"}) put(name, "");
  const auto folder = *get("/");
  EXPECT_EQ(folder.at("name"), "");
  EXPECT_EQ(folder.at("path"), "");
  EXPECT_EQ(folder.at("type"), "directory");
  EXPECT_EQ(folder.at("format"), "json");
  EXPECT_EQ(folder.at("size"), nullptr);
  EXPECT_THAT(namesIn(""), ElementsAre("A", "a", "b.txt", "d", "Ä.ipynb"));
  for (const auto& entry : folder.at("content").as_array()) {
    EXPECT_EQ(entry.at("content"), nullptr);
    EXPECT_EQ(entry.at("format"), nullptr);
  }
  EXPECT_EQ(get("d")->at("content").at(0).at("path"), "d/inner");
  EXPECT_EQ(get("d", {.content = false})->at("content"), nullptr);
}

TEST_F(ADrive, hidesWhatBeginsWithADot) {
  put(".secret/a.txt", "x");
  put("open/.b", "x");
  for (const auto* path : {".secret", ".secret/a.txt", "open/.b"}) {
    EXPECT_EQ(get(path).error().code, Code::NotFound) << path;
    EXPECT_EQ(await(contents_->open(ada_, path)).error().code, Code::NotFound) << path;
    EXPECT_EQ(saveText(path, "y").error().code, Code::InvalidInput) << path;
    EXPECT_EQ(create(path, "{}").error().code, Code::InvalidInput) << path;
    EXPECT_EQ(rename(path, "c").error().code, Code::InvalidInput) << path;
    EXPECT_EQ(await(contents_->remove(ada_, path)).error().code, Code::InvalidInput) << path;
    EXPECT_EQ(create("", json::serialize(json::object{{"copy_from", path}})).error().code, Code::InvalidInput) << path;
    EXPECT_EQ(await(contents_->makeCheckpoint(ada_, path)).error().code, Code::NotFound) << path;
  }
  EXPECT_THAT(saveText(".b", "").error().message, HasSubstr("Cannot create file or directory '.b'"));
  EXPECT_THAT(namesIn("open"), IsEmpty());
  EXPECT_EQ(onDisk(disk(".secret/a.txt")), "x");
}

TEST_F(ADrive, tellsAnEmptyAndABrokenNotebookApartAndNamesTheLine) {
  put("zero.ipynb", "");
  put("broken.ipynb", "{\"cells\": [\n oops");
  put("array.ipynb", "[]");
  put("bytes.ipynb", "\xff\xfe{}");
  EXPECT_THAT(get("zero.ipynb").error().message, HasSubstr("Unreadable Notebook: zero.ipynb: the notebook is empty"));
  EXPECT_THAT(get("broken.ipynb").error().message, HasSubstr("line 2"));
  EXPECT_THAT(get("array.ipynb").error().message, HasSubstr("must be a JSON object, not an array"));
  for (const auto* path : {"zero.ipynb", "broken.ipynb", "array.ipynb", "bytes.ipynb"}) {
    EXPECT_EQ(get(path).error().code, Code::InvalidInput) << path;
    EXPECT_EQ(get(path, {.content = false})->at("type"), "notebook") << path;
    EXPECT_TRUE(await(contents_->open(ada_, path))) << path;
  }
}

TEST_F(ADrive, showsANotebookWithAFaultAndSaysWhich) {
  put("faulty.ipynb", R"({"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[{"cell_type":"code","metadata":{},"source":5}]})");
  const auto model = *get("faulty.ipynb");
  EXPECT_EQ(model.at("message"), "Notebook validation failed: cell 1: source must be a string or a list of strings");
  EXPECT_EQ(model.at("content").at("cells").at(0).at("source"), 5);
}

TEST_F(ADrive, refusesDeepJsonWithoutHarm) {
  const std::string deep = std::string(200'000, '[') + std::string(200'000, ']');
  put("deep.ipynb", R"({"nbformat":4,"metadata":{},"cells":)" + deep + "}");
  EXPECT_THAT(get("deep.ipynb").error().message, HasSubstr("nested more than 128 levels"));
  const auto refused = await(contents_->save(ada_, "b.ipynb", R"({"type":"notebook","content":)" + deep + "}"));
  EXPECT_EQ(refused.error().code, Code::InvalidInput);
  EXPECT_THAT(refused.error().message, HasSubstr("nested more than"));
  EXPECT_EQ(textOf("b.ipynb"), "(nothing)");
}

TEST_F(ADrive, sendsWhatIsTooLargeForJsonAsAFile) {
  fs::create_directories(disk());
  for (const auto* name : {"big.ipynb", "big.bin"}) {
    put(name, "");
    fs::resize_file(disk(name), 100U << 20U);
    const auto refused = get(name);
    EXPECT_EQ(refused.error(),
        (Error{Code::OverLimit, fmt::format("'{}' has 100 MB; up to 4 MB can be opened here. Download it instead", name), {}}));
    EXPECT_EQ(get(name, {.content = false})->at("size"), 100U << 20U);
    const auto file = await(contents_->open(ada_, name));
    ASSERT_TRUE(file);
    EXPECT_EQ(file->body.length, 100U << 20U);
  }
  EXPECT_EQ(
      get("big.bin", {.content = false, .hash = true})->at("hash"), "20492a4d0d84f8beb1767f6616229f85d44c2827b64bdbfb260ee12fa1109e0e");
}

TEST_F(ADrive, opensFilesForSending) {
  put("a/b.html", "<p>");
  put("c", "x");
  const auto file = *await(contents_->open(ada_, "a/b.html"));
  EXPECT_EQ(file.name, "b.html");
  EXPECT_EQ(file.mimetype, "text/html");
  EXPECT_EQ(file.body.length, 3U);
  EXPECT_EQ(await(contents_->open(ada_, "c"))->mimetype, "application/octet-stream");
  EXPECT_EQ(await(contents_->open(ada_, "a")).error().code, Code::InvalidInput);
  EXPECT_EQ(await(contents_->open(ada_, "d")).error().code, Code::NotFound);
}

// A FIFO would block whoever opens it until somebody writes; a socket cannot be opened at all.
TEST_F(ADrive, neitherListsNorOpensWhatIsNoFile) {
  put("a.txt", "");
  ASSERT_EQ(::mkfifo(disk("pipe").c_str(), 0600), 0);
  const Descriptor socket(::socket(AF_UNIX, SOCK_STREAM, 0));
  const Descriptor folder(::open(disk().c_str(), O_PATH | O_DIRECTORY));
  ::sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  const auto place = fmt::format("/proc/self/fd/{}/socket", folder.get());
  place.copy(static_cast<char*>(address.sun_path), sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(socket.get(), reinterpret_cast<const ::sockaddr*>(&address), sizeof address), 0);
  EXPECT_THAT(namesIn(""), ElementsAre("a.txt"));
  for (const auto* name : {"pipe", "socket"}) {
    EXPECT_EQ(get(name).error(), (Error{Code::InvalidInput, fmt::format("Cannot read non-file {}", name), {}}));
    EXPECT_EQ(await(contents_->open(ada_, name)).error().code, Code::InvalidInput);
    EXPECT_EQ(saveText(name, "x").error().code, Code::InvalidInput);
    EXPECT_EQ(create("", json::serialize(json::object{{"copy_from", name}})).error().code, Code::InvalidInput);
  }
}

TEST_F(ADrive, keepsItsListingReadableWhateverNamesTheDiskHas) {
  put("good.txt", "");
  put("bad\xff.txt", "");
  put("quote\"\\\n.txt", "");
  EXPECT_THAT(namesIn(""), ElementsAre("good.txt", "quote\"\\\n.txt"));
  EXPECT_EQ(get("bad\xff.txt").error().code, Code::InvalidInput);
  EXPECT_TRUE(get("quote\"\\\n.txt"));
}

TEST_F(ADrive, listsTenThousandFilesWhileTheLoopGoesOn) {
  constexpr std::size_t kFiles = 10'000;
  for (std::size_t i = 0; i < kFiles; ++i) put(fmt::format("many/{}.txt", i), "");
  asio::io_context loop;
  std::vector<std::string> order;
  asio::co_spawn(loop, contents_->get(ada_, "many", {}), [&](std::exception_ptr, Result<Model> model) {
    order.emplace_back("listed");
    EXPECT_EQ(parseJsonObject(model->json)->at("content").as_array().size(), kFiles);
  });
  asio::post(loop, [&] { asio::post(loop, [&] { order.emplace_back("something else"); }); });
  loop.run();
  EXPECT_THAT(order, ElementsAre("something else", "listed"));
}

TEST_F(ADrive, isOneOfManyAndSharesNothing) {
  ASSERT_TRUE(saveText("a.txt", "ada's"));
  const auto eve = AccountId::make();
  EXPECT_EQ(await(contents_->get(eve, "a.txt", {})).error().code, Code::NotFound);
  EXPECT_EQ(await(contents_->get(eve, "../" + ada_.text() + "/a.txt", {})).error().code, Code::NotFound);
  EXPECT_THAT(await(contents_->recent(eve, 10)).value(), IsEmpty());
}

TEST_F(ADrive, findsWhatWasChangedLastAndWhatHasEveryWord) {
  for (const auto* name : {"old.txt", "Projekt/Messung Ä.ipynb", "Projekt/daten.csv", ".hidden/daten.csv", "__pycache__/daten.csv"})
    put(name, "");
  const auto at = fs::file_time_type::clock::now();
  fs::last_write_time(disk("old.txt"), at - std::chrono::hours(2));
  fs::last_write_time(disk("Projekt/daten.csv"), at - std::chrono::hours(1));
  const auto pathsOf = [](const Result<std::vector<Model>>& models) {
    std::vector<std::string> paths;
    for (const auto& model : *models) paths.push_back(model.path);
    return paths;
  };
  EXPECT_THAT(pathsOf(await(contents_->recent(ada_, 10))), ElementsAre("Projekt/Messung Ä.ipynb", "Projekt/daten.csv", "old.txt"));
  EXPECT_THAT(pathsOf(await(contents_->recent(ada_, 1))), ElementsAre("Projekt/Messung Ä.ipynb"));
  EXPECT_THAT(pathsOf(await(contents_->search(ada_, "ä messung", 10))), ElementsAre("Projekt/Messung Ä.ipynb"));
  EXPECT_THAT(
      pathsOf(await(contents_->search(ada_, "projekt", 10))), ElementsAre("Projekt", "Projekt/Messung Ä.ipynb", "Projekt/daten.csv"));
  EXPECT_THAT(pathsOf(await(contents_->search(ada_, "projekt daten", 10))), ElementsAre("Projekt/daten.csv"));
  EXPECT_THAT(pathsOf(await(contents_->search(ada_, "  ", 10))), IsEmpty());
  const auto model = *parseJsonObject(await(contents_->search(ada_, "old", 10))->front().json);
  EXPECT_EQ(model.at("content"), nullptr);
}

TEST_F(ADrive, looksAtABoundedPartOfAnEndlessDrive) {
  for (int folder = 0; folder < 3; ++folder)
    for (int i = 0; i < 8'000; ++i) put(fmt::format("{}/file {}", folder, i), "");
  EXPECT_EQ(await(contents_->search(ada_, "file", 100'000))->size(), 20'000U - 3);
}

}  // namespace
}  // namespace allmende::contents
