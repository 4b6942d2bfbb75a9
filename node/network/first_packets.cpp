#include "node/network/first_packets.h"

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netfilter/nfnetlink_log.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstring>

#include "node/network/rules.h"

namespace allmende::network {
namespace {

using machine::failErrno;
using machine::NetworkVisit;

constexpr std::size_t kBuffer = 128U << 10U;
constexpr int kQueue = 4 << 20;          // bytes that may wait in the kernel
constexpr std::uint32_t kCopied = 640;   // bytes of a packet, its heads included
constexpr std::uint32_t kTogether = 64;  // packets that are shown at once
constexpr std::uint32_t kNotLater = 10;  // hundredths of a second
constexpr int kMostDumped = 4096;        // messages of a dump

bool isGuest(Address address) { return address >= kFirstGuest && address <= kLastGuest; }

std::uint16_t kindOf(unsigned subsystem, unsigned message) { return static_cast<std::uint16_t>(subsystem << 8U | message); }

// A message with nfnetlink's head.
class Message {
 public:
  Message(std::uint16_t kind, unsigned flags, std::uint8_t family, std::uint16_t resource) : head_(mnl_nlmsg_put_header(room_.data())) {
    head_->nlmsg_type = kind;
    head_->nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
    auto* more = static_cast<nfgenmsg*>(mnl_nlmsg_put_extra_header(head_, sizeof(nfgenmsg)));
    more->nfgen_family = family;
    more->version = NFNETLINK_V0;
    more->res_id = htons(resource);
  }
  template <class T>
  Message& with(std::uint16_t attribute, const T& value) {
    mnl_attr_put(head_, attribute, sizeof value, &value);
    return *this;
  }
  std::string_view bytes() const { return {room_.data(), head_->nlmsg_len}; }

 private:
  alignas(nlmsghdr) std::array<char, 256> room_{};
  nlmsghdr* head_;
};

// libmnl reads a length as a number with a sign: one from 2^31 on would pass.
bool isWhole(const nlmsghdr* head, int left) {
  return left >= static_cast<int>(sizeof(nlmsghdr)) && head->nlmsg_len <= static_cast<std::uint32_t>(left) && mnl_nlmsg_ok(head, left);
}

Result<Fd> openNetlink(const Fd& space) {
  TRY(const auto visit, NetworkVisit::enter(space));
  Fd socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER));
  if (!socket.open()) return failErrno("making a socket to the kernel's packet filter");
  return socket;
}

