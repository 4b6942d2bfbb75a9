#pragma once
// A message as a WebSocket frame, in both subprotocols. Part of the door lib/jupyter/jupyter.h.
//
// v1.kernel.websocket.jupyter.org: binary; little-endian u64 count of offsets, the offsets, then channel, header, parent header,
// metadata, content, buffers. Legacy: one JSON text, or, with buffers, a binary frame of big-endian u32 offsets, JSON and buffers.

#include <string>
#include <string_view>

#include "lib/jupyter/message.h"

namespace allmende::jupyter {

inline constexpr std::string_view kV1Protocol = "v1.kernel.websocket.jupyter.org";
inline constexpr std::size_t kMostParts = 4096;  // of one message, buffers included

// Strict: fails with InvalidInput naming what is wrong with the frame; with NotFound when only its channel is unknown, so that the
// message can be dropped and the socket kept.
Result<Message> decodeV1(std::string_view frame);
std::string encodeV1(const Message& message);

// Lenient as stock servers are: a missing channel is shell, missing header fields are filled. Fails with InvalidInput when the frame is
// no such JSON, with NotFound when it names an unknown channel.
Result<Message> decodeLegacy(std::string_view frame, bool binary);

struct LegacyFrame {
  std::string bytes;
  bool binary = false;
};
// A message whose parts are no JSON objects is InvalidInput: legacy clients parse the whole frame.
Result<LegacyFrame> encodeLegacy(const Message& message);

}  // namespace allmende::jupyter
