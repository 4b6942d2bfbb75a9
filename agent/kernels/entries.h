#pragma once
// Behind the door: how messages lie in a segment of the journal, and what is left of segments that must shrink.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace allmende::kernels {

// One message. `frame` is its v1 WebSocket frame, so that most readers are sent a copy of bytes and nothing is parsed.
struct Entry {
  std::uint64_t number = 0;   // ascending through the journal's life
  bool kept = false;          // never dropped: statuses, replies, errors
  std::uint64_t dropped = 0;  // of a mark: how many bytes are told to be gone
  std::string_view reader;    // the one session it is for; empty = everybody
  std::string_view frame;
};

void appendEntry(std::string& segment, const Entry& entry);
std::size_t entrySize(const Entry& entry);

// The id of the message in a frame of ours; empty when its header has none.
std::string messageIdIn(std::string_view frame);

// The entry at `offset`; nullopt at the segment's end. Its views point into `segment`.
std::optional<Entry> entryAt(std::string_view segment, std::size_t offset);

struct Compacted {
  std::string segment;
  std::uint64_t dropped = 0;  // bytes of frames
};
// What must be kept of these segments, in order, and for each parent a mark, a stderr message that tells how much is dropped. It stands
// where the last of that was, so that it is also read by who had read the first; marks that were there become part of it.
Compacted compact(const std::vector<std::string_view>& segments, std::string_view session);

}  // namespace allmende::kernels
