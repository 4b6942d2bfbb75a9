#include <arpa/inet.h>
#include <sys/socket.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "lib/base/log.h"
#include "node/network/counters.h"
#include "node/network/first_packets.h"
#include "node/network/rules.h"

namespace allmende::network {
namespace {

using machine::failErrno;
using machine::NetworkVisit;

constexpr std::int64_t kLeastRate = 16 << 10;
constexpr std::int64_t kMostRate = std::int64_t{100} << 30;
constexpr int kUsualMtu = 1500;

Result<> give(const std::vector<std::string>& program, std::string text) {
  if (text.empty()) return {};
  TRY(machine::runToSuccess({.arguments = program, .input = std::move(text)}));
  return {};
}

Result<> ip(std::string commands) { return give({"ip", "-batch", "-"}, std::move(commands)); }
Result<> tc(std::string commands) { return give({"tc", "-batch", "-"}, std::move(commands)); }
Result<> nft(std::string commands) { return give({"nft", "-f", "-"}, std::move(commands)); }

// A setting of the network namespace that the thread is in.
Result<> setNetwork(std::string_view name, std::string_view value) {
  return machine::writeFile(fmt::format("/proc/sys/net/{}", name), value);
}

// No link that is made in this namespace from now on speaks IPv6; where the kernel has none, none does.
Result<> forbidVersion6() {
  if (::access("/proc/sys/net/ipv6", F_OK) != 0) return {};
  return setNetwork("ipv6/conf/default/disable_ipv6", "1");
}

// Of the link that the machine's default route takes; what is larger would have to be taken apart on the way.
int mtuOfMachine() {
  std::istringstream routes(machine::readFile("/proc/thread-self/net/route").value_or(""));
  std::string line;
  while (std::getline(routes, line)) {
    std::istringstream fields(line);
    std::string link;
    std::string destination;
    fields >> link >> destination;
    if (destination != "00000000") continue;
    const auto mtu = std::atoi(machine::readFile(fmt::format("/sys/class/net/{}/mtu", link)).value_or("").c_str());
    if (mtu >= 576) return std::min(mtu, kUsualMtu);
  }
  return kUsualMtu;
}

Result<Fd> bindDoor(int kind) {
  Fd door(::socket(AF_INET, kind | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!door.open()) return failErrno("making a socket for questions about names");
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(53);
  at.sin_addr.s_addr = htonl(kGatewayAddress);
  if (::bind(door.get(), reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0) return failErrno("binding {}", textOf(kGatewayAddress));
  if (kind == SOCK_STREAM && ::listen(door.get(), 64) != 0) return failErrno("listening on {}", textOf(kGatewayAddress));
  return door;
}

}  // namespace

Result<> checkNetwork(const link::Network& allowed) {
  TRY(link::checkAccess(allowed.access));
  TRY(link::readReach(allowed.reach));
  for (const auto rate : {allowed.uploadBytesPerSecond, allowed.downloadBytesPerSecond}) {
    if (rate != 0 && (rate < kLeastRate || rate > kMostRate))
      return fail(Code::InvalidInput, "network rate is {} bytes/s; allowed are 0 (no limit) and {} to {}", rate, kLeastRate, kMostRate);
  }
  return {};
}

Result<> checkMachine() {
  for (const auto* program : {"ip", "tc", "nft"}) {
    const auto said = machine::runProgram({.arguments = {program, program[0] == 'n' ? "--version" : "-V"}});
    if (!said) return fail(Code::Unavailable, "{}; apt-get install iproute2 nftables", said.error().message);
  }
  TRY(const auto trial, machine::makeNetworkNamespace());
  TRY(const auto visit, NetworkVisit::enter(trial));
  TRY(ip("link add up0 type veth peer name eth0\n"));
  TRY(nft(gatewayRules()));
  return tc(shaping("up0", kLeastRate));
}

std::string findFirewall() {
  const auto rules = machine::runToSuccess({.arguments = {"nft", "-j", "list", "chains"}});
  const auto parsed = rules ? parseJson(*rules) : Result<json::value>(json::value());
  const auto* chains = parsed && parsed->is_object() ? parsed->get_object().if_contains("nftables") : nullptr;
  if (chains == nullptr || !chains->is_array()) return "";
  for (const auto& one : chains->get_array()) {
    const auto* chain = one.is_object() ? one.get_object().if_contains("chain") : nullptr;
    if (chain == nullptr || !chain->is_object()) continue;
    const auto word = [&](std::string_view name) {
      const auto* found = findString(chain->get_object(), name);
      return found == nullptr ? std::string() : std::string(*found);
    };
    if (word("hook") != "forward" || word("policy") != "drop") continue;
    const auto listed = machine::runToSuccess({.arguments = {"nft", "list", "table", word("family"), word("table")}});
    if (!listed || listed->contains("\"al*\"")) continue;
    return fmt::format("the chain {} of the table {} {} drops what is forwarded", word("name"), word("family"), word("table"));
  }
  return "";
}

Result<std::unique_ptr<Gateway>> Gateway::open(const std::string& name) {
  std::unique_ptr<Gateway> gateway(new Gateway(name));  // from here on its destructor undoes what was done
  TRY(gateway->space_, machine::makeNetworkNamespace());
  TRY(gateway->openMachineSide());
  TRY(gateway->openOwnSide());
  TRY(gateway->openDoors());
  log::info("network.opened", {{"link", uplinkOf(name).link}, {"address", textOf(uplinkOf(name).gateway)}});
  return gateway;
}

Result<> Gateway::openMachineSide() {
  const auto uplink = uplinkOf(name_);
  static_cast<void>(machine::runProgram({.arguments = {"ip", "link", "delete", uplink.link}}));  // of a node that is still being ended
  TRY(nft(machineRules(name_, uplink)));
  TRY(ip(machineLinks(uplink, machine::pathOf(space_), mtuOfMachine())));
  TRY(const auto forwards, machine::readFile("/proc/sys/net/ipv4/ip_forward"));
  if (forwards.starts_with("1")) return {};
  log::warning("network.ip_forward_on", {{"why", "packets of runtimes pass through this machine"}});
  return setNetwork("ipv4/ip_forward", "1");
}

Result<> Gateway::openOwnSide() {
  const auto mtu = mtuOfMachine();
  TRY(const auto visit, NetworkVisit::enter(space_));
  TRY(forbidVersion6());
  TRY(ip(gatewayLinks(uplinkOf(name_), mtu)));
  TRY(nft(gatewayRules()));
  TRY(setNetwork("netfilter/nf_conntrack_udp_timeout", "10"));  // what is never answered would count as open for long
  return setNetwork("ipv4/ip_forward", "1");
}

Result<> Gateway::openDoors() {
  TRY(const auto visit, NetworkVisit::enter(space_));
  TRY(datagrams_, bindDoor(SOCK_DGRAM));
  TRY(streams_, bindDoor(SOCK_STREAM));
  return {};
}

Gateway::~Gateway() { removeTraces(name_); }

void removeTraces(const std::string& name) {
  static_cast<void>(machine::runProgram({.arguments = {"ip", "link", "delete", uplinkOf(name).link}}));
  static_cast<void>(machine::runProgram({.arguments = {"nft", "delete", "table", "inet", name}}));
}

Result<Address> Gateway::takeAddress(Guest guest) {
  const std::lock_guard lock(mutex_);
  for (Address tries = kFirstGuest; tries <= kLastGuest; ++tries) {
    next_ = next_ < kFirstGuest || next_ >= kLastGuest ? kFirstGuest : next_ + 1;
    if (guests_.try_emplace(next_, guest).second) return next_;
  }
  return fail(Code::OverLimit, "all addresses for runtimes are in use; stop a runtime first");
}

Result<Plug> Gateway::plug(const Fd& space, const link::Network& allowed) {
  TRY(auto reach, link::readReach(allowed.reach));
  Plug plug;
  TRY(plug.space, machine::makeNetworkNamespaceIn(space));
  TRY(plug.address, takeAddress({.onlyNamed = allowed.access == link::kAllowList, .names = std::move(reach.names)}));
  if (auto connected = connect(plug, allowed); !connected) {
    unplug(plug, allowed);
    return std::unexpected(std::move(connected).error());
  }
  return plug;
}

Result<> Gateway::plugAgain(const Plug& plug, const link::Network& allowed) {
  TRY(auto reach, link::readReach(allowed.reach));
  {
    const std::lock_guard lock(mutex_);
    const Guest guest{.onlyNamed = allowed.access == link::kAllowList, .names = std::move(reach.names)};
    if (plug.address < kFirstGuest || plug.address > kLastGuest || !guests_.try_emplace(plug.address, guest).second)
      return fail(Code::Conflict, "the address {} is taken", textOf(plug.address));
  }
  {
    TRY(const auto visit, NetworkVisit::enter(plug.space));
    static_cast<void>(machine::runProgram({.arguments = {"ip", "link", "delete", "eth0"}}));  // where the dead gateway is not yet gone
  }
  auto connected = connect(plug, allowed);
  if (!connected) unplug(plug, allowed);
  return connected;
}

Result<> Gateway::connect(const Plug& plug, const link::Network& allowed) {
  const auto link = linkOf(plug.address);
  const auto mtu = mtuOfMachine();
  {
    TRY(const auto visit, NetworkVisit::enter(plug.space));
    TRY(forbidVersion6());
  }
  {
    TRY(const auto visit, NetworkVisit::enter(space_));
    TRY(nft(guestRules(plug.address, allowed, *link::readReach(allowed.reach))));
    TRY(ip(cableLinks(plug.address, machine::pathOf(plug.space), mtu)));
    TRY(tc(shaping(link, allowed.downloadBytesPerSecond)));
  }
  TRY(const auto visit, NetworkVisit::enter(plug.space));
  TRY(ip(guestLinks(plug.address)));
  return tc(shaping("eth0", allowed.uploadBytesPerSecond));
}

void Gateway::unplug(const Plug& plug, const link::Network& allowed) {
  static_cast<void>(hold(plug.address, Hold::None));
  const auto gone = [&]() -> Result<> {
    TRY(const auto visit, NetworkVisit::enter(space_));
    const auto ended = machine::runProgram({.arguments = {"ip", "link", "delete", linkOf(plug.address)}});
    if (!ended) return std::unexpected(ended.error());
    return nft(guestRulesUndone(plug.address, allowed, *link::readReach(allowed.reach)));
  }();
  if (!gone) log::warning("network.left_traces", {{"address", textOf(plug.address)}, {"message", gone.error().message}});
  const std::lock_guard lock(mutex_);
  guests_.erase(plug.address);
}

Traffic Gateway::traffic(Address of) const {
  const auto link = linkOf(of) + ":";
  const auto visit = NetworkVisit::enter(space_);
  if (!visit) return {};
  std::istringstream lines(machine::readFile("/proc/thread-self/net/dev").value_or(""));
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string name;
    fields >> name;
    if (name != link) continue;
    Traffic traffic;
    std::int64_t other = 0;
    fields >> traffic.sent;  // what our end receives
    for (int skipped = 0; skipped < 7; ++skipped) fields >> other;
    fields >> traffic.received;
    return traffic;
  }
  return {};
}

Result<std::map<Address, Refusals>> Gateway::refusals() const {
  std::map<Address, Refusals> all;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [address, guest] : guests_) all.emplace(address, Refusals{});
  }
  TRY(const auto visit, NetworkVisit::enter(space_));
  const auto add = [&](const char* set, const auto& to) -> Result<> {
    TRY(const auto listed, machine::runToSuccess({.arguments = {"nft", "-j", "list", "set", "inet", "allmende", set}}));
    TRY(const auto elements, during(set, readCountedSet(listed)));
    for (const auto& element : elements) {
      const auto guest = addressOf(element.key);
      const auto found = guest ? all.find(*guest) : all.end();
      if (found != all.end()) to(found->second, element.packets);
    }
    return {};
  };
  TRY(add("refused", [](Refusals& of, std::int64_t count) { of.beyondLimits = count; }));
  TRY(add("mail", [](Refusals& of, std::int64_t count) { of.mail = count; }));
  TRY(add("spoofed", [](Refusals& of, std::int64_t count) { of.spoofed = count; }));
  TRY(add("refused_places", [](Refusals& of, std::int64_t) { ++of.places; }));
  return all;
}

