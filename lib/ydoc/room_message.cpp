#include "lib/ydoc/room_message.h"

namespace allmende::ydoc {
namespace {

constexpr unsigned kMostBits = 53;  // what JavaScript can count
constexpr std::uint64_t kSync = 0;
constexpr std::uint64_t kAwareness = 1;
constexpr std::uint64_t kRaw = 2;
constexpr std::uint64_t kAwarenessQuery = 3;

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};

Result<RoomMessage> readSync(Lib0Reader& from) {
  TRY(const auto step, from.number());
  TRY(const auto bytes, from.bytes());
  if (step == 0) return SyncStep1{std::string(bytes)};
  if (step == 1) return SyncStep2{std::string(bytes)};
  if (step == 2) return SyncUpdate{std::string(bytes)};
  return fail(Code::InvalidInput, "there is no sync message {}; there are 0, 1 and 2", step);
}

Result<RoomMessage> readRaw(Lib0Reader& from) {
  TRY(const auto text, from.bytes());
  if (text != "save") return Notice{std::string(text)};
  TRY(const auto id, from.number());
  return SaveRequest{id};
}

Result<RoomMessage> readMessage(Lib0Reader& from) {
  TRY(const auto kind, from.number());
  if (kind == kSync) return readSync(from);
  if (kind == kRaw) return readRaw(from);
  if (kind == kAwarenessQuery) return AwarenessQuery{};
  if (kind != kAwareness) return fail(Code::InvalidInput, "there is no message of kind {} in a document's room", kind);
  TRY(const auto update, from.bytes());
  return AwarenessUpdate{std::string(update)};
}

std::string syncOf(std::uint64_t step, std::string_view bytes) {
  std::string message;
  message.reserve(bytes.size() + 12);
  appendNumber(message, kSync);
  appendNumber(message, step);
  appendBytes(message, bytes);
  return message;
}

std::string rawOf(std::string_view text) {
  std::string message;
  appendNumber(message, kRaw);
  appendBytes(message, text);
  return message;
}

}  // namespace

Result<std::uint64_t> Lib0Reader::number() {
  std::uint64_t number = 0;
  for (unsigned shift = 0; !left_.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(left_.front());
    left_.remove_prefix(1);
    const auto bits = std::uint64_t{byte} & 0x7FU;
    if (shift >= kMostBits || (bits << shift) >> kMostBits != 0)
      return fail(Code::InvalidInput, "a number has more than {} bits", kMostBits);
    number |= bits << shift;
    if (byte < 0x80U) return number;
  }
  return fail(Code::InvalidInput, "the message ends within a number");
}

Result<std::string_view> Lib0Reader::bytes() {
  TRY(const auto size, number());
  if (size > left_.size()) return fail(Code::InvalidInput, "the message ends {} bytes too early", size - left_.size());
  const auto bytes = left_.substr(0, size);
  left_.remove_prefix(size);
  return bytes;
}

void appendNumber(std::string& to, std::uint64_t number) {
  for (; number >= 0x80U; number >>= 7U) to += static_cast<char>((number & 0x7FU) | 0x80U);
  to += static_cast<char>(number);
}

void appendBytes(std::string& to, std::string_view bytes) {
  appendNumber(to, bytes.size());
  to += bytes;
}

Result<RoomMessage> decodeRoomMessage(std::string_view bytes) {
  Lib0Reader reader(bytes);
  TRY(auto message, readMessage(reader));
  if (!reader.atEnd()) return fail(Code::InvalidInput, "bytes follow the message's end");
  return message;
}

std::string encode(const RoomMessage& message) {
  return std::visit(Overloaded{
                        [](const SyncStep1& one) { return syncOf(0, one.stateVector); },
                        [](const SyncStep2& one) { return syncOf(1, one.update); },
                        [](const SyncUpdate& one) { return syncOf(2, one.update); },
                        [](const AwarenessUpdate& one) {
                          std::string text;
                          appendNumber(text, kAwareness);
                          appendBytes(text, one.update);
                          return text;
                        },
                        [](const SaveRequest& one) {
                          auto text = rawOf("save");
                          appendNumber(text, one.id);
                          return text;
                        },
                        [](const Notice& one) { return rawOf(one.json); },
                        [](const AwarenessQuery&) {
                          std::string text;
                          appendNumber(text, kAwarenessQuery);
                          return text;
                        },
                    },
      message);
}

}  // namespace allmende::ydoc
