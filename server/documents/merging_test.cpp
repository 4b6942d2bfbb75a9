#include "server/documents/merging.h"

#include <gtest/gtest.h>

#include "lib/ydoc/ydoc.h"

namespace allmende::documents {
namespace {

json::object notebookHolding(std::initializer_list<std::pair<std::string_view, std::string_view>> cells) {
  json::array list;
  for (const auto& [id, source] : cells)
    list.push_back({{"cell_type", "code"}, {"id", id}, {"metadata", json::object()}, {"source", source}, {"outputs", json::array()},
        {"execution_count", nullptr}});
  return {{"nbformat", 4}, {"nbformat_minor", 5}, {"metadata", json::object()}, {"cells", std::move(list)}};
}

using Cells = std::vector<std::pair<std::string, std::string>>;

// What Yjs makes of both sides' changes.
Cells merged(const json::object& base, const json::object& ours, const json::object& theirs) {
  ydoc::Document start(ydoc::Document::kLoader);
  check(start.fillNotebook(base).has_value(), "the notebook can be held");
  const auto all = *start.changesSince("");
  ydoc::Document document(7);
  ydoc::Document file(8);
  check(document.apply(all) && file.apply(all) && document.becomeNotebook(ours), "notebooks can be held");
  const auto change = file.becomeNotebook(reconcile(base, ours, theirs).wanted);
  check(change.has_value() && (change->empty() || document.apply(*change)), "the change fits");
  Cells cells;
  for (auto& cell : *document.listCells()) cells.emplace_back(cell.id, cell.source);
  return cells;
}

TEST(Reconcile, doesOnceWhatBothDidAlike) {
  const auto base = notebookHolding({{"a", "one"}, {"b", "two"}});
  const auto both = notebookHolding({{"a", "one here"}, {"new", "x"}, {"b", "two"}});
  EXPECT_EQ(merged(base, both, both), (Cells{{"a", "one here"}, {"new", "x"}, {"b", "two"}}));
}

TEST(Reconcile, keepsTheWordsOfBothSides) {
  const auto base = notebookHolding({{"a", "first\nmiddle\nlast"}, {"b", "two"}});
  EXPECT_EQ(merged(base, notebookHolding({{"a", "first\nmiddle\nlast by us"}, {"b", "two"}}),
                notebookHolding({{"a", "first by them\nmiddle\nlast"}, {"b", "two!"}, {"c", "three"}})),
      (Cells{{"a", "first by them\nmiddle\nlast by us"}, {"b", "two!"}, {"c", "three"}}));
}

TEST(Reconcile, givesTheirWordsACellWhereBothChangedTheSame) {
  const auto base = notebookHolding({{"a", "x = 1"}});
  const auto ours = notebookHolding({{"a", "x = 2"}});
  const auto theirs = notebookHolding({{"a", "x = 3"}});
  EXPECT_EQ(reconcile(base, ours, theirs).conflicts, std::vector<std::string>{"a"});
  const auto cells = merged(base, ours, theirs);
  ASSERT_EQ(cells.size(), 2U);
  EXPECT_EQ(cells[0], (Cells::value_type{"a", "x = 2"}));
  EXPECT_EQ(cells[1].second, "x = 3");
  EXPECT_EQ(merged(base, ours, theirs), cells);
}

TEST(Reconcile, holdsChangesInOneLineForOneChange) {
  const auto conflicts = [](std::string_view base, std::string_view ours, std::string_view theirs) {
    return reconcile(notebookHolding({{"a", base}}), notebookHolding({{"a", ours}}), notebookHolding({{"a", theirs}})).conflicts.size();
  };
  EXPECT_EQ(conflicts("x = 1", "x = 10", "x = 'theirs'"), 1U);
  EXPECT_EQ(conflicts("a\nb, c\nd", "a\nb!, c\nd", "a\nb, c!\nd"), 1U);
  EXPECT_EQ(conflicts("", "ours", "theirs"), 1U);
  EXPECT_EQ(conflicts("x = 1", "x = 1", "x = 2"), 0U);
  EXPECT_EQ(conflicts("a\nb\nc", "a!\nb\nc", "a\nb!\nc"), 0U);
  EXPECT_EQ(conflicts("a\nb", "a\nb!", "new\na\nb"), 0U);
}

TEST(Reconcile, doesNotDeleteWhatTheOtherSideChanged) {
  const auto base = notebookHolding({{"a", "one"}, {"b", "two"}, {"c", "three"}});
  EXPECT_EQ(merged(base, notebookHolding({{"a", "one"}, {"b", "two, worked on"}, {"c", "three"}}),
                notebookHolding({{"a", "one"}, {"c", "three"}})),
      (Cells{{"a", "one"}, {"b", "two, worked on"}, {"c", "three"}}));
  EXPECT_EQ(merged(base, base, notebookHolding({{"c", "three"}})), (Cells{{"c", "three"}}));
  EXPECT_EQ(merged(base, notebookHolding({{"a", "one"}, {"c", "three"}}), base), (Cells{{"a", "one"}, {"c", "three"}}));
}

}  // namespace
}  // namespace allmende::documents
