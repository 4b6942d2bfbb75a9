#include "node/observe/conversations.h"

#include <algorithm>
#include <set>

namespace allmende::observe {
namespace {

constexpr Duration kRemembered{600'000};
constexpr std::string_view kHandshake =
    "\x13"
    "BitTorrent protocol";
constexpr std::string_view kTrackerAsked("\x00\x00\x04\x17\x27\x10\x19\x80\x00\x00\x00\x00", 12);  // to be connected
constexpr std::string_view kTrackerTold("\x00\x00\x00\x00", 4);                                    // that it is, in 16 bytes
constexpr std::size_t kHandshakeWithin = 48;  // of a datagram: uTP's header and its extensions come first

bool namesAny(std::string_view said, std::initializer_list<std::string_view> words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return said.contains(word); });
}

bool isMiner(std::string_view said) {
  return namesAny(said, {"\"mining.subscribe\"", "\"mining.authorize\"", "\"mining.configure\"", "\"mining.submit\"", "\"eth_submitLogin\"",
                            "\"eth_submitWork\""}) ||
         (said.contains("\"login\"") && said.contains("\"method\"") && said.contains("\"pass\""));
}

bool isPool(std::string_view said) {
  return namesAny(said, {"\"mining.notify\"", "\"mining.set_difficulty\"", "\"mining.set_target\"", "\"mining.set_extranonce\""}) ||
         (said.contains("\"job_id\"") && namesAny(said, {"\"blob\"", "\"seed_hash\"", "\"target\""}));
}

// Reads numbers and pieces from bytes; past the end all are 0 and empty.
class Bytes {
 public:
  explicit Bytes(std::string_view of) : left_(of) {}
  std::size_t number(std::size_t width) {
    std::size_t value = 0;
    for (const char byte : piece(width)) value = value << 8U | static_cast<unsigned char>(byte);
    return value;
  }
  std::string_view piece(std::size_t size) {
    const auto taken = left_.substr(0, size);
    left_.remove_prefix(taken.size());
    return taken;
  }
  bool empty() const { return left_.empty(); }

 private:
  std::string_view left_;
};

}  // namespace

Speech speechOf(std::string_view said, bool isStream) {
  if (isStream) {
    if (said.starts_with(kHandshake)) return Speech::Sharer;
    if (said.starts_with('{')) return isMiner(said) ? Speech::Miner : isPool(said) ? Speech::Pool : Speech::Other;
    if (said.starts_with("GET ") && said.contains("info_hash=")) return Speech::Seeker;
    return said.starts_with("HTTP/1.") && said.contains("8:intervali") && said.contains("5:peers") ? Speech::Guide : Speech::Other;
  }
  if (said.substr(0, kHandshakeWithin + kHandshake.size()).contains(kHandshake)) return Speech::Sharer;
  if (said.starts_with(kTrackerAsked) || said.starts_with("d1:ad2:id20:")) return Speech::Seeker;
  return said.starts_with("d1:rd2:id20:") || (said.starts_with(kTrackerTold) && said.size() == 16) ? Speech::Guide : Speech::Other;
}

std::string serverNameOf(std::string_view said) {
  constexpr std::size_t kHandshakeRecord = 22;
  constexpr std::size_t kClientHello = 1;
  constexpr std::size_t kServerName = 0;
  constexpr std::size_t kHostName = 0;
  constexpr std::size_t kLongestName = 255;
  Bytes record(said);
  if (record.number(1) != kHandshakeRecord) return "";
  record.piece(4);  // version and length
  if (record.number(1) != kClientHello) return "";
  record.piece(3 + 2 + 32);        // length, version, random
  record.piece(record.number(1));  // session
  record.piece(record.number(2));  // cipher suites
  record.piece(record.number(1));  // compression
  Bytes extensions(record.piece(record.number(2)));
  while (!extensions.empty()) {
    const auto kind = extensions.number(2);
    Bytes body(extensions.piece(extensions.number(2)));
    if (kind != kServerName) continue;
    body.piece(2);  // the list's length
    if (body.number(1) != kHostName) return "";
    const auto length = body.number(2);
    std::string name(body.piece(length));
    if (name.size() != length || length > kLongestName) return "";
    std::ranges::transform(
        name, name.begin(), [](char letter) { return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter; });
    return name;
  }
  return "";
}

std::string_view Conversations::listed(std::string_view name) const {
  for (const auto& one : names_) {
    if (name == one || (name.size() > one.size() && name.ends_with(one) && name[name.size() - one.size() - 1] == '.')) return one;
  }
  return {};
}

