#pragma once
// Behind the door: what a forwarded connection begins with, the PROXY protocol of HAProxy in version 2 (haproxy.org, proxy-protocol.txt,
// section 2.2), with a secret in a field of our own.

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "lib/net/socket.h"

namespace allmende::net {

struct ProxyHeader {
  std::string peer;  // the address of who asks, "192.0.2.7"
  std::string secret;
};

inline constexpr std::size_t kProxyStart = 16;         // the fixed part, which says how long the rest is
inline constexpr std::size_t kLargestProxyRest = 512;  // bytes we read behind it

// `peer` and `own` are the two ends of the connection that is forwarded, both IPv4 or both IPv6.
std::string writeProxyHeader(
    const asio::generic::stream_protocol::endpoint& peer, const asio::generic::stream_protocol::endpoint& own, std::string_view secret);

// How many bytes follow the first 16; nullopt when this is no such header or a longer one than we read.
std::optional<std::size_t> lengthOfProxyRest(std::string_view start);

// Reads both parts; nullopt when they are not well-formed or without a secret. A header of the kind LOCAL has no peer and is refused too.
std::optional<ProxyHeader> readProxyHeader(std::string_view start, std::string_view rest);

}  // namespace allmende::net
