// What a kernel may send instead of ZMTP. The first byte says how the bytes are cut; its highest bit, whether a right greeting comes first.

#include <algorithm>
#include <vector>

#include "lib/jupyter/jupyter.h"
#include "tests/fuzz/fuzz.h"

namespace allmende::fuzz {
namespace {

using jupyter::ZmtpEvent;

struct Parsed {
  std::vector<ZmtpEvent> events;
  bool refused = false;
};

Parsed parse(std::string_view bytes, std::size_t piece) {
  jupyter::ZmtpParser parser;
  Parsed parsed;
  for (std::size_t at = 0; at < bytes.size();) {
    const auto [room, size] = parser.room(piece);
    claim(size > 0, "there is always room for the next bytes");
    const auto part = bytes.substr(at, std::min(piece, size));
    part.copy(room, part.size());
    parser.took(part.size());
    at += part.size();
    for (;;) {
      auto event = parser.next();
      parsed.refused = !event.has_value();
      if (parsed.refused) return parsed;
      if (!*event) break;
      parsed.events.push_back(**std::move(event));
    }
  }
  return parsed;
}

bool same(const ZmtpEvent& a, const ZmtpEvent& b) { return a.kind == b.kind && a.frames == b.frames && a.context == b.context; }

}  // namespace

void attempt(std::string_view input) {
  const auto choice = takeChoice(input);
  const auto bytes = ((choice & 0x80U) != 0 ? jupyter::zmtpGreeting() : std::string()).append(input);
  const auto whole = parse(bytes, std::max<std::size_t>(bytes.size(), 1));
  const auto cut = parse(bytes, 1 + (choice & 0x7fU));
  claim(whole.refused == cut.refused && std::ranges::equal(whole.events, cut.events, same), "bytes mean the same however they are cut");
  const jupyter::Signer key("key");
  for (const auto& event : whole.events) {
    if (event.kind != ZmtpEvent::Kind::Message) continue;
    const auto again = parse(jupyter::zmtpGreeting() + jupyter::zmtpMessage(event.frames), 4096);
    claim(again.events.size() == 1 && again.events[0].frames == event.frames, "a message survives the round trip");
    claim(!jupyter::fromWire(event.frames, jupyter::Channel::Iopub, key), "nobody signs without the key");
    const jupyter::Signer open("");
    if (const auto message = jupyter::fromWire(event.frames, jupyter::Channel::Iopub, open))
      claim(jupyter::fromWire(jupyter::toWire(*message, key), jupyter::Channel::Iopub, key) == *message, "what we sign we accept");
  }
}

}  // namespace allmende::fuzz