void Conversations::note(Guest& guest, Seen seen) {
  const auto same = std::ranges::find_if(guest.seen,
      [&](const Seen& one) { return one.in == seen.in && one.ours == seen.ours && one.theirs == seen.theirs && one.name == seen.name; });
  if (same != guest.seen.end()) {
    same->when = seen.when;  // said again, it takes nobody's place
    return;
  }
  if (guest.seen.size() >= kMostSeen) guest.seen.pop_front();
  guest.seen.push_back(std::move(seen));
}

void Conversations::take(const Packet& packet, Duration now) {
  if (packet.payload.empty()) return;
  auto& guest = guests_[packet.of.guest];
  auto [found, isNew] = guest.open.try_emplace(packet.of);
  if (isNew) {
    found->second.at = guest.order.insert(guest.order.end(), packet.of);
    if (guest.order.size() > kMostOfOne) {
      guest.open.erase(guest.order.front());
      guest.order.pop_front();
    }
  }
  auto& [ours, theirs, at] = found->second;
  auto& side = packet.fromGuest ? ours : theirs;
  if (side.said.size() >= kMostKept) return;
  // A datagram is looked at by itself, a stream as far as it has come.
  if (packet.of.isStream) side.said += packet.payload.substr(0, kMostKept - side.said.size());
  const auto said = packet.of.isStream ? std::string_view(side.said) : packet.payload;
  if (packet.fromGuest && packet.of.isStream) {
    if (const auto name = listed(serverNameOf(said)); !name.empty()) note(guest, {.when = now, .in = packet.of, .name = std::string(name)});
  }
  const auto speech = speechOf(said, packet.of.isStream);
  if (speech == Speech::Other || speech == side.speech) return;
  side.speech = speech;
  note(guest, {.when = now, .in = packet.of, .ours = ours.speech, .theirs = theirs.speech, .name = {}});
}

bool Conversations::tellsOfOpen() const {
  return std::ranges::any_of(guests_, [](const auto& guest) {
    return std::ranges::any_of(guest.second.seen, [](const Seen& one) { return one.ours != Speech::Other || one.theirs != Speech::Other; });
  });
}

void Conversations::stillOpen(const Connection& one, std::int64_t bytes, Duration now) {
  const auto found = guests_.find(one.guest);
  if (found == guests_.end()) return;
  for (auto& seen : found->second.seen) {
    if (seen.in != one || (seen.ours == Speech::Other && seen.theirs == Speech::Other)) continue;
    if (bytes <= seen.bytes) continue;
    seen.when = now;
    seen.bytes = bytes;
  }
}

void Conversations::asked(std::uint32_t guest, std::string_view name, Duration now) {
  if (const auto found = listed(name); !found.empty()) note(guests_[guest], {.when = now, .in = {}, .name = std::string(found)});
}

Spoken Conversations::of(std::uint32_t guest, Duration now) {
  const auto found = guests_.find(guest);
  if (found == guests_.end()) return {};
  auto& seen = found->second.seen;
  std::erase_if(seen, [&](const Seen& one) { return now - one.when > kRemembered; });
  std::set<Connection> mining;
  std::set<Connection> miningAsked;
  std::map<Connection, std::int64_t> sharing;
  std::set<std::uint32_t> sharers;
  std::set<std::uint32_t> sought;
  std::set<std::string> names;
  for (const auto& one : seen) {
    if (!one.name.empty() && names.size() < kMostNames) names.insert(one.name);
    if (one.ours == Speech::Miner) miningAsked.insert(one.in);
    if (one.ours == Speech::Miner && one.theirs == Speech::Pool) mining.insert(one.in);
    if (one.ours == Speech::Sharer && one.theirs == Speech::Sharer) {
      sharers.insert(one.in.place);
      sharing[one.in] = std::max(sharing[one.in], one.bytes);
    }
    if (one.ours == Speech::Seeker && one.theirs == Speech::Guide) sought.insert(one.in.place);
  }
  Spoken spoken{.mining = static_cast<std::int64_t>(mining.size()),
      .miningAsked = static_cast<std::int64_t>(miningAsked.size() - mining.size()),
      .sharing = static_cast<std::int64_t>(sharers.size()),
      .sought = static_cast<std::int64_t>(sought.size()),
      .names = {names.begin(), names.end()}};
  for (const auto& [connection, bytes] : sharing) spoken.sharingBytes += bytes;
  return spoken;
}

}  // namespace allmende::observe
