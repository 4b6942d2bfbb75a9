#pragma once
// Behind the door: sockets that speak TLS. Whoever includes this is linked with OpenSSL's.

#include <boost/asio/ssl/stream.hpp>

#include "lib/net/socket.h"

namespace allmende::net {

using TlsSocket = asio::ssl::stream<Socket>;

// As for plain sockets, see socket.h.
Task<std::shared_ptr<WebSocket>> acceptWebSocket(
    TlsSocket socket, beast::http::request<beast::http::string_body> request, std::string subprotocol, std::size_t maxMessage);

}  // namespace allmende::net
