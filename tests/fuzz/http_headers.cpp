// Headers that ask for a part of a file, or for one newer than a date. The first byte is the file's size.

#include "lib/net/net.h"
#include "tests/fuzz/fuzz.h"

namespace allmende::fuzz {

void attempt(std::string_view input) {
  const std::uint64_t size = takeChoice(input);
  if (const auto range = net::readRange(input, size); range && range->length > 0)
    claim(range->from < size && range->length <= size - range->from, "a range lies within the file");
  if (const auto date = net::readHttpDate(input)) claim(!net::httpDate(*date).empty(), "a date that was read can be said");
}

}  // namespace allmende::fuzz
