// Headers of messages, which kernels and clients fill as they like.

#include "lib/base/json.h"
#include "lib/jupyter/jupyter.h"
#include "tests/fuzz/fuzz.h"

namespace allmende::fuzz {

void attempt(std::string_view input) {
  const auto header = jupyter::readHeader(input);
  const auto object = parseJsonObject(input, 32);
  if (!object || input.empty()) return;
  const auto* id = findString(*object, "msg_id");
  claim(header.id == (id == nullptr ? std::string_view{} : std::string_view(*id)), "a header's id is what JSON says it is");
}

}  // namespace allmende::fuzz
