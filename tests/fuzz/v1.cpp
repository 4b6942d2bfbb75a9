// Frames of v1.kernel.websocket.jupyter.org, and their translation for legacy clients.

#include "lib/base/json.h"
#include "lib/jupyter/jupyter.h"
#include "tests/fuzz/fuzz.h"

namespace allmende::fuzz {

void attempt(std::string_view input) {
  const auto message = jupyter::decodeV1(input);
  if (!message) return;
  claim(jupyter::encodeV1(*message) == input, "a frame that is accepted is passed on byte for byte");
  const auto legacy = jupyter::encodeLegacy(*message);
  if (!legacy) return;
  const auto back = jupyter::decodeLegacy(legacy->bytes, legacy->binary);
  claim(back.has_value(), "what a legacy client is sent is a legacy frame");
  claim(back->channel == message->channel && back->buffers == message->buffers, "a legacy client gets the same channel and buffers");
  claim(jupyter::readHeader(back->header).id == jupyter::readHeader(message->header).id, "a legacy client gets the same message");
}

}  // namespace allmende::fuzz
