#include "lib/jupyter/zmtp.h"

#include <algorithm>
#include <cstring>

namespace allmende::jupyter {
namespace {

constexpr unsigned char kMore = 1;
constexpr unsigned char kLong = 2;
constexpr unsigned char kCommand = 4;
constexpr std::size_t kMostFrames = 8192;
constexpr std::size_t kLargeFrame = 64U << 10U;  // from here on a frame is read in place

void appendProperty(std::string& to, std::string_view name, std::string_view value) {
  to += static_cast<char>(name.size());
  to += name;
  for (unsigned shift = 32; shift > 0; shift -= 8) to += static_cast<char>(value.size() >> (shift - 8));
  to += value;
}

std::string command(std::string_view body) {
  std::string frame{static_cast<char>(kCommand), static_cast<char>(body.size())};
  return frame.append(body);
}

void appendFrame(std::string& to, std::string_view body, bool more) {
  const unsigned char flags = more ? kMore : 0;
  if (body.size() < 256) {
    to += static_cast<char>(flags);
    to += static_cast<char>(body.size());
  } else {
    to += static_cast<char>(flags | kLong);
    for (unsigned shift = 64; shift > 0; shift -= 8) to += static_cast<char>(std::uint64_t{body.size()} >> (shift - 8));
  }
  to += body;
}

}  // namespace

std::string zmtpGreeting() {
  std::string greeting(64, '\0');
  greeting[0] = '\xff';
  greeting[9] = '\x7f';
  greeting[10] = 3;
  greeting.replace(12, 4, "NULL");
  return greeting;
}

std::string zmtpReady(std::string_view socketType, std::string_view identity) {
  std::string body("\5READY", 6);
  appendProperty(body, "Socket-Type", socketType);
  if (socketType == "DEALER") appendProperty(body, "Identity", identity);
  return command(body);
}

std::string zmtpSubscribeAll() { return {"\0\1\1", 3}; }

std::string zmtpPong(std::string_view context) { return command(std::string("\4PONG").append(context.substr(0, 16))); }

std::string zmtpMessage(const std::vector<std::string>& frames) {
  std::size_t total = 0;
  for (const auto& frame : frames) total += frame.size() + 9;
  std::string bytes;
  bytes.reserve(total);
  for (std::size_t i = 0; i < frames.size(); ++i) appendFrame(bytes, frames[i], i + 1 < frames.size());
  return bytes;
}

std::pair<char*, std::size_t> ZmtpParser::room(std::size_t least) {
  if (missing_ > 0) {
    auto& frame = frames_.back();
    return {frame.data() + frame.size() - missing_, missing_};
  }
  if (from_ == till_) from_ = till_ = 0;
  if (bytes_.size() - till_ < least) {
    if (from_ > 0) {
      std::memmove(bytes_.data(), bytes_.data() + from_, till_ - from_);
      till_ -= from_;
      from_ = 0;
    }
    if (bytes_.size() - till_ < least) bytes_.resize(std::max(till_ + least, bytes_.size() * 2));
  }
  return {bytes_.data() + till_, bytes_.size() - till_};
}

void ZmtpParser::took(std::size_t bytes) {
  if (missing_ > 0) {
    missing_ -= bytes;
  } else {
    till_ += bytes;
  }
}

Result<bool> ZmtpParser::skipGreeting() {
  if (greeted_) return true;
  if (till_ - from_ < 64) return false;
  const auto greeting = std::string_view(bytes_).substr(from_, 64);
  if (greeting[0] != '\xff' || (static_cast<unsigned char>(greeting[9]) & 1U) == 0 || greeting[10] < 3)
    return fail(Code::InvalidInput, "the peer does not speak ZMTP 3");
  if (greeting.substr(12, 5) != std::string_view("NULL\0", 5))
    return fail(Code::InvalidInput, "the peer wants another mechanism than NULL");
  from_ += 64;
  greeted_ = true;
  return true;
}

// Commands that nobody needs give nothing.
Result<std::optional<ZmtpEvent>> ZmtpParser::onCommand(std::string_view body) {
  if (body.starts_with("\5ERROR")) return fail(Code::InvalidInput, "the peer refused the connection");
  if (body.starts_with("\5READY")) return ZmtpEvent{ZmtpEvent::Kind::Ready, {}, {}};
  if (body.starts_with("\4PING") && body.size() >= 7) return ZmtpEvent{ZmtpEvent::Kind::Ping, {}, std::string(body.substr(7))};
  return std::nullopt;
}

// A message when that was its last frame.
std::optional<ZmtpEvent> ZmtpParser::frameDone(bool more) {
  if (more) return std::nullopt;
  frameBytes_ = 0;
  return ZmtpEvent{ZmtpEvent::Kind::Message, std::exchange(frames_, {}), {}};
}

Result<std::optional<ZmtpEvent>> ZmtpParser::next() {
  TRY(const bool greeted, skipGreeting());
  if (missing_ > 0) return std::nullopt;
  if (std::exchange(readingInPlace_, false)) {
    if (auto event = frameDone(moreFollows_)) return event;
  }
  while (greeted && till_ - from_ >= 2) {
    const auto unread = std::string_view(bytes_).substr(from_, till_ - from_);
    const auto flags = static_cast<unsigned char>(unread[0]);
    if ((flags & ~(kMore | kLong | kCommand)) != 0 || ((flags & kCommand) != 0 && (flags & kMore) != 0)) {
      return fail(Code::InvalidInput, "a frame has the impossible flags {}", flags);
    }
    const std::size_t head = (flags & kLong) != 0 ? 9 : 2;
    if (unread.size() < head) return std::nullopt;
    std::uint64_t size = 0;
    for (std::size_t i = 1; i < head; ++i) size = size << 8U | static_cast<unsigned char>(unread[i]);
    if (size > kLargestZmtpFrame || frameBytes_ + size > kLargestZmtpFrame || frames_.size() >= kMostFrames) {
      return fail(Code::InvalidInput, "the peer sends a message of more than {} bytes or {} frames", kLargestZmtpFrame, kMostFrames);
    }
    const bool more = (flags & kMore) != 0;
    const auto body = unread.substr(head, size);
    if ((flags & kCommand) != 0 && size >= kLargeFrame) return fail(Code::InvalidInput, "the peer sends a command of {} bytes", size);
    if (body.size() < size) {
      if (size < kLargeFrame) {
        room(head + size - unread.size());  // grow once, not read by read
        return std::nullopt;
      }
      // Not filled: memory that nobody wrote to is no memory yet, whatever the peer claims.
      frames_.emplace_back().resize_and_overwrite(size, [&](char* into, std::size_t length) { return body.copy(into, length), length; });
      frameBytes_ += size;
      missing_ = size - body.size();
      moreFollows_ = more;
      readingInPlace_ = true;
      from_ = till_;
      return std::nullopt;
    }
    if ((flags & kCommand) != 0) {
      TRY(auto event, onCommand(body));
      from_ += head + size;
      if (event) return event;
      continue;
    }
    frames_.emplace_back(body);
    frameBytes_ += size;
    from_ += head + size;
    if (auto event = frameDone(more)) return event;
  }
  return std::nullopt;
}

}  // namespace allmende::jupyter
