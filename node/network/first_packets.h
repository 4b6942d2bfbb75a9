#pragma once
// What the gateway shows of runtimes' connections: the first packets of each (by the kernel's NFLOG), and which are open. Part of the door
// node/network/network.h. What was not fetched in time is dropped by the kernel, and counted; no packet waits for who looks.

#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/task.h"
#include "node/network/gateway.h"

namespace allmende::network {

// One packet between a runtime and a place outside, or the connection it belongs to; ports are numbers in the machine's order.
struct Conversation {
  Address guest = 0;
  Address place = 0;
  std::uint16_t guestPort = 0;
  std::uint16_t placePort = 0;
  bool isStream = false;  // TCP; else UDP
  friend bool operator==(const Conversation&, const Conversation&) = default;
};
struct FirstPacket {
  Conversation of;
  bool fromGuest = false;
  std::string_view payload;  // as far as it was shown
};
struct OpenConversation {
  Conversation of;
  std::int64_t bytes = 0;  // both ways
};

class FirstPackets {
 public:
  // Has the gateway whose namespace `space` is show them, until this is destroyed. Fails with Unavailable where the kernel cannot.
  static Result<std::unique_ptr<FirstPackets>> open(Executor executor, const Fd& space);

  // Waits until there are some and hands over what has come. Not more than one at a time.
  Task<Result<>> read(const std::function<void(const FirstPacket&)>& take);
  // Ends a read() that waits.
  void close();
  // How often packets were dropped because nobody fetched them.
  std::int64_t losses() const { return losses_; }

 private:
  FirstPackets(Executor executor, Fd socket) : socket_(executor, socket.release()) {}
  asio::posix::stream_descriptor socket_;
  std::int64_t losses_ = 0;
  std::string buffer_;
};

// Whether this machine's kernel can show packets, tried in a namespace of its own. Unavailable says what is missing.
Result<> checkFirstPackets();

// Runtimes' connections that the gateway knows of now, streams and datagrams.
Result<> forEachOpen(const Fd& space, const std::function<void(const OpenConversation&)>& take);

// An IPv4 packet of which one end is a runtime; nothing for any other, and for what is cut off before its payload begins.
std::optional<FirstPacket> readPacket(std::string_view bytes);

// Hands over the packets in what the kernel's log says (a row of netlink messages).
void readShown(std::string_view messages, const std::function<void(const FirstPacket&)>& take);
// And the connections in what its table says; false at its end.
bool readOpen(std::string_view messages, const std::function<void(const OpenConversation&)>& take);

}  // namespace allmende::network
