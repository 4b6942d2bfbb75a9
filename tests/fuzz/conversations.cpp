// What strangers say in the first packets of a connection, cut into packets at will.

#include "node/observe/conversations.h"
#include "tests/fuzz/fuzz.h"

namespace allmende::fuzz {

void attempt(std::string_view input) {
  observe::Conversations conversations;
  conversations.lookFor({"example.org"});
  const observe::Connection streams{.guest = 1, .place = 2, .guestPort = 3, .placePort = 4, .isStream = true};
  auto datagrams = streams;
  datagrams.isStream = false;
  claim(observe::serverNameOf(input).size() <= 255, "a server's name is no longer than names are");
  for (bool fromGuest = true; !input.empty(); fromGuest = !fromGuest) {
    const auto piece = input.substr(0, 1U + static_cast<unsigned char>(input[0]));
    input.remove_prefix(piece.size());
    for (const auto& in : {streams, datagrams}) conversations.take({.of = in, .fromGuest = fromGuest, .payload = piece}, Duration{1});
  }
  conversations.stillOpen(streams, 1, Duration{2});
  const auto spoken = conversations.of(1, Duration{3});
  claim(spoken.mining <= 1 && spoken.miningAsked >= 0, "one connection is one, whatever is said in it");
  claim(spoken.sharing <= 1 && spoken.sought <= 1, "one place is one");
  claim(spoken.names.empty() || spoken.names == std::vector<std::string>{"example.org"}, "no name is told but what was looked for");
}

}  // namespace allmende::fuzz
