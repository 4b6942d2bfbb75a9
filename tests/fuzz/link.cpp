// Texts between server and node. The first byte chooses who reads.

#include "lib/link/link.h"
#include "tests/fuzz/fuzz.h"

namespace allmende::fuzz {
namespace {

bool same(const link::Answer& a, const link::Answer& b) { return a.number == b.number && a.body == b.body; }
bool same(const auto& a, const auto& b) { return a == b; }

template <class From>
void readAndSayAgain(std::string_view input, Result<From> (*decode)(std::string_view)) {
  const auto said = decode(input);
  if (!said) return claim(!said.error().message.empty(), "a text is refused with a sentence");
  std::visit(
      [&]<class T>(const T& value) {
        const auto again = decode(link::encode(value));
        claim(again && std::holds_alternative<T>(*again) && same(std::get<T>(*again), value), "a text survives the round trip");
      },
      *said);
}

}  // namespace

void attempt(std::string_view input) {
  if ((takeChoice(input) & 1U) != 0) {
    readAndSayAgain(input, link::decodeFromServer);
  } else {
    readAndSayAgain(input, link::decodeFromNode);
  }
}

}  // namespace allmende::fuzz
