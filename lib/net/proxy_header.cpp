#include "lib/net/proxy_header.h"

#include <netinet/in.h>

#include <boost/asio/ip/address.hpp>
#include <cstring>

namespace allmende::net {
namespace {

constexpr std::string_view kSignature{"\r\n\r\n\0\r\nQUIT\n", 12};
constexpr char kProxied = 0x21;  // version 2, command PROXY
constexpr char kTcpOver4 = 0x11;
constexpr char kTcpOver6 = 0x21;
constexpr char kSecret = static_cast<char>(0xE0);  // the first of the types left to applications
constexpr std::size_t kAddresses4 = 12;            // two addresses, two ports
constexpr std::size_t kAddresses6 = 36;

std::size_t numberAt(std::string_view bytes, std::size_t at) {
  return static_cast<std::size_t>(static_cast<unsigned char>(bytes[at])) << 8U | static_cast<unsigned char>(bytes[at + 1]);
}

void addNumber(std::string& to, std::size_t number) {
  to += static_cast<char>(number >> 8U);
  to += static_cast<char>(number & 0xffU);
}

// Both addresses, then both ports.
template <class Raw, class Address>
std::string endsOf(const asio::generic::stream_protocol::endpoint& peer, const asio::generic::stream_protocol::endpoint& own,
    Address Raw::* address, in_port_t Raw::* port) {
  std::array<Raw, 2> ends{};
  std::memcpy(&ends[0], peer.data(), std::min(peer.size(), sizeof(Raw)));
  std::memcpy(&ends[1], own.data(), std::min(own.size(), sizeof(Raw)));
  std::string bytes;
  for (const auto& end : ends) bytes.append(reinterpret_cast<const char*>(&(end.*address)), sizeof(Address));
  for (const auto& end : ends) addNumber(bytes, ntohs(end.*port));
  return bytes;
}

template <class Address>
std::string addressAt(std::string_view bytes) {
  typename Address::bytes_type raw;
  std::memcpy(raw.data(), bytes.data(), raw.size());
  return Address(raw).to_string();
}

// The value of the field that holds the secret.
std::optional<std::string> findSecret(std::string_view fields) {
  while (fields.size() >= 3) {
    const auto length = numberAt(fields, 1);
    if (fields.size() < 3 + length) return std::nullopt;
    if (fields[0] == kSecret) return std::string(fields.substr(3, length));
    fields.remove_prefix(3 + length);
  }
  return std::nullopt;
}

}  // namespace

std::string writeProxyHeader(
    const asio::generic::stream_protocol::endpoint& peer, const asio::generic::stream_protocol::endpoint& own, std::string_view secret) {
  const bool six = peer.data()->sa_family == AF_INET6;
  auto rest = six ? endsOf(peer, own, &sockaddr_in6::sin6_addr, &sockaddr_in6::sin6_port)
                  : endsOf(peer, own, &sockaddr_in::sin_addr, &sockaddr_in::sin_port);
  rest += kSecret;
  addNumber(rest, secret.size());
  rest += secret;
  std::string header(kSignature);
  header += kProxied;
  header += six ? kTcpOver6 : kTcpOver4;
  addNumber(header, rest.size());
  return header + rest;
}

std::optional<std::size_t> lengthOfProxyRest(std::string_view start) {
  if (start.size() != kProxyStart || !start.starts_with(kSignature)) return std::nullopt;
  const auto length = numberAt(start, 14);
  if (length > kLargestProxyRest) return std::nullopt;
  return length;
}

std::optional<ProxyHeader> readProxyHeader(std::string_view start, std::string_view rest) {
  if (lengthOfProxyRest(start) != rest.size() || start[12] != kProxied) return std::nullopt;
  const bool six = start[13] == kTcpOver6;
  const auto addresses = six ? kAddresses6 : kAddresses4;
  if ((!six && start[13] != kTcpOver4) || rest.size() < addresses) return std::nullopt;
  auto secret = findSecret(rest.substr(addresses));
  if (!secret || secret->empty()) return std::nullopt;
  return ProxyHeader{six ? addressAt<asio::ip::address_v6>(rest) : addressAt<asio::ip::address_v4>(rest), *std::move(secret)};
}

}  // namespace allmende::net
