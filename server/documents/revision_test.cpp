#include "server/documents/revision.h"

#include <gtest/gtest.h>

namespace allmende::documents {
namespace {

json::object cellOf(std::string_view id, std::string_view source, json::array outputs = {}) {
  return {{"cell_type", "code"}, {"id", id}, {"metadata", json::object()}, {"source", source}, {"outputs", std::move(outputs)},
      {"execution_count", nullptr}, {"execution_state", "idle"}};
}

json::object notebookWith(json::array cells) {
  return {{"nbformat", 4}, {"nbformat_minor", 5}, {"metadata", json::object()}, {"cells", std::move(cells)}};
}

json::object listOf(const json::object& notebook) {
  const auto parts = partsOf(notebook);
  return *parseJsonObject(parts.texts.at(parts.content));
}

TEST(ARevision, ComesOutOfItsPartsAsItWentIn) {
  auto notebook = notebookWith({cellOf("a", "one"), cellOf("b", "two"), cellOf("c", "two")});
  const auto parts = partsOf(notebook);
  for (auto& cell : notebook["cells"].as_array()) cell.as_object().erase("execution_state");
  const auto list = *parseJsonObject(parts.texts.at(parts.content));
  EXPECT_EQ(*notebookOf(list, parts.texts), notebook);
  EXPECT_EQ(notebookOf(list, {}).error().code, Code::Internal);
  EXPECT_EQ(partsOf(notebook).content, parts.content);
}

TEST(ARevision, SharesTheCellsThatStayedTheSame) {
  const auto before = partsOf(notebookWith({cellOf("a", "one"), cellOf("b", "two")}));
  const auto after = partsOf(notebookWith({cellOf("a", "one"), cellOf("b", "three")}));
  std::size_t shared = 0;
  for (const auto& [hash, text] : after.texts) shared += before.texts.contains(hash) ? 1 : 0;
  EXPECT_EQ(shared, 1U);
}

TEST(ARevision, SaysWhatBecameOfCells) {
  const auto before = listOf(notebookWith({cellOf("a", "one"), cellOf("b", "two"), cellOf("c", "three"), cellOf("d", "four")}));
  const json::object output{{"output_type", "stream"}, {"name", "stdout"}, {"text", "x"}};
  const auto after = listOf(notebookWith({cellOf("d", "four"), cellOf("a", "one!"), cellOf("b", "two", {output}), cellOf("new", "")}));
  const auto changes = changesBetween(before, after);
  EXPECT_EQ(toJsonObject(changes), (json::object{{"added", 1}, {"removed", 1}, {"edited", 1}, {"ran", 1}}));
  EXPECT_EQ(toJsonObject(cellChangesOf(toJsonObject(changes))), toJsonObject(changes));
}

TEST(Revisions, ThinOutWithAgeButForThoseWithNames) {
  const Instant now{std::chrono::hours{24 * 20'000}};
  std::vector<Revision> revisions;
  const auto add = [&](std::string id, std::chrono::minutes age, std::string name = "") {
    Revision revision;
    revision.id = std::move(id);
    revision.madeAt = now - age;
    revision.name = std::move(name);
    revisions.push_back(std::move(revision));
  };
  using std::chrono::hours;
  using std::chrono::minutes;
  add("old first", hours(24 * 40) + minutes(90));
  add("old named", hours(24 * 40) + minutes(80), "paper");
  add("old last", hours(24 * 40) + minutes(70));
  add("week first", hours(24 * 7) - minutes(1));
  add("week last", hours(24 * 7) - minutes(50));
  add("week next hour", hours(24 * 7) - minutes(61));
  add("today", minutes(3));
  add("today too", minutes(2));
  EXPECT_EQ(superfluous(revisions, now), (std::vector<std::string>{"old first", "week first"}));
  EXPECT_TRUE(superfluous({}, now).empty());
}

TEST(ACellOfARevision, TakesThePlaceOfWhatItHasBecome) {
  const auto earlier = notebookWith({cellOf("a", "one"), cellOf("b", "two"), cellOf("c", "three")});
  const auto sources = [&](json::object ours, std::string_view cell) {
    std::vector<std::string> found;
    for (const auto& one : withCellOf(std::move(ours), earlier, cell)->at("cells").as_array())
      found.emplace_back(one.as_object().at("source").as_string());
    return found;
  };
  EXPECT_EQ(sources(notebookWith({cellOf("b", "changed"), cellOf("a", "one")}), "b"), (std::vector<std::string>{"two", "one"}));
  EXPECT_EQ(sources(notebookWith({cellOf("x", "new"), cellOf("a", "one"), cellOf("y", "")}), "c"),
      (std::vector<std::string>{"new", "one", "three", ""}));
  EXPECT_EQ(sources(notebookWith({cellOf("x", "new")}), "a"), (std::vector<std::string>{"one", "new"}));
  EXPECT_EQ(withCellOf(notebookWith({}), earlier, "nobody").error().code, Code::NotFound);
}

}  // namespace
}  // namespace allmende::documents
