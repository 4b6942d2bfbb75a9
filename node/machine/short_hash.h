#pragma once
// Tells the nodes of one machine apart, in names that have room for little.

#include <cstdint>
#include <string_view>

namespace allmende::machine {

// FNV-1a.
constexpr std::uint32_t shortHashOf(std::string_view text) {
  std::uint32_t hash = 2166136261U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return hash;
}

}  // namespace allmende::machine
