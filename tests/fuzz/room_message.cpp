// What a page sends into a document's room: a message, or with the first byte odd, an awareness update.

#include "lib/ydoc/ydoc.h"
#include "tests/fuzz/fuzz.h"

namespace allmende::fuzz {

void attempt(std::string_view input) {
  if (takeChoice(input) % 2 == 0) {
    const auto message = ydoc::decodeRoomMessage(input);
    if (!message) return;
    const auto again = ydoc::decodeRoomMessage(ydoc::encode(*message));
    claim(again.has_value() && again->index() == message->index(), "a message that was read can be said");
    claim(ydoc::encode(*again) == ydoc::encode(*message), "and means the same");
    return;
  }
  ydoc::Awareness server;
  const auto spokenOf = server.apply(input);
  if (!spokenOf) {
    claim(server.present() == 0, "what is refused changes nothing");
    return;
  }
  ydoc::Awareness page;
  claim(page.apply(server.everybody()).has_value(), "who is there can be said");
  claim(page.present() == server.present(), "to everybody");
  claim(page.apply(server.leave(*spokenOf)).has_value() && page.present() == 0, "and who left");
}

}  // namespace allmende::fuzz
