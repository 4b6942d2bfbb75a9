#include "lib/ydoc/ydoc.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace allmende::ydoc {
namespace {

using ::testing::HasSubstr;

json::object notebookOf(std::string_view text) { return *parseJsonObject(text, 512); }

const json::object kSmall = notebookOf(R"json({
  "nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": {"name": "python3"}, "colab": {"odd": [1, 2.5, null, "ü"]}},
  "cells": [
    {"cell_type": "markdown", "id": "m1", "metadata": {}, "source": ["# Title\n", "Größe 📊"], "attachments": {"a.png": {"image/png": "aGk="}}},
    {"cell_type": "code", "id": "c1", "metadata": {"tags": ["x"]}, "source": "print(1)", "execution_count": 3, "outputs": [
      {"output_type": "stream", "name": "stdout", "text": ["1\n", "2\n"]},
      {"output_type": "execute_result", "execution_count": 3, "metadata": {}, "data": {"text/plain": ["a\n", "b"]}}]}]})json");

Document filled(const json::object& notebook, std::uint64_t client = Document::kLoader) {
  Document document(client);
  const auto done = document.fillNotebook(notebook);
  check(done.has_value(), "the notebook can be held");
  return document;
}

TEST(Document, isLoadedFromWhatWasTakenInBefore) {
  auto first = filled(kSmall);
  const auto begun = first.beginRun("c1");
  Document again(2);
  ASSERT_TRUE(again.load(*filled(kSmall).changesSince("")));
  ASSERT_TRUE(again.load(*begun));
  EXPECT_EQ(again.readNotebook(), first.readNotebook());
  EXPECT_EQ(again.stateVector(), first.stateVector());
  EXPECT_FALSE(again.load("nonsense"));
}

TEST(Document, givesBackTheNotebookItWasFilledWith) {
  const auto read = filled(kSmall).readNotebook();
  ASSERT_TRUE(read);
  EXPECT_EQ(read->at("nbformat"), 4);
  EXPECT_EQ(read->at("metadata"), kSmall.at("metadata"));
  const auto& cells = read->at("cells").as_array();
  ASSERT_EQ(cells.size(), 2U);
  EXPECT_EQ(cells[0].at("source"), "# Title\nGröße 📊");
  EXPECT_EQ(cells[0].at("attachments"), kSmall.at("cells").at(0).at("attachments"));
  EXPECT_EQ(cells[1].at("outputs").at(0).at("text"), "1\n2\n");
  EXPECT_EQ(cells[1].at("outputs").at(1), kSmall.at("cells").at(1).at("outputs").at(1));
  EXPECT_EQ(cells[1].at("execution_count"), 3);
}

// The trick against doubled cells: who loads one file twice, before and after a restart, makes one document.
TEST(Document, filledTwiceFromOneNotebookIsTheSameDocument) {
  auto before = filled(kSmall);
  const auto after = filled(kSmall);
  EXPECT_EQ(*before.stateVector(), *after.stateVector());
  ASSERT_TRUE(before.apply(*after.changesSince("")));
  EXPECT_EQ(before.readNotebook()->at("cells").as_array().size(), 2U);
}

TEST(Document, tellsOnlyWhatAnotherHasNotSeen) {
  const auto server = filled(kSmall);
  Document browser(7);
  ASSERT_TRUE(browser.apply(*server.changesSince(*browser.stateVector())));
  EXPECT_EQ(*browser.readNotebook(), *server.readNotebook());
  EXPECT_LE(server.changesSince(*browser.stateVector())->size(), 2U);
}

TEST(Document, isNotChangedByWhatItHasSeen) {
  const auto first = *filled(kSmall).changesSince("");
  Document late(8);
  ASSERT_TRUE(late.apply(first));
  ASSERT_TRUE(late.apply(first));
  EXPECT_EQ(late.readNotebook()->at("cells").as_array().size(), 2U);
}

TEST(Document, takesInAgainWhatItWasFilledWithHoweverDeep) {
  const auto nested = [](int depth) {
    return notebookOf(R"({"nbformat": 4, "nbformat_minor": 5, "cells": [], "metadata": {"deep": )" +
                      std::string(static_cast<std::size_t>(depth), '[') + std::string(static_cast<std::size_t>(depth), ']') + "}}");
  };
  int deepest = 0;
  for (int depth = 1; depth <= 200; ++depth) {
    Document one(Document::kLoader);
    if (!one.fillNotebook(nested(depth))) continue;
    deepest = depth;
    Document another(2);
    const auto taken = another.apply(*one.changesSince(""));
    ASSERT_TRUE(taken) << depth << ": " << taken.error().message;
    EXPECT_EQ(another.readNotebook()->at("metadata"), nested(depth).at("metadata"));
  }
  EXPECT_GT(deepest, 100);
}

