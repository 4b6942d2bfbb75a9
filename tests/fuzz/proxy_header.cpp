// What a forwarded connection begins with.

#include "lib/net/proxy_header.h"

#include <boost/asio/ip/address.hpp>

#include "tests/fuzz/fuzz.h"

namespace allmende::fuzz {

void attempt(std::string_view input) {
  const auto start = input.substr(0, net::kProxyStart);
  const auto rest = input.substr(start.size());
  const auto length = net::lengthOfProxyRest(start);
  claim(!length || *length <= net::kLargestProxyRest, "no more is read than is allowed");
  const auto header = net::readProxyHeader(start, rest);
  if (!header) return;
  claim(length == rest.size(), "a header is as long as it says");
  claim(!header->secret.empty() && header->secret.size() <= rest.size(), "a header has a secret, which is part of it");
  boost::system::error_code error;
  asio::ip::make_address(header->peer, error);
  claim(!error, "a peer is an address");
}

}  // namespace allmende::fuzz