Result<> Gateway::hold(Address guest, Hold hold) {
  const std::lock_guard lock(mutex_);
  const auto held = holds_.find(guest);
  const auto before = held == holds_.end() ? Hold::None : held->second;
  if (before == hold) return {};
  TRY(const auto visit, NetworkVisit::enter(space_));
  TRY(nft(holdRules(guest, before, hold)));
  if (hold == Hold::None) {
    holds_.erase(guest);
  } else {
    holds_[guest] = hold;
  }
  return {};
}

Result<> Gateway::slowUpload(const Plug& plug, std::int64_t bytesPerSecond) {
  TRY(const auto visit, NetworkVisit::enter(plug.space));
  if (bytesPerSecond > 0) return tc(shaping("eth0", bytesPerSecond));
  static_cast<void>(machine::runProgram({.arguments = {"tc", "qdisc", "delete", "dev", "eth0", "root"}}));  // there may be none
  return {};
}

Result<std::unique_ptr<FirstPackets>> Gateway::showFirstPackets(Executor executor) {
  TRY(auto packets, FirstPackets::open(executor, space_));
  TRY(const auto visit, NetworkVisit::enter(space_));
  TRY(nft(showRules()));
  return packets;
}

Result<> Gateway::forEachOpen(const std::function<void(const OpenConversation&)>& take) const { return network::forEachOpen(space_, take); }

std::optional<Guest> Gateway::guestAt(Address address) const {
  const std::lock_guard lock(mutex_);
  const auto found = guests_.find(address);
  return found == guests_.end() ? std::nullopt : std::optional(found->second);
}

Result<> Gateway::admit(Address guest, const std::vector<Address>& named) {
  TRY(const auto visit, NetworkVisit::enter(space_));
  return nft(admitRules(guest, named));
}

}  // namespace allmende::network
