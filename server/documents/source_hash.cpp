#include "server/documents/source_hash.h"

#include <cstdint>

namespace allmende::documents {

std::string sourceHashOf(std::string_view source) {
  constexpr std::uint32_t kMix = 0x5bd1e995;
  const auto byte = [&](std::size_t at) { return static_cast<std::uint32_t>(static_cast<unsigned char>(source[at])); };
  auto hash = static_cast<std::uint32_t>(source.size());
  std::size_t at = 0;
  for (; at + 4 <= source.size(); at += 4) {
    auto word = byte(at) | byte(at + 1) << 8U | byte(at + 2) << 16U | byte(at + 3) << 24U;
    word *= kMix;
    word ^= word >> 24U;
    word *= kMix;
    hash = hash * kMix ^ word;
  }
  if (at < source.size()) {
    for (std::size_t last = source.size(); last > at; --last) hash ^= byte(last - 1) << 8U * (last - 1 - at);
    hash *= kMix;
  }
  hash ^= hash >> 13U;
  hash *= kMix;
  hash ^= hash >> 15U;
  return std::to_string(hash);
}

}  // namespace allmende::documents
