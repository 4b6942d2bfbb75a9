// An update that a page sends for a notebook that people have open.

#include "lib/ydoc/ydoc.h"
#include "tests/fuzz/fuzz.h"

namespace allmende::fuzz {
namespace {

// What the server does with a document that a peer has made as it liked.
void use(ydoc::Document& document) {
  static const auto kStream = *parseJsonObject(R"({"output_type": "stream", "name": "stdout", "text": "a\rb\bc\n"})");
  static const auto kDisplay =
      *parseJsonObject(R"({"output_type": "display_data", "data": {"text/plain": "x"}, "metadata": {}, "transient": {"display_id": "d"}})");
  static const auto kOther = *parseJsonObject(R"json({"nbformat": 4, "nbformat_minor": 5, "metadata": {"a": [1]}, "cells": [
    {"cell_type": "raw", "id": "b", "metadata": {"k": 1}, "source": "üü"}, {"cell_type": "code", "id": "c", "metadata": {}, "source": "",
      "execution_count": null, "outputs": []}, {"cell_type": "code", "id": "a", "metadata": {}, "source": "print(2)\nx",
      "execution_count": 2, "outputs": []}]})json");
  if (const auto cells = document.listCells()) {
    for (const auto& cell : *cells) {
      static_cast<void>(document.beginRun(cell.id));
      for (const auto* output : {&kStream, &kStream, &kDisplay}) static_cast<void>(document.appendOutput(cell.id, *output));
      static_cast<void>(document.endRun(cell.id, 1));
    }
  }
  static_cast<void>(document.updateDisplay("d", kOther, kOther));
  static_cast<void>(document.becomeNotebook(kOther));
  static_cast<void>(document.readNotebook());
}

}  // namespace

void attempt(std::string_view input) {
  ydoc::Document document(1);
  static const auto kNotebook = *parseJsonObject(R"json({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [
    {"cell_type": "code", "id": "a", "metadata": {}, "source": "print(1)", "execution_count": 1, "outputs": [
      {"output_type": "stream", "name": "stdout", "text": "1\n"}]}, {"cell_type": "raw", "id": "b", "metadata": {}, "source": "ü"}]})json");
  claim(document.fillNotebook(kNotebook).has_value(), "the notebook can be held");
  const auto before = *document.stateVector();
  if (!document.apply(input)) return;
  const auto everything = document.changesSince("");
  if (!everything) return;
  ydoc::Document other(2);
  claim(other.apply(*everything).has_value(), "what was taken in can be told to others");
  claim(document.changesSince(before).has_value(), "and what is new of it");
  const auto here = document.readNotebook();
  const auto there = other.readNotebook();
  // Types of unknown kind are shown as a text in no order, so cells are only counted.
  if (here && there)
    claim(here->at("cells").as_array().size() == there->at("cells").as_array().size(), "who hold the same have as many cells");
  use(document);
}

}  // namespace allmende::fuzz
