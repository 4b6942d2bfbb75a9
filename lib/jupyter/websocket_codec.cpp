#include "lib/jupyter/websocket_codec.h"

#include <bit>
#include <cstring>

#include "lib/base/json.h"
#include "lib/base/json_check.h"

namespace allmende::jupyter {
namespace {

static_assert(std::endian::native == std::endian::little, "offsets are copied as they lie in memory");

constexpr std::size_t kDeepestPart = 512;

std::uint64_t readU64(std::string_view bytes, std::size_t at) {
  std::uint64_t value = 0;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

void appendU64(std::string& to, std::uint64_t value) {
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  to.append(bytes, sizeof value);
}

std::uint32_t readBigU32(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8U | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

void appendBigU32(std::string& to, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) to += static_cast<char>(value >> static_cast<unsigned>(shift));
}

// Splits a binary legacy frame into its JSON and its buffers.
Result<std::vector<std::string_view>> splitLegacy(std::string_view frame) {
  if (frame.size() < 4) return fail(Code::InvalidInput, "a binary frame of {} bytes is too short", frame.size());
  const std::size_t count = readBigU32(frame, 0);
  if (count == 0 || count > kMostParts || frame.size() < 4 * (count + 1))
    return fail(Code::InvalidInput, "a frame cannot have {} parts", count);
  std::vector<std::string_view> parts;
  std::size_t from = readBigU32(frame, 4);
  if (from < 4 * (count + 1) || from > frame.size()) return fail(Code::InvalidInput, "offset {} lies outside the frame", from);
  for (std::size_t i = 1; i <= count; ++i) {
    const std::size_t to = i == count ? frame.size() : readBigU32(frame, 4 * (i + 1));
    if (to < from || to > frame.size()) return fail(Code::InvalidInput, "offset {} lies outside the frame", to);
    parts.push_back(frame.substr(from, to - from));
    from = to;
  }
  return parts;
}

std::string objectText(const json::object& message, std::string_view name) {
  const auto* value = message.if_contains(name);
  return value == nullptr || !value->is_object() ? "{}" : json::serialize(*value);
}

// Clients in the wild leave out some of a header; id and type stand beside it as well.
std::string headerOf(const json::object& message) {
  const auto* found = message.if_contains("header");
  json::object header = found != nullptr && found->is_object() ? found->get_object() : json::object{};
  for (const auto* name : {"msg_id", "msg_type"}) {
    const auto* inner = findString(header, name);
    const auto* outer = findString(message, name);
    if ((inner == nullptr || inner->empty()) && outer != nullptr) header[name] = *outer;
  }
  completeHeader(header);
  return json::serialize(header);
}

}  // namespace

Result<Message> decodeV1(std::string_view frame) {
  if (frame.size() < 8) return fail(Code::InvalidInput, "a frame of {} bytes is too short", frame.size());
  const auto count = readU64(frame, 0);
  if (count < 6 || count > kMostParts) return fail(Code::InvalidInput, "a frame has 6 to {} offsets, not {}", kMostParts, count);
  if (frame.size() < 8 * (count + 1)) return fail(Code::InvalidInput, "the frame ends within its offsets");
  auto from = readU64(frame, 8);
  if (from != 8 * (count + 1)) return fail(Code::InvalidInput, "the first offset is {}, not {}", from, 8 * (count + 1));
  std::vector<std::string_view> parts;
  parts.reserve(count - 1);
  for (std::uint64_t i = 2; i <= count; ++i) {
    const auto to = readU64(frame, 8 * i);
    if (to < from || to > frame.size()) return fail(Code::InvalidInput, "offset {} lies outside the frame of {} bytes", to, frame.size());
    parts.push_back(frame.substr(from, to - from));
    from = to;
  }
  if (from != frame.size()) return fail(Code::InvalidInput, "{} bytes follow the last part", frame.size() - from);
  const auto channel = findChannel(parts[0]);
  if (!channel) return fail(Code::NotFound, "unknown channel '{}'; known are shell, control, stdin, iopub", parts[0].substr(0, 32));
  Message message{*channel, std::string(parts[1]), std::string(parts[2]), std::string(parts[3]), std::string(parts[4]), {}};
  for (std::size_t i = 5; i < parts.size(); ++i) message.buffers.emplace_back(parts[i]);
  return message;
}

std::string encodeV1(const Message& message) {
  const auto channel = nameOf(message.channel);
  const std::uint64_t count = 6 + message.buffers.size();
  std::string frame;
  frame.reserve(8 * (count + 1) + channel.size() + message.size());
  appendU64(frame, count);
  std::uint64_t at = 8 * (count + 1);
  appendU64(frame, at);
  appendU64(frame, at += channel.size());
  for (const auto* part : {&message.header, &message.parentHeader, &message.metadata, &message.content})
    appendU64(frame, at += part->size());
  for (const auto& buffer : message.buffers) appendU64(frame, at += buffer.size());
  frame.append(channel).append(message.header).append(message.parentHeader).append(message.metadata).append(message.content);
  for (const auto& buffer : message.buffers) frame += buffer;
  return frame;
}

Result<Message> decodeLegacy(std::string_view frame, bool binary) {
  std::vector<std::string_view> parts{frame};
  if (binary) {
    TRY(parts, splitLegacy(frame));
  }
  TRY(const auto value, parseJson(parts[0]));
  if (!value.is_object()) return fail(Code::InvalidInput, "a message is a JSON object, not {}", kindOf(value));
  const auto& object = value.get_object();
  const auto* named = findString(object, "channel");
  const auto channel = named == nullptr ? Channel::Shell : findChannel(*named);
  if (!channel)
    return fail(Code::NotFound, "unknown channel '{}'; known are shell, control, stdin, iopub", std::string_view(*named).substr(0, 32));
  Message message{
      *channel, headerOf(object), objectText(object, "parent_header"), objectText(object, "metadata"), objectText(object, "content"), {}};
  for (std::size_t i = 1; i < parts.size(); ++i) message.buffers.emplace_back(parts[i]);
  return message;
}

Result<LegacyFrame> encodeLegacy(const Message& message) {
  const auto header = readHeader(message.header);
  if (header.id.empty()) return fail(Code::InvalidInput, "a message without msg_id cannot be sent to a legacy client");
  // A kernel may have written anything; only what is JSON can be set in as it is.
  for (const auto* part : {&message.parentHeader, &message.metadata, &message.content}) {
    if (!part->empty()) TRY(during("a message for a legacy client", checkJsonObject(*part, kDeepestPart)));
  }
  auto text =
      fmt::format(R"({{"header":{},"msg_id":{},"msg_type":{},"parent_header":{},"metadata":{},"content":{},"buffers":[],"channel":"{}"}})",
          message.header, json::serialize(json::string(header.id)), json::serialize(json::string(header.type)),
          message.parentHeader.empty() ? "{}" : message.parentHeader, message.metadata.empty() ? "{}" : message.metadata,
          message.content.empty() ? "{}" : message.content, nameOf(message.channel));
  if (message.buffers.empty()) return LegacyFrame{std::move(text), false};
  const auto count = static_cast<std::uint32_t>(message.buffers.size() + 1);
  std::string frame;
  appendBigU32(frame, count);
  auto at = 4 * (count + 1);
  appendBigU32(frame, at);
  at += static_cast<std::uint32_t>(text.size());
  for (const auto& buffer : message.buffers) {
    appendBigU32(frame, at);
    at += static_cast<std::uint32_t>(buffer.size());
  }
  frame += text;
  for (const auto& buffer : message.buffers) frame += buffer;
  return LegacyFrame{std::move(frame), true};
}

}  // namespace allmende::jupyter
