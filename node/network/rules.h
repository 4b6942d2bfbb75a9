#pragma once
// The texts that nft, ip and tc are given: who may send what to whom, and how much of it. Behind the door of node/network.

#include "node/network/gateway.h"

namespace allmende::network {

// Runtimes see the gateway as this address, and theirs lie behind it. They are seen by nobody else: the gateway sends in its own name.
inline constexpr Address kGatewayAddress = 0x64400001;  // 100.64.0.1
inline constexpr Address kFirstGuest = 0x64400002;
inline constexpr Address kLastGuest = 0x6440FFFE;

// The cable between machine and gateway: two addresses of 198.18.0.0/15, which no network uses, told apart by the node's name.
struct Uplink {
  std::string link;  // the machine's end, at most 15 characters; the gateway's is "up0"
  Address machine = 0;
  Address gateway = 0;
};
Uplink uplinkOf(const std::string& name);

// The gateway's end of a guest's cable.
std::string linkOf(Address guest);

// Whether an address is part of the public internet, as the rules below see it.
bool isPublic(Address address);

// Commands of nft. Rates per runtime: 50 new connections a second to one place and 100 to all (bursts of 300 and 500), 1,024 connections,
// 200 new UDP flows a second; no mail, no private address, no other runtime, no IPv6.
std::string machineRules(const std::string& name, const Uplink& uplink);
std::string gatewayRules();
std::string guestRules(Address guest, const link::Network& allowed, const link::Reach& reach);
std::string guestRulesUndone(Address guest, const link::Network& allowed, const link::Reach& reach);
std::string admitRules(Address guest, const std::vector<Address>& named);
// Has the kernel's log show the first packets of every connection (16 both ways, those with a payload), 200 a second of each runtime. Apart
// from the rest, because not every kernel can.
std::string showRules();
inline constexpr std::uint16_t kShownGroup = 1;  // of that log
// What may leave a guest is held back in another way than before.
std::string holdRules(Address guest, Hold before, Hold after);

// Commands of `ip -batch`, in the namespace they are named after. `space` is where the other end's namespace can be opened.
std::string machineLinks(const Uplink& uplink, const std::string& space, int mtu);
std::string gatewayLinks(const Uplink& uplink, int mtu);
std::string cableLinks(Address guest, const std::string& space, int mtu);
std::string guestLinks(Address guest);

// Commands of `tc -batch`: how fast bytes leave by that link; "" when there is no limit.
std::string shaping(const std::string& link, std::int64_t bytesPerSecond);

}  // namespace allmende::network
