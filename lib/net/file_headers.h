#pragma once
// What answers about files say in their headers: dates, ranges, names. Part of the door lib/net/net.h.

#include <optional>
#include <string>
#include <string_view>

#include "lib/base/clock.h"
#include "lib/net/http.h"

namespace allmende::net {

// "Tue, 24 Nov 2026 14:10:37 GMT"
std::string httpDate(Instant at);
// nullopt when it is no such date.
std::optional<Instant> readHttpDate(std::string_view text);

// "attachment; filename*=utf-8''…"
std::string attachmentOf(std::string_view filename);

struct ByteRange {
  std::uint64_t from = 0;
  std::uint64_t length = 0;
  bool operator==(const ByteRange&) const = default;
};

// What "bytes=0-99", "bytes=100-" or "bytes=-10" means of `size` bytes; nullopt for anything else, which is answered whole.
// A range that begins behind the end has length 0: it cannot be satisfied.
std::optional<ByteRange> readRange(std::string_view header, std::uint64_t size);

// Narrows a response with a FileBody to the range that `head` asks for: 206, or 416.
void applyRange(const RequestHead& head, Response& response);

}  // namespace allmende::net
