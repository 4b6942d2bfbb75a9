#pragma once
// Range requests for files. Behind the door of server/api.

#include "lib/net/net.h"

namespace allmende::api {

struct ByteRange {
  std::uint64_t from = 0;
  std::uint64_t length = 0;
  bool operator==(const ByteRange&) const = default;
};

// What "bytes=0-99", "bytes=100-" or "bytes=-10" means of `size` bytes; nullopt for anything else, which is answered whole.
// A range that begins behind the end has length 0: it cannot be satisfied.
std::optional<ByteRange> readRange(std::string_view header, std::uint64_t size);

// Narrows a response with a FileBody to the range that `head` asks for: 206, or 416.
void applyRange(const net::RequestHead& head, net::Response& response);

}  // namespace allmende::api
