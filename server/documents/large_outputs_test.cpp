#include "server/documents/large_outputs.h"

#include <gtest/gtest.h>

#include "lib/base/testing.h"

namespace allmende::documents {
namespace {

json::object notebookShowing(json::object data) {
  return {{"cells", json::array{json::object{{"id", "a"}, {"cell_type", "code"},
                        {"outputs", json::array{json::object{
                                        {"output_type", "display_data"}, {"data", std::move(data)}, {"metadata", json::object()}}}}}}}};
}
const json::object& dataOf(const json::object& notebook) {
  return notebook.at("cells").as_array()[0].at("outputs").as_array()[0].at("data").as_object();
}

class Kept : public ::testing::Test {
 protected:
  json::object taken(json::object notebook) const {
    const auto done = outputs_.takeOutAll(document_, notebook);
    EXPECT_TRUE(done) << done.error().message;
    return notebook;
  }
  json::object back(json::object notebook) const {
    outputs_.putBackAll(document_, notebook);
    return notebook;
  }

  testing::TemporaryFolder folder_;
  LargeOutputs outputs_{folder_.path() / "outputs", 100};
  DocumentId document_ = DocumentId::make();
  const std::string picture_ = std::string(1'000, 'p');
};

TEST_F(Kept, partsAreThoseBeyondTheThresholdAndComeBackAsTheyWere) {
  const auto whole = notebookShowing({{"image/png", picture_}, {"text/plain", "<Figure>"},
      {"application/json", {{"numbers", json::array{1, 2.5, -3}}, {"text", std::string(200, 'x')}}}});
  const auto document = taken(whole);
  EXPECT_EQ(dataOf(document).size(), 2U);
  EXPECT_EQ(dataOf(document).at("text/plain"), "<Figure>");
  const auto& parts = dataOf(document).at(LargeOutputs::kReference).at("parts").as_object();
  EXPECT_EQ(parts.at("image/png").at("size"), 1'002);
  EXPECT_EQ(back(document), whole);
  EXPECT_EQ(taken(whole), document);  // the same again
  EXPECT_EQ(taken(document), document);
  EXPECT_GT(sizeOfOutput(document.at("cells").as_array()[0].at("outputs").as_array()[0].as_object()), 1'002U);
}

TEST_F(Kept, partsOfAnotherDocumentAreNotReadByTheirHash) {
  const auto document = taken(notebookShowing({{"image/png", picture_}}));
  auto elsewhere = document;
  outputs_.putBackAll(DocumentId::make(), elsewhere);
  EXPECT_EQ(dataOf(elsewhere).at("text/plain"), "[this output is not there any more]");
  const auto hash = std::string(dataOf(document).at(LargeOutputs::kReference).at("parts").at("image/png").at("hash").as_string());
  EXPECT_TRUE(outputs_.open(document_, hash));
  EXPECT_EQ(outputs_.open(DocumentId::make(), hash).error().code, Code::NotFound);
}

TEST_F(Kept, referencesThatAreMadeUpLeadNowhere) {
  for (const json::value& parts : {json::value{{"image/png", {{"hash", "../../../../etc/passwd"}, {"size", 1}}}},
           json::value{{"image/png", 7}}, json::value("parts"), json::value{{"image/png", {{"size", -7}}}}}) {
    const auto made = back(notebookShowing({{LargeOutputs::kReference, {{"parts", parts}}}, {"text/plain", "here"}}));
    EXPECT_EQ(dataOf(made).at("text/plain"), "here") << json::serialize(parts);
    EXPECT_FALSE(dataOf(made).contains("image/png"));
  }
  EXPECT_EQ(outputs_.open(document_, "../secret").error().code, Code::InvalidInput);
}

TEST_F(Kept, partsGoADayAfterNothingRefersToThem) {
  const auto document = taken(notebookShowing({{"image/png", picture_}}));
  const auto empty = notebookShowing({{"text/plain", "nothing"}});
  const auto now = systemNow();
  outputs_.sweep(document_, empty, now);
  EXPECT_EQ(dataOf(back(document)).at("image/png"), json::string(picture_));
  outputs_.sweep(document_, document, now + 48h);
  EXPECT_EQ(outputs_.listDocuments(), std::set{document_});
  outputs_.sweep(document_, empty, now + 48h);
  EXPECT_TRUE(outputs_.listDocuments().empty());
}

TEST_F(Kept, nothingIsWhenTheThresholdIsZero) {
  const LargeOutputs none(folder_.path() / "outputs", 0);
  auto notebook = notebookShowing({{"image/png", picture_}});
  ASSERT_TRUE(none.takeOutAll(document_, notebook));
  EXPECT_EQ(dataOf(notebook).at("image/png"), json::string(picture_));
}

}  // namespace
}  // namespace allmende::documents
