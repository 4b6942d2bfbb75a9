#pragma once
// A way out for runtimes: each has a network namespace of its own with one cable to a gateway, which is a namespace of the node and lets
// through what is allowed; the gateway has one cable to the machine. Nothing of the machine or of its private networks can be reached, no
// runtime reaches another, and nothing from outside reaches in.
//
// Of the machine's own network only this is touched: one link and one nftables table that carry our name, and ip_forward, which is switched
// on. A node that is killed leaves the table, and the next one takes it away.

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "lib/base/task.h"
#include "lib/link/link.h"
#include "node/machine/machine.h"

namespace allmende::network {

using machine::Fd;

// An IPv4 address as a number in the machine's order.
using Address = std::uint32_t;

// A runtime's end of its cable.
struct Plug {
  Address address = 0;
  Fd space;  // its network namespace, made within its user namespace
};

// Bytes since the runtime began.
struct Traffic {
  std::int64_t sent = 0;
  std::int64_t received = 0;
};

// What a question for a name needs to know about who asks.
struct Guest {
  bool onlyNamed = false;  // reaches nothing but what it is allowed by name or address
  std::vector<std::string> names;
};

// What is held back of what a runtime sends, beside its limits.
enum class Hold : std::uint8_t { None, New, AllButWeb };

// What was not let through, since the gateway was opened.
struct Refusals {
  std::int64_t beyondLimits = 0;  // connections and packets
  std::int64_t mail = 0;
  std::int64_t spoofed = 0;  // with a sender's address that is not the runtime's own
  std::int64_t places = 0;   // addresses at which those beyond the limits were aimed, within the last minute
};

class FirstPackets;
struct OpenConversation;

// Everything here blocks for some milliseconds and belongs on a pool, but guestAt().
class Gateway {
 public:
  // `name` ("allmende-1f2e3d4c") tells the nodes of a machine apart. Fails with Unavailable naming what the machine lacks.
  static Result<std::unique_ptr<Gateway>> open(const std::string& name);
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;
  ~Gateway();

  // Makes the namespace and the cable of a runtime whose user namespace is `space`. `allowed` was checked by checkNetwork().
  // Fails with OverLimit when all addresses are in use. A failed plug leaves nothing.
  Result<Plug> plug(const Fd& space, const link::Network& allowed);
  // Makes a new cable for a namespace that another gateway's cable ended in; its address stays. Fails with Conflict when that is taken.
  Result<> plugAgain(const Plug& plug, const link::Network& allowed);
  // `allowed` is what it was plugged with.
  void unplug(const Plug& plug, const link::Network& allowed);
  Traffic traffic(Address of) const;
  // Of all runtimes that are plugged in.
  Result<std::map<Address, Refusals>> refusals() const;
  Result<> hold(Address guest, Hold hold);
  // From now on it sends so many bytes a second at most; 0 = as fast as the machine.
  Result<> slowUpload(const Plug& plug, std::int64_t bytesPerSecond);

  // Shows the first packets of connections; see FirstPackets. Fails with Unavailable where the kernel cannot.
  Result<std::unique_ptr<FirstPackets>> showFirstPackets(Executor executor);
  // The connections of all runtimes that are open now.
  Result<> forEachOpen(const std::function<void(const OpenConversation&)>& take) const;

  // Sockets bound where runtimes ask for names; each is given once.
  Fd takeDatagramDoor() { return std::move(datagrams_); }
  Fd takeStreamDoor() { return std::move(streams_); }
  std::optional<Guest> guestAt(Address address) const;
  // From now on that runtime reaches the public ones of these addresses for an hour: they are what a name stands for that it may reach.
  Result<> admit(Address guest, const std::vector<Address>& named);

 private:
  explicit Gateway(std::string name) : name_(std::move(name)) {}
  Result<> openMachineSide();
  Result<> openOwnSide();
  Result<> openDoors();
  Result<Address> takeAddress(Guest guest);
  Result<> connect(const Plug& plug, const link::Network& allowed);

  std::string name_;
  Fd space_;
  Fd datagrams_;
  Fd streams_;
  mutable std::mutex mutex_;
  std::map<Address, Guest> guests_;
  std::map<Address, Hold> holds_;  // but Hold::None
  Address next_ = 0;               // addresses are given in turn, so that nobody inherits one while what was sent to it may still come
};

// Refuses words, places and rates that mean nothing, naming the value and what is allowed.
Result<> checkNetwork(const link::Network& allowed);

// Takes away what a gateway of that name left in the machine's network, if anything.
void removeTraces(const std::string& name);

// Whether a machine has what open() needs, without touching its network.
Result<> checkMachine();

// A firewall of this machine that drops what is forwarded and lets nothing of ours through, in words; "" when there is none.
std::string findFirewall();

std::string textOf(Address address);

}  // namespace allmende::network
