#pragma once
// Behind the door: the socket types everything here is built on, and small waits.
//
// TCP and Unix connections share one type, the generic stream socket, so that Beast is instantiated once for plain and once for TLS.

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include "lib/net/net.h"

namespace allmende::net {

namespace beast = boost::beast;
using Socket = asio::generic::stream_protocol::socket;

inline constexpr auto kAsTuple = asio::as_tuple(asio::use_awaitable);

// Cuts `socket` when `patience` ends first. Destroying it calls the watch off.
class Deadline {
 public:
  Deadline(Socket& socket, Duration patience);
  bool expired() const { return *expired_; }

 private:
  asio::steady_timer timer_;
  std::shared_ptr<bool> expired_;
};

// Closes without ceremony; pending operations end with operation_aborted.
void cut(Socket& socket);

// Connects; TCP_NODELAY is set. Fails with Unavailable or TimedOut.
Task<Result<Socket>> connectSocket(Endpoint to, Duration patience);

// "127.0.0.1:8080" or the path, for messages.
std::string describe(const Endpoint& endpoint);

// The opening handshake as Beast wants it.
beast::http::request<beast::http::string_body> handshakeOf(const RequestHead& head);

// Server side: answers the upgrade request and gives the socket to the caller; nullptr when the handshake failed.
Task<std::shared_ptr<WebSocket>> acceptWebSocket(
    Socket socket, beast::http::request<beast::http::string_body> request, std::string subprotocol, std::size_t maxMessage);

// Client side: performs the handshake on a connected socket. The failure of a refused handshake names its status.
Task<Result<std::shared_ptr<WebSocket>>> openWebSocketOn(
    Socket socket, std::string host, std::string target, Headers headers, std::vector<std::string> subprotocols, Duration patience);

}  // namespace allmende::net