TEST(Document, refusesWhatIsNoUpdateAndStaysAsItWas) {
  auto document = filled(kSmall);
  const auto before = *document.readNotebook();
  for (const std::string& bytes : {std::string("\xff\xff\xff\xff\xff\xff\xff\xff\x01", 9), std::string("hello"), std::string(3, '\x80')}) {
    const auto done = document.apply(bytes);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Code::InvalidInput);
  }
  EXPECT_FALSE(document.changesSince("\xff"));
  EXPECT_EQ(*document.readNotebook(), before);
}

TEST(Document, saysWhereANotebookCannotBeHeld) {
  const auto fault = [](std::string_view text) {
    Document document(Document::kLoader);
    const auto done = document.fillNotebook(notebookOf(text));
    return done ? std::string("none") : done.error().message;
  };
  EXPECT_EQ(fault(R"({"nbformat": 4, "nbformat_minor": 5})"), "a notebook has a list 'cells'");
  EXPECT_EQ(fault(R"({"nbformat": "4", "nbformat_minor": 5, "cells": []})"), "a notebook has a number 'nbformat'");
  EXPECT_EQ(fault(R"({"nbformat": 4, "nbformat_minor": 5, "cells": [{"cell_type": "code", "source": ""}]})"), "cells[0]: has no text 'id'");
  auto document = filled(kSmall);
  EXPECT_THAT(document.fillNotebook(kSmall).error().message, HasSubstr("only an empty document"));
}

// What yrs by itself would answer with gigabytes, or with the end of the process.
TEST(Document, refusesUpdatesThatAreMeantToHarm) {
  auto document = filled(kSmall);
  const auto before = *document.readNotebook();
  const auto fault = [&](std::string_view update) {
    const auto done = document.apply(update);
    return done ? std::string("none") : done.error().message;
  };
  const std::string manyClients("\xff\xff\xff\xff\x01\x01\x4d\x14", 8);
  EXPECT_THAT(fault(manyClients), HasSubstr("3 bytes cannot hold 536870911 things"));
  EXPECT_FALSE(document.changesSince(manyClients));
  const std::string begin("\x01\x01\x07\x00\x08\x01\x01m\x01", 9);  // one change of client 7: a value in root m
  std::string nested = begin;
  for (int depth = 0; depth < 1'000'000; ++depth) nested += "\x75\x01";
  EXPECT_THAT(fault(nested + "\x7e" + std::string(1, '\0')), HasSubstr("nested deeper than 128"));
  EXPECT_THAT(fault(std::string("\x01\x01\x07\x00\x09\x01\x01m\x01g\x7e\x00", 12)), HasSubstr("no content of kind 9"));
  EXPECT_THAT(fault(std::string("\x01\x01\x07\xff\xff\xff\xff\x0f\x00\x05\x00", 11)), HasSubstr("more than 2147483648 changes"));
  EXPECT_EQ(*document.readNotebook(), before);
}

TEST(Document, readsAListThatSomebodyWroteLettersIntoAsEmpty) {
  Document document(1);
  ASSERT_TRUE(
      document.apply(std::string("\x01\x01\x07\x00\x04\x01\x05"
                                 "cells"
                                 "\x06"
                                 "a\xf0\x9f\x93\x8e"
                                 "b\x00",
          20)));
  EXPECT_EQ(document.readNotebook()->at("cells").as_array().size(), 0U);
}

// Whatever is cut out of an update or changed in it, the process lives on and says why.
TEST(Document, survivesDamagedUpdates) {
  const auto good = *filled(kSmall).changesSince("");
  std::mt19937 random(20261127);
  std::size_t refused = 0;
  for (int round = 0; round < 2000; ++round) {
    auto bad = good.substr(0, 1 + random() % good.size());
    for (std::size_t i = 0; i < 1 + random() % 4; ++i) bad[random() % bad.size()] = static_cast<char>(random());
    Document document(1);
    if (!document.apply(bad)) ++refused;
    static_cast<void>(document.readNotebook());
  }
  EXPECT_GT(refused, 100U);
}

}  // namespace
}  // namespace allmende::ydoc
