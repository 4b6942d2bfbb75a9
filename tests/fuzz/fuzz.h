#pragma once
// A fuzz target: each .cpp file here defines attempt() once, tries one input and claims what must hold whatever the input was.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace allmende::fuzz {

void attempt(std::string_view input);

// Ends the run with a sentence unless `holds`.
inline void claim(bool holds, const char* promise) {
  if (holds) return;
  std::fprintf(stderr, "broken promise: %s\n", promise);
  std::abort();
}

// The first byte of an input as a choice, taken off it; 0 when there is none.
inline unsigned takeChoice(std::string_view& input) {
  if (input.empty()) return 0;
  const auto choice = static_cast<unsigned char>(input.front());
  input.remove_prefix(1);
  return choice;
}

}  // namespace allmende::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  allmende::fuzz::attempt({reinterpret_cast<const char*>(bytes), size});
  return 0;
}
