// Bodies of PUT /api/contents.

#include "lib/jupyter/jupyter.h"
#include "tests/fuzz/fuzz.h"

namespace allmende::fuzz {

void attempt(std::string_view input) {
  const auto save = jupyter::readSave(std::string(input));
  if (!save) return claim(!save.error().message.empty(), "a body is refused with a sentence");
  claim(save->has_value() == !input.empty(), "only an empty body asks for a new file");
  if (!*save) return;
  const auto& demand = **save;
  claim(!demand.chunk || demand.type == jupyter::ContentsType::File, "only files come in pieces");
  claim(!demand.chunk || *demand.chunk == -1 || *demand.chunk > 0, "pieces are numbered from 1, the last is -1");
  if (demand.type == jupyter::ContentsType::Notebook)
    claim(jupyter::readNotebook(demand.bytes).has_value(), "a notebook that is saved can be opened");
}

}  // namespace allmende::fuzz
