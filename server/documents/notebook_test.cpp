#include "server/documents/notebook.h"

#include <gtest/gtest.h>

#include <set>

namespace allmende::documents {
namespace {

constexpr std::string_view kOld = R"json({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [
  {"cell_type": "raw", "metadata": {}, "source": ["a\n", "b"]}, {"cell_type": "raw", "metadata": {}, "source": "a\nb"},
  {"cell_type": "raw", "id": "kept", "metadata": {}, "source": ""}, {"cell_type": "raw", "id": "kept", "metadata": {}, "source": "x"}]})json";

std::vector<std::string> idsOf(const json::object& notebook) {
  std::vector<std::string> ids;
  for (const auto& cell : notebook.at("cells").as_array()) ids.emplace_back(cell.at("id").as_string());
  return ids;
}

// A merge that a crash repeats would else bring every cell twice.
TEST(NotebookOfFile, givesEachCellAnIdOfItsOwnAndTheSameEachTime) {
  const auto once = notebookOfFile(kOld);
  ASSERT_TRUE(once);
  const auto ids = idsOf(*once);
  EXPECT_EQ(std::set(ids.begin(), ids.end()).size(), 4U);
  EXPECT_EQ(ids[2], "kept");
  EXPECT_EQ(*once, *notebookOfFile(kOld));
}

TEST(NotebookOfFile, knowsCellsAgainByWhatIsInThem) {
  auto before = *notebookOfFile(kOld);
  before["cells"].as_array()[3].as_object()["id"] = "known";
  EXPECT_EQ(idsOf(*notebookOfFile(kOld, before)).at(3), "known");
}

}  // namespace
}  // namespace allmende::documents