Result<> send(const Fd& socket, std::string_view bytes) {
  if (::send(socket.get(), bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    return failErrno("asking the kernel's packet filter");
  return {};
}

// Sends and waits for the kernel's word that it was done. What comes before it is dropped.
Result<> tell(const Fd& socket, const Message& message, std::string_view what) {
  TRY(send(socket, message.bytes()));
  alignas(nlmsghdr) std::array<char, 8192> buffer{};
  for (int tries = 0; tries < 64; ++tries) {
    const auto size = ::recv(socket.get(), buffer.data(), buffer.size(), 0);
    if (size < 0) return failErrno("{}", what);
    const auto* head = reinterpret_cast<const nlmsghdr*>(buffer.data());
    for (int left = static_cast<int>(size); isWhole(head, left); head = mnl_nlmsg_next(head, &left)) {
      if (head->nlmsg_type != NLMSG_ERROR) continue;
      if (mnl_nlmsg_get_payload_len(head) < sizeof(nlmsgerr)) return fail(Code::Unavailable, "{}: the kernel's answer is cut off", what);
      const auto* said = static_cast<const nlmsgerr*>(mnl_nlmsg_get_payload(head));
      if (said->error == 0) return {};
      return fail(Code::Unavailable, "{}: {}", what, std::strerror(-said->error));
    }
  }
  return fail(Code::Unavailable, "{}: the kernel does not answer", what);
}

// Attributes by their kind, as far as `Most`.
template <std::size_t Most>
class Attributes {
 public:
  Attributes() = default;
  Attributes(const nlmsghdr* head, std::size_t after) {
    if (mnl_nlmsg_get_payload_len(head) >= after) mnl_attr_parse(head, static_cast<unsigned>(after), keep, this);
  }
  explicit Attributes(const nlattr* nested) {
    if (nested != nullptr) mnl_attr_parse_nested(nested, keep, this);
  }
  const nlattr* find(std::size_t kind) const { return found_.at(kind); }
  // 0 where there is none, or one of another size.
  template <class T>
  T number(std::size_t kind) const {
    T value{};
    const auto* found = find(kind);
    if (found != nullptr && mnl_attr_get_payload_len(found) == sizeof value) std::memcpy(&value, mnl_attr_get_payload(found), sizeof value);
    return value;
  }

 private:
  static int keep(const nlattr* attribute, void* self) {
    const auto kind = mnl_attr_get_type(attribute);
    if (kind <= Most) static_cast<Attributes*>(self)->found_.at(kind) = attribute;
    return MNL_CB_OK;
  }
  std::array<const nlattr*, Most + 1> found_{};
};

// Calls `take` for each message of that kind; false when they say that they are the last.
bool forEachMessage(std::string_view messages, std::uint16_t kind, const std::function<void(const nlmsghdr*)>& take) {
  const auto* head = reinterpret_cast<const nlmsghdr*>(messages.data());
  for (int left = static_cast<int>(messages.size()); isWhole(head, left); head = mnl_nlmsg_next(head, &left)) {
    if (head->nlmsg_type == NLMSG_DONE || head->nlmsg_type == NLMSG_ERROR) return false;
    if (head->nlmsg_type == kind) take(head);
  }
  return true;
}

// Big-endian numbers at a place that was checked to be there.
std::uint16_t shortAt(std::string_view bytes, std::size_t at) {
  std::uint16_t value = 0;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return ntohs(value);
}
Address addressAt(std::string_view bytes, std::size_t at) {
  Address value = 0;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return ntohl(value);
}

// A socket of that namespace to which the kernel shows packets of our group.
Result<Fd> openShown(const Fd& space) {
  TRY(auto socket, openNetlink(space));
  ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUFFORCE, &kQueue, sizeof kQueue);
  const timeval patience{.tv_sec = 5, .tv_usec = 0};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  const auto message = [] { return Message(kindOf(NFNL_SUBSYS_ULOG, NFULNL_MSG_CONFIG), NLM_F_ACK, AF_INET, kShownGroup); };
  const nfulnl_msg_config_cmd bind{.command = NFULNL_CFG_CMD_BIND};
  TRY(tell(socket, message().with(NFULA_CFG_CMD, bind), "asking to be shown packets"));
  nfulnl_msg_config_mode mode{};
  mode.copy_range = htonl(kCopied);
  mode.copy_mode = NFULNL_COPY_PACKET;
  TRY(tell(socket, message().with(NFULA_CFG_MODE, mode).with(NFULA_CFG_QTHRESH, htonl(kTogether)).with(NFULA_CFG_TIMEOUT, htonl(kNotLater)),
      "saying how packets are to be shown"));
  return socket;
}

std::optional<OpenConversation> readConnection(const nlmsghdr* head) {
  const Attributes<CTA_MAX> all(head, sizeof(nfgenmsg));
  const Attributes<CTA_TUPLE_MAX> tuple(all.find(CTA_TUPLE_ORIG));
  const Attributes<CTA_IP_MAX> ends(tuple.find(CTA_TUPLE_IP));
  const Attributes<CTA_PROTO_MAX> ports(tuple.find(CTA_TUPLE_PROTO));
  const auto protocol = ports.number<std::uint8_t>(CTA_PROTO_NUM);
  OpenConversation open{.of = {.guest = ntohl(ends.number<Address>(CTA_IP_V4_SRC)),
                            .place = ntohl(ends.number<Address>(CTA_IP_V4_DST)),
                            .guestPort = ntohs(ports.number<std::uint16_t>(CTA_PROTO_SRC_PORT)),
                            .placePort = ntohs(ports.number<std::uint16_t>(CTA_PROTO_DST_PORT)),
                            .isStream = protocol == IPPROTO_TCP}};
  if (!isGuest(open.of.guest) || (protocol != IPPROTO_TCP && protocol != IPPROTO_UDP)) return std::nullopt;
  for (const auto way : {CTA_COUNTERS_ORIG, CTA_COUNTERS_REPLY}) {
    const Attributes<CTA_COUNTERS_MAX> counted(all.find(way));
    open.bytes += static_cast<std::int64_t>(be64toh(counted.number<std::uint64_t>(CTA_COUNTERS_BYTES)));
  }
  return open;
}

}  // namespace

