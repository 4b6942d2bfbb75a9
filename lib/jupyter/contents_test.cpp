#include "lib/jupyter/contents.h"

#include <gtest/gtest.h>

#include "lib/base/json.h"

namespace allmende::jupyter {
namespace {

TEST(ContentsModel, hasEveryMemberThatClientsExpectWithNullWhereThereIsNothing) {
  const auto model = parseJson(toText({.path = "a/ä \"b\".txt",
      .created = Instant{1s},
      .lastModified = Instant{2s},
      .size = 3,
      .mimetype = "text/plain",
      .format = {},
      .content = {},
      .hash = {},
      .message = {}}));
  EXPECT_EQ(model.value(),
      (json::object{{"name", "ä \"b\".txt"}, {"path", "a/ä \"b\".txt"}, {"type", "file"}, {"writable", true},
          {"created", "1970-01-01T00:00:01.000000Z"}, {"last_modified", "1970-01-01T00:00:02.000000Z"}, {"size", 3},
          {"mimetype", "text/plain"}, {"format", nullptr}, {"hash", nullptr}, {"hash_algorithm", nullptr}, {"content", nullptr}}));
}

TEST(SaveDemand, bringsTheBytesOfTextBase64AndNotebooks) {
  EXPECT_EQ(readSave("").value(), std::nullopt);
  EXPECT_EQ(readSave(R"({"type":"file","format":"text","content":"grüß"})").value()->bytes, "grüß");
  const auto piece = readSave(R"({"type":"file","format":"base64","content":"AAE=","chunk":-1})").value().value();
  EXPECT_EQ(piece.bytes, std::string("\0\1", 2));
  EXPECT_EQ(piece.chunk, -1);
  const auto notebook =
      readSave(R"({"type":"notebook","format":"json","content":{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[{}]}})")
          .value()
          .value();
  EXPECT_TRUE(notebook.bytes.starts_with("{\n \"cells\": ["));
  EXPECT_EQ(notebook.fault, "Notebook validation failed: cell 1: has no cell_type");
}

TEST(SaveDemand, saysWhatIsMissing) {
  const auto faultOf = [](std::string body) { return readSave(std::move(body)).error().message; };
  EXPECT_EQ(faultOf("{}"), "No file type provided");
  EXPECT_EQ(faultOf(R"({"type":"file"})"), "No file content provided");
  EXPECT_EQ(faultOf(R"({"type":"file","content":""})"), "Must specify format of file contents as 'text' or 'base64'");
  EXPECT_EQ(faultOf(R"({"type":"file","format":"base64","content":"?"})"), "the content is no valid base64");
  EXPECT_EQ(faultOf(R"({"type":"pipe","content":""})"), "Unhandled contents type: pipe");
  EXPECT_EQ(faultOf(R"({"type":"directory","chunk":1})"), "File type \"directory\" is not supported for large file transfer");
  EXPECT_EQ(faultOf(R"({"type":"file","format":"text","content":"","chunk":0})"),
      "chunk is 0; pieces are numbered from 1, and the last one has -1");
  EXPECT_TRUE(faultOf("[1]").contains("object"));
  EXPECT_TRUE(faultOf(std::string(200'000, '[')).contains("levels deep"));
}

TEST(ContentsNames, countAsStockJupyterCounts) {
  EXPECT_EQ(numberedName("Untitled.ipynb", "", 0), "Untitled.ipynb");
  EXPECT_EQ(numberedName("Untitled.ipynb", "", 2), "Untitled2.ipynb");
  EXPECT_EQ(numberedName("Untitled Folder", " ", 1), "Untitled Folder 1");
  EXPECT_EQ(numberedName("a.b.ipynb", "-Copy", 1), "a.b-Copy1.ipynb");
  EXPECT_EQ(numberedName("a.tar.gz", "-Copy", 1), "a-Copy1.tar.gz");
  EXPECT_EQ(withoutCopyMark("a-Copy12.ipynb"), "a.ipynb");
  EXPECT_EQ(withoutCopyMark("a-Copycat.ipynb"), "a-Copycat.ipynb");
  EXPECT_EQ(withoutCopyMark("a-Copy1"), "a-Copy1");
}

TEST(ContentsNames, tellTheMediaType) {
  EXPECT_EQ(mediaTypeOf("Bild.PNG"), "image/png");
  EXPECT_EQ(mediaTypeOf("a.tar.gz"), "application/gzip");
  EXPECT_EQ(mediaTypeOf("none"), "");
  EXPECT_EQ(mediaTypeOf("a.unheard-of-ending"), "");
}

}  // namespace
}  // namespace allmende::jupyter
