// What clients of a terminal send.

#include "agent/terminals/messages.h"
#include "tests/fuzz/fuzz.h"

namespace allmende::fuzz {

void attempt(std::string_view input) {
  const auto message = terminals::readMessage(input);
  if (!message) return claim(!message.error().message.empty(), "a message is refused with a sentence");
  if (const auto* resized = std::get_if<terminals::Resized>(&*message))
    claim((resized->size.rows == 0) == (resized->size.columns == 0), "a size is whole or none");
}

}  // namespace allmende::fuzz
