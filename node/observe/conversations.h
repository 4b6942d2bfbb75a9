#pragma once
// What runtimes say in the first packets of their connections, as far as rules ask: whether both sides speak as a miner and its pool or as
// two file sharers do, and which of the rules' own names they name. Behind the door of node/observe.
//
// Nothing that was said is kept beyond the connection's first packets, and nothing but counts and the rules' own names is ever told. What
// is read here is written by strangers: every read is bounded.

#include <compare>
#include <cstdint>
#include <deque>
#include <list>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/json.h"

namespace allmende::observe {

// A connection between a runtime and a place outside; addresses and ports are numbers in the machine's order.
struct Connection {
  std::uint32_t guest = 0;
  std::uint32_t place = 0;
  std::uint16_t guestPort = 0;
  std::uint16_t placePort = 0;
  bool isStream = false;  // TCP; else UDP
  friend auto operator<=>(const Connection&, const Connection&) = default;
};
struct Packet {
  Connection of;
  bool fromGuest = false;
  std::string_view payload;
};

// What a side of a conversation speaks.
enum class Speech : std::uint8_t { Other, Miner, Pool, Sharer, Seeker, Guide };

// Of the first bytes that one side said: stratum's two sides (JSON lines), BitTorrent's handshake by TCP or uTP (BEP 3, BEP 29), and who
// seeks sharers and who tells of them: trackers (BEP 3, BEP 15) and distributed tables (BEP 5).
Speech speechOf(std::string_view said, bool isStream);

// The name of the server in the first bytes of a TLS connection (RFC 6066), lower case; "" when there is none to be read.
std::string serverNameOf(std::string_view said);

// Of one guest, within ten minutes.
struct Spoken {
  std::int64_t mining = 0;         // connections in which both sides spoke stratum
  std::int64_t miningAsked = 0;    // and those in which the guest alone did
  std::int64_t sharing = 0;        // places with which both sides shook hands as BitTorrent has it
  std::int64_t sharingBytes = 0;   // passed in those connections, both ways
  std::int64_t sought = 0;         // places that were asked for sharers and told of some
  std::vector<std::string> names;  // of those that are looked for
  bool operator==(const Spoken&) const = default;
};

class Conversations {
 public:
  static constexpr std::size_t kMostOfOne = 128;  // connections whose beginning is remembered; the oldest is forgotten for another
  static constexpr std::size_t kMostKept = 1024;  // bytes of each side
  static constexpr std::size_t kMostSeen = 256;   // things to tell of one guest
  static constexpr std::size_t kMostNames = 32;   // of them told

  // Names that are told when they are named, with all that end with a dot and them.
  void lookFor(std::vector<std::string> names) { names_ = std::move(names); }
  void take(const Packet& packet, Duration now);
  // Whether it matters what is still open.
  bool tellsOfOpen() const;
  // A connection is open now and has passed so many bytes: what was said in it when it began holds on while they become more. (One that
  // only stands there may have ended without its end being let through.)
  void stillOpen(const Connection& one, std::int64_t bytes, Duration now);
  // A name that the guest asked for.
  void asked(std::uint32_t guest, std::string_view name, Duration now);
  Spoken of(std::uint32_t guest, Duration now);
  // All others are gone: who has their addresses next starts anew.
  void keepOnly(const std::set<std::uint32_t>& guests) {
    std::erase_if(guests_, [&](const auto& one) { return !guests.contains(one.first); });
  }

 private:
  struct Side {
    std::string said;
    Speech speech = Speech::Other;
  };
  struct Conversation {
    Side ours;
    Side theirs;
    std::list<Connection>::iterator at;
  };
  struct Seen {
    Duration when;
    Connection in;  // but for a name that was asked for
    Speech ours = Speech::Other;
    Speech theirs = Speech::Other;
    std::int64_t bytes = 0;
    std::string name;
  };
  struct Guest {
    std::map<Connection, Conversation> open;
    std::list<Connection> order;  // the oldest first
    std::deque<Seen> seen;
  };
  void note(Guest& guest, Seen seen);
  std::string_view listed(std::string_view name) const;

  std::vector<std::string> names_;
  std::map<std::uint32_t, Guest> guests_;
};

}  // namespace allmende::observe
