// Frames of clients without a subprotocol. The first byte chooses between a text and a binary frame.

#include "lib/jupyter/jupyter.h"
#include "tests/fuzz/fuzz.h"

namespace allmende::fuzz {

void attempt(std::string_view input) {
  const bool binary = (takeChoice(input) & 1U) != 0;
  const auto message = jupyter::decodeLegacy(input, binary);
  if (!message) return;
  claim(!jupyter::readHeader(message->header).id.empty(), "every message has an id");
  claim(jupyter::decodeV1(jupyter::encodeV1(*message)) == *message, "a legacy message can be sent to a v1 peer");
  const auto frame = jupyter::encodeLegacy(*message);
  claim(frame.has_value(), "what came as a legacy frame can go as one");
  const auto back = jupyter::decodeLegacy(frame->bytes, frame->binary);
  claim(back == *message, "a message survives the round trip");
}

}  // namespace allmende::fuzz