std::optional<FirstPacket> readPacket(std::string_view bytes) {
  constexpr std::size_t kLeastHead = 20;
  constexpr std::size_t kDatagramHead = 8;
  const auto byteAt = [&](std::size_t at) { return static_cast<unsigned char>(bytes[at]); };
  if (bytes.size() < kLeastHead || byteAt(0) >> 4U != 4) return std::nullopt;
  const std::size_t head = 4U * (byteAt(0) & 0xFU);
  const bool isLaterPiece = (shortAt(bytes, 6) & 0x1FFFU) != 0;
  const auto protocol = byteAt(9);
  const bool isStream = protocol == IPPROTO_TCP;
  if (isLaterPiece || head < kLeastHead || (!isStream && protocol != IPPROTO_UDP)) return std::nullopt;
  if (bytes.size() < head + (isStream ? kLeastHead : kDatagramHead)) return std::nullopt;
  const std::size_t inner = isStream ? 4U * (byteAt(head + 12) >> 4U) : kDatagramHead;
  if (inner < kDatagramHead || bytes.size() < head + inner) return std::nullopt;
  const auto from = addressAt(bytes, 12);
  const auto to = addressAt(bytes, 16);
  FirstPacket packet{.of = {.isStream = isStream}, .fromGuest = isGuest(from), .payload = bytes.substr(head + inner)};
  if (isGuest(from) == isGuest(to)) return std::nullopt;
  packet.of.guest = packet.fromGuest ? from : to;
  packet.of.place = packet.fromGuest ? to : from;
  packet.of.guestPort = shortAt(bytes, head + (packet.fromGuest ? 0 : 2));
  packet.of.placePort = shortAt(bytes, head + (packet.fromGuest ? 2 : 0));
  return packet;
}

void readShown(std::string_view messages, const std::function<void(const FirstPacket&)>& take) {
  forEachMessage(messages, kindOf(NFNL_SUBSYS_ULOG, NFULNL_MSG_PACKET), [&](const nlmsghdr* head) {
    const Attributes<NFULA_MAX> all(head, sizeof(nfgenmsg));
    const auto* payload = all.find(NFULA_PAYLOAD);
    if (payload == nullptr) return;
    const std::string_view bytes(static_cast<const char*>(mnl_attr_get_payload(payload)), mnl_attr_get_payload_len(payload));
    if (const auto packet = readPacket(bytes)) take(*packet);
  });
}

bool readOpen(std::string_view messages, const std::function<void(const OpenConversation&)>& take) {
  return forEachMessage(messages, kindOf(NFNL_SUBSYS_CTNETLINK, IPCTNL_MSG_CT_NEW), [&](const nlmsghdr* head) {
    if (const auto open = readConnection(head)) take(*open);
  });
}

Result<std::unique_ptr<FirstPackets>> FirstPackets::open(Executor executor, const Fd& space) {
  TRY(auto socket, openShown(space));
  return std::unique_ptr<FirstPackets>(new FirstPackets(executor, std::move(socket)));
}

Result<> checkFirstPackets() {
  TRY(const auto trial, machine::makeNetworkNamespace());
  TRY(openShown(trial));
  TRY(const auto visit, NetworkVisit::enter(trial));
  TRY(machine::runToSuccess({.arguments = {"nft", "-f", "-"}, .input = "table inet allmende {\n}\n" + showRules()}));
  return {};
}

Task<Result<>> FirstPackets::read(const std::function<void(const FirstPacket&)>& take) {
  const auto [failed] = co_await socket_.async_wait(asio::posix::stream_descriptor::wait_read, asio::as_tuple(asio::use_awaitable));
  if (failed) co_return fail(Code::Unavailable, "waiting for the first packets of connections: {}", failed.message());
  buffer_.resize(kBuffer);
  const auto size = ::recv(socket_.native_handle(), buffer_.data(), buffer_.size(), MSG_DONTWAIT);
  if (size >= 0) {
    readShown(std::string_view(buffer_).substr(0, static_cast<std::size_t>(size)), take);
    co_return Result<>{};
  }
  if (errno == ENOBUFS) ++losses_;
  if (errno == ENOBUFS || errno == EAGAIN || errno == EINTR) co_return Result<>{};
  co_return failErrno("reading the first packets of connections");
}

void FirstPackets::close() {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

Result<> forEachOpen(const Fd& space, const std::function<void(const OpenConversation&)>& take) {
  TRY(const auto socket, openNetlink(space));
  const timeval patience{.tv_sec = 5, .tv_usec = 0};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  TRY(send(socket, Message(kindOf(NFNL_SUBSYS_CTNETLINK, IPCTNL_MSG_CT_GET), NLM_F_DUMP, AF_INET, 0).bytes()));
  std::string buffer(kBuffer, '\0');
  for (int messages = 0; messages < kMostDumped; ++messages) {
    const auto size = ::recv(socket.get(), buffer.data(), buffer.size(), 0);
    if (size < 0) return failErrno("reading the table of connections");
    if (!readOpen(std::string_view(buffer).substr(0, static_cast<std::size_t>(size)), take)) return {};
  }
  return {};
}

}  // namespace allmende::network
