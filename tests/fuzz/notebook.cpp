// Notebook files.

#include "lib/jupyter/jupyter.h"
#include "tests/fuzz/fuzz.h"

namespace allmende::fuzz {

void attempt(std::string_view input) {
  auto notebook = jupyter::readNotebook(input);
  if (!notebook) {
    claim(!notebook.error().message.empty(), "a notebook is refused with a sentence");
    return;
  }
  const auto fault = jupyter::findNotebookFault(*notebook);
  const auto text = jupyter::writeNotebook(*notebook);
  auto again = jupyter::readNotebook(text);
  claim(again.has_value(), "what was written can be read");
  claim(jupyter::findNotebookFault(*again) == fault, "saving makes a notebook neither better nor worse");
  claim(jupyter::writeNotebook(*again) == text, "saving twice changes nothing");
  jupyter::joinNotebookLines(*notebook);
  jupyter::joinNotebookLines(*again);
  claim(*notebook == *again, "saving loses nothing of a notebook");
}

}  // namespace allmende::fuzz
