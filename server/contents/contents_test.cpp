// What a drive answers: models, listings, saves, renames.

#include "server/contents/contents.h"

#include <gmock/gmock.h>

#include "server/contents/fixture.h"

namespace allmende::contents {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

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
  EXPECT_FALSE(save("a.ipynb", {{"type", "notebook"}, {"content", notebookOf("3")}})->created);
}

}  // namespace
}  // namespace allmende::contents
