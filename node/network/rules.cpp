#include "node/network/rules.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

namespace allmende::network {
namespace {

struct Block {
  Address first;
  unsigned bits;
};
// What is not the public internet: this host, private networks, carriers' and links' own, protocol assignments, benchmarks (our uplinks are
// there), multicast and all that is reserved above it. RFC 6890.
constexpr std::array<Block, 11> kPrivate{{{0x00000000, 8}, {0x0A000000, 8}, {0x64400000, 10}, {0x7F000000, 8}, {0xA9FE0000, 16},
    {0xAC100000, 12}, {0xC0000000, 24}, {0xC0586300, 24}, {0xC0A80000, 16}, {0xC6120000, 15}, {0xE0000000, 3}}};

std::string privateNetworks() {
  std::string text;
  for (const auto& [first, bits] : kPrivate) text += fmt::format("{}{}/{}", text.empty() ? "" : ", ", textOf(first), bits);
  return text;
}

bool isSpecial(const link::Network& allowed, const link::Reach& reach) {
  return allowed.access == link::kAllowList || !reach.networks.empty();
}

}  // namespace

std::string textOf(Address address) {
  in_addr in{.s_addr = htonl(address)};
  char text[INET_ADDRSTRLEN];
  return ::inet_ntop(AF_INET, &in, text, sizeof text);
}

Uplink uplinkOf(const std::string& name) {
  const auto hash = machine::shortHashOf(name);
  const Address pair = 0xC6120000U | ((hash % (1U << 15U)) << 2U);
  return {.link = fmt::format("al{:08x}", hash), .machine = pair | 1U, .gateway = pair | 2U};
}

std::string linkOf(Address guest) { return fmt::format("r{}", guest - kGatewayAddress); }

bool isPublic(Address address) {
  return std::ranges::none_of(kPrivate, [&](const Block& block) { return (address ^ block.first) >> (32 - block.bits) == 0; });
}

std::string machineRules(const std::string& name, const Uplink& uplink) {
  return fmt::format(
      "add table inet {0}\n"
      "delete table inet {0}\n"
      "table inet {0} {{\n"
      "  chain input {{ type filter hook input priority filter - 5; policy accept;\n"
      "    iifname \"{1}\" reject with icmpx admin-prohibited\n"
      "  }}\n"
      "  chain forward {{ type filter hook forward priority filter - 5; policy accept;\n"
      "    oifname \"{1}\" ct state established,related accept\n"
      "    oifname \"{1}\" drop\n"
      "  }}\n"
      "  chain leave {{ type nat hook postrouting priority srcnat; policy accept;\n"
      "    ip saddr {2} oifname != \"{1}\" masquerade\n"
      "  }}\n"
      "}}\n",
      name, uplink.link, textOf(uplink.gateway));
}

std::string gatewayRules() {
  return fmt::format(
      "table inet allmende {{\n"
      "  set places {{ type ifname . ipv4_addr; }}\n"
      "  set private {{ type ipv4_addr; flags interval; elements = {{ {0} }} }}\n"
      "  map special {{ type ipv4_addr : verdict; }}\n"
      "  set asking {{ type ipv4_addr; flags dynamic,timeout; size 65535; timeout 30s; }}\n"
      "  set same_place {{ type ipv4_addr . ipv4_addr . inet_service; flags dynamic,timeout; size 65535; timeout 30s; }}\n"
      "  set all_places {{ type ipv4_addr; flags dynamic,timeout; size 65535; timeout 30s; }}\n"
      "  set datagrams {{ type ipv4_addr; flags dynamic,timeout; size 65535; timeout 30s; }}\n"
      "  set echoes {{ type ipv4_addr; flags dynamic,timeout; size 65535; timeout 30s; }}\n"
      "  set open {{ type ipv4_addr; flags dynamic; size 65535; }}\n"
      "  set refused {{ type ipv4_addr; flags dynamic; size 65535; counter; }}\n"
      "  set refused_places {{ type ipv4_addr . ipv4_addr; flags dynamic,timeout; size 65535; timeout 60s; }}\n"
      "  set mail {{ type ipv4_addr; flags dynamic; size 65535; counter; }}\n"
      "  set spoofed {{ type ifname; flags dynamic; size 65535; counter; }}\n"
      "  set held_new {{ type ipv4_addr; }}\n"
      "  set held_all_but_web {{ type ipv4_addr; }}\n"
      "  chain arrive {{ type filter hook prerouting priority raw; policy accept;\n"
      "    iifname \"lo\" accept\n"
      "    meta nfproto != ipv4 drop\n"
      "    iifname != \"up0\" iifname . ip saddr != @places update @spoofed {{ iifname }} drop\n"
      "  }}\n"
      "  chain input {{ type filter hook input priority filter; policy drop;\n"
      "    iifname \"lo\" accept\n"
      "    ct state established,related accept\n"
      "    iifname \"up0\" drop\n"
      "    ip daddr != {1} reject with icmpx admin-prohibited\n"
      "    update @asking {{ ip saddr limit rate over 100/second burst 300 packets }} drop\n"
      "    udp dport 53 accept\n"
      "    tcp dport 53 accept\n"
      "    icmp type echo-request accept\n"
      "    reject with icmpx port-unreachable\n"
      "  }}\n"
      "  chain forward {{ type filter hook forward priority filter; policy drop;\n"
      "    iifname \"up0\" ct state established,related accept\n"
      "    iifname \"up0\" drop\n"
      "    oifname != \"up0\" reject with icmpx admin-prohibited\n"
      "    ip saddr @held_all_but_web tcp dport != {{ 80, 443 }} drop\n"
      "    ip saddr @held_all_but_web meta l4proto != tcp drop\n"
      "    ct state established,related accept\n"
      "    ip saddr @held_new reject with icmpx admin-prohibited\n"
      "    ip saddr vmap @special\n"
      "    goto public\n"
      "  }}\n"
      "  chain public {{\n"
      "    ip daddr @private reject with icmpx admin-prohibited\n"
      "    goto begin\n"
      "  }}\n"
      "  chain begin {{\n"
      "    tcp dport {{ 25, 465, 587 }} update @mail {{ ip saddr }} reject with tcp reset\n"
      "    meta l4proto tcp update @same_place {{ ip saddr . ip daddr . tcp dport limit rate over 50/second burst 300 packets }} goto "
      "refuse\n"
      "    meta l4proto tcp update @all_places {{ ip saddr limit rate over 100/second burst 500 packets }} goto refuse\n"
      "    meta l4proto udp update @datagrams {{ ip saddr limit rate over 200/second burst 400 packets }} goto refuse\n"
      "    icmp type echo-request update @echoes {{ ip saddr limit rate over 10/second burst 20 packets }} goto refuse\n"
      "    ct state new add @open {{ ip saddr ct count over 1024 }} goto refuse\n"
      "    meta l4proto {{ tcp, udp }} accept\n"
      "    icmp type echo-request accept\n"
      "    reject with icmpx admin-prohibited\n"
      "  }}\n"
      "  chain refuse {{\n"
      "    update @refused {{ ip saddr }}\n"
      "    update @refused_places {{ ip saddr . ip daddr }}\n"
      "    drop\n"
      "  }}\n"
      "  chain leave {{ type nat hook postrouting priority srcnat; policy accept;\n"
      "    oifname \"up0\" masquerade\n"
      "  }}\n"
      "}}\n",
      privateNetworks(), textOf(kGatewayAddress));
}

std::string showRules() {
  // Before anything is decided: what is let through is shown, and what is not.
  constexpr std::string_view kRule =
      "    ct packets < 16 meta length > 72 update @shown_{0} {{ ip {1} limit rate 200/second burst 400 packets }} log group {2} snaplen "
      "640\n";
  std::string rules =
      "table inet allmende {\n"
      "  set shown_out { type ipv4_addr; flags dynamic,timeout; size 65535; timeout 30s; }\n"
      "  set shown_in { type ipv4_addr; flags dynamic,timeout; size 65535; timeout 30s; }\n"
      "  chain show { type filter hook forward priority filter - 1; policy accept;\n";
  rules += "    iifname \"up0\" goto show_in\n";
  rules += fmt::format(kRule, "out", "saddr", kShownGroup);
  rules += "  }\n  chain show_in {\n";
  rules += fmt::format(kRule, "in", "daddr", kShownGroup);
  return rules + "  }\n}\n";
}

std::string guestRules(Address guest, const link::Network& allowed, const link::Reach& reach) {
  const auto link = linkOf(guest);
  const auto address = textOf(guest);
  auto text = fmt::format("add element inet allmende places {{ \"{}\" . {} }}\n", link, address);
  // What was counted of whoever had this address before is nobody's. What is not there can be taken out only once it was put in.
  for (const auto& [set, key] :
      {std::pair("refused", address), std::pair("mail", address), std::pair("spoofed", fmt::format("\"{}\"", link))})
    text += fmt::format("add element inet allmende {0} {{ {1} }}\ndelete element inet allmende {0} {{ {1} }}\n", set, key);
  if (!isSpecial(allowed, reach)) return text;
  text +=
      fmt::format("add set inet allmende named_{0} {{ type ipv4_addr; flags timeout; size 65535; }}\nadd chain inet allmende {0}\n", link);
  if (!reach.networks.empty())
    text += fmt::format("add rule inet allmende {} ip daddr {{ {} }} goto begin\n", link, fmt::join(reach.networks, ", "));
  text += fmt::format("add rule inet allmende {0} ip daddr @named_{0} goto begin\n", link);
  text += fmt::format(
      "add rule inet allmende {} {}\n", link, allowed.access == link::kAllowList ? "reject with icmpx admin-prohibited" : "goto public");
  text += fmt::format("add element inet allmende special {{ {} : goto {} }}\n", address, link);
  return text;
}

std::string guestRulesUndone(Address guest, const link::Network& allowed, const link::Reach& reach) {
  const auto link = linkOf(guest);
  const auto address = textOf(guest);
  auto text = fmt::format("delete element inet allmende places {{ \"{}\" . {} }}\n", link, address);
  if (!isSpecial(allowed, reach)) return text;
  text += fmt::format("delete element inet allmende special {{ {} }}\n", address);
  text += fmt::format("flush chain inet allmende {0}\ndelete chain inet allmende {0}\ndelete set inet allmende named_{0}\n", link);
  return text;
}

std::string admitRules(Address guest, const std::vector<Address>& named) {
  std::string rules;
  for (const auto address : named) {
    if (!isPublic(address)) continue;
    // Adding what is there leaves its end as it was: so it is taken out and put in again, in one step.
    const auto element = fmt::format("element inet allmende named_{} {{ {}", linkOf(guest), textOf(address));
    rules += fmt::format("add {0} }}\ndelete {0} }}\nadd {0} timeout 1h }}\n", element);
  }
  return rules;
}

std::string holdRules(Address guest, Hold before, Hold after) {
  const auto element = [&](std::string_view verb, Hold hold) {
    if (hold == Hold::None) return std::string();
    return fmt::format("{} element inet allmende held_{} {{ {} }}\n", verb, hold == Hold::New ? "new" : "all_but_web", textOf(guest));
  };
  return element("delete", before) + element("add", after);
}

std::string machineLinks(const Uplink& uplink, const std::string& space, int mtu) {
  return fmt::format(
      "link add {0} mtu {3} type veth peer name up0 netns {1} mtu {3}\n"
      "addr add {2}/30 dev {0}\n"
      "link set {0} up\n",
      uplink.link, space, textOf(uplink.machine), mtu);
}

std::string gatewayLinks(const Uplink& uplink, int mtu) {
  return fmt::format(
      "link set lo up\n"
      "addr add {}/32 dev lo\n"
      "addr add {}/30 dev up0\n"
      "link set up0 mtu {} up\n"
      "route add default via {}\n",
      textOf(kGatewayAddress), textOf(uplink.gateway), mtu, textOf(uplink.machine));
}

std::string cableLinks(Address guest, const std::string& space, int mtu) {
  return fmt::format(
      "link add {0} mtu {3} type veth peer name eth0 netns {1} mtu {3}\n"
      "link set {0} up\n"
      "route add {2}/32 dev {0} src {4}\n",
      linkOf(guest), space, textOf(guest), mtu, textOf(kGatewayAddress));
}

std::string guestLinks(Address guest) {
  return fmt::format(
      "link set lo up\n"
      "addr add {0}/32 dev eth0\n"
      "link set eth0 up\n"
      "route add {1} dev eth0 scope link\n"
      "route add default via {1} dev eth0\n",
      textOf(guest), textOf(kGatewayAddress));
}

std::string shaping(const std::string& link, std::int64_t bytesPerSecond) {
  if (bytesPerSecond <= 0) return "";
  // What may pass at once: the bytes of 20 ms, and enough for one offloaded segment.
  const auto burst = std::max<std::int64_t>(64 << 10, bytesPerSecond / 50);
  return fmt::format("qdisc replace dev {} root tbf rate {}bps burst {} latency 50ms\n", link, bytesPerSecond, burst);
}

}  // namespace allmende::network
