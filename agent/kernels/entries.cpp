#include "agent/kernels/entries.h"

#include <algorithm>
#include <cstring>
#include <unordered_map>

#include "agent/kernels/stream_text.h"
#include "lib/jupyter/jupyter.h"

namespace allmende::kernels {
namespace {

struct Head {
  std::uint64_t number;
  std::uint64_t dropped;
  std::uint32_t frame;
  std::uint16_t reader;
  std::uint16_t kept;
};

// Drops are told to the person whose cell wrote the output.
std::string markerFrame(std::string parentHeader, std::uint64_t bytes, std::string_view session) {
  const auto size = bytes >= 1'000'000 ? fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6)
                                       : fmt::format("{:.1f} kB", static_cast<double>(bytes) / 1e3);
  const auto text = fmt::format("\\n[{} of output dropped: it came faster than it was read, and more than the runtime keeps]\\n", size);
  return jupyter::encodeV1(
      jupyter::makeMessage(jupyter::Channel::Iopub, "stream", session, streamContent({"stderr", text}), std::move(parentHeader)));
}

// What lies between an offset and the next in a frame of ours, which is well formed: the first is that of the channel's name.
std::string_view partOf(std::string_view frame, std::size_t offset) {
  std::uint64_t bounds[2];
  std::memcpy(bounds, frame.data() + (1 + offset) * sizeof(std::uint64_t), sizeof bounds);
  return frame.substr(bounds[0], bounds[1] - bounds[0]);
}

std::string_view headerIn(std::string_view frame) { return partOf(frame, 1); }
std::string_view parentHeaderIn(std::string_view frame) { return partOf(frame, 2); }

}  // namespace

std::size_t entrySize(const Entry& entry) { return sizeof(Head) + entry.reader.size() + entry.frame.size(); }

void appendEntry(std::string& segment, const Entry& entry) {
  check(entry.frame.size() <= UINT32_MAX && entry.reader.size() <= UINT16_MAX, "sockets take no larger frames, and no longer sessions");
  const Head head{.number = entry.number,
      .dropped = entry.dropped,
      .frame = static_cast<std::uint32_t>(entry.frame.size()),
      .reader = static_cast<std::uint16_t>(entry.reader.size()),
      .kept = entry.kept ? std::uint16_t{1} : std::uint16_t{0}};
  char bytes[sizeof head];
  std::memcpy(bytes, &head, sizeof head);
  segment.append(bytes, sizeof bytes).append(entry.reader).append(entry.frame);
}

std::string messageIdIn(std::string_view frame) { return jupyter::readHeader(headerIn(frame)).id; }

std::optional<Entry> entryAt(std::string_view segment, std::size_t offset) {
  if (offset >= segment.size()) return std::nullopt;
  Head head{};
  std::memcpy(&head, segment.data() + offset, sizeof head);
  const auto rest = segment.substr(offset + sizeof head);
  return Entry{head.number, head.kept != 0, head.dropped, rest.substr(0, head.reader), rest.substr(head.reader, head.frame)};
}

Compacted compact(const std::vector<std::string_view>& segments, std::string_view session) {
  struct Gap {
    std::uint64_t number = 0;
    std::uint64_t bytes = 0;
  };
  std::unordered_map<std::string_view, Gap> gaps;
  std::vector<Entry> left;
  Compacted result;
  for (const auto segment : segments) {
    for (std::size_t at = 0; const auto entry = entryAt(segment, at); at += entrySize(*entry)) {
      if (entry->kept && entry->dropped == 0) {
        left.push_back(*entry);
        continue;
      }
      auto& gap = gaps[parentHeaderIn(entry->frame)];
      gap.number = entry->number;
      gap.bytes += entry->kept ? entry->dropped : entry->frame.size();
      result.dropped += entry->kept ? 0 : entry->frame.size();
    }
  }
  std::vector<std::string> markers;
  markers.reserve(gaps.size());
  for (const auto& [parent, gap] : gaps) {
    markers.push_back(markerFrame(std::string(parent), gap.bytes, session));
    left.push_back({gap.number, true, gap.bytes, {}, markers.back()});
  }
  std::ranges::sort(left, {}, &Entry::number);
  for (const auto& entry : left) appendEntry(result.segment, entry);
  return result;
}

}  // namespace allmende::kernels
