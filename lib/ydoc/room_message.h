#pragma once
// What is said in a document's room: y-protocols' sync and awareness messages, and the questions of jupyter-collaboration beside them.
// Part of the door lib/ydoc/ydoc.h; include that.
//
// A message is one binary WebSocket frame: a number that says what it is, then its fields. Numbers are lib0's: seven bits a byte, the
// lowest first, at most 53 bits in all; texts and bytes come after their length.

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "lib/base/result.h"

namespace allmende::ydoc {

struct SyncStep1 {  // 0, 0: what the sender has seen; it is answered with a SyncStep2
  std::string stateVector;
};
struct SyncStep2 {  // 0, 1: what the other has not seen
  std::string update;
};
struct SyncUpdate {  // 0, 2: what has just changed
  std::string update;
};
struct AwarenessUpdate {  // 1: who is there, see Awareness
  std::string update;
};
struct SaveRequest {  // 2, "save": write the document to its file now
  std::uint64_t id = 0;
};
struct Notice {  // 2: JSON from the server, as the answer to a SaveRequest
  std::string json;
};
struct AwarenessQuery {};  // 3: who is there?

using RoomMessage = std::variant<SyncStep1, SyncStep2, SyncUpdate, AwarenessUpdate, SaveRequest, Notice, AwarenessQuery>;

// Fails with InvalidInput when the bytes are no message, or more than one, or one of an unknown kind.
Result<RoomMessage> decodeRoomMessage(std::string_view bytes);
std::string encode(const RoomMessage& message);

// lib0's encoding, for what lies within these messages.
class Lib0Reader {
 public:
  explicit Lib0Reader(std::string_view bytes) : left_(bytes) {}
  Result<std::uint64_t> number();
  Result<std::string_view> bytes();  // or a text
  bool atEnd() const { return left_.empty(); }

 private:
  std::string_view left_;
};
void appendNumber(std::string& to, std::uint64_t number);
void appendBytes(std::string& to, std::string_view bytes);

}  // namespace allmende::ydoc
