// WebSockets over plain sockets, and what all WebSockets share.

#include <boost/beast/core/buffers_to_string.hpp>

#include "lib/net/socket_over.h"

namespace allmende::net {

// Peer silence is noticed by our own pings (Beast 1.81 does not count the peer's): asked after 30 s, given up after 60.
websocket::stream_base::timeout socketTimeouts() {
  websocket::stream_base::timeout timeout{};
  timeout.handshake_timeout = std::chrono::seconds(5);  // also bounds the closing handshake
  timeout.idle_timeout = std::chrono::seconds(60);
  timeout.keep_alive_pings = true;
  return timeout;
}

Error socketErrorOf(const boost::system::error_code& error) {
  if (error == websocket::error::closed || error == asio::error::operation_aborted) return {Code::Cancelled, "the socket was closed", {}};
  if (error == websocket::error::message_too_big || error == websocket::error::buffer_overflow) {
    return {Code::OverLimit, "the message is larger than this socket allows", {}};
  }
  return {Code::Unavailable, fmt::format("the connection broke: {}", error.message()), {}};
}

beast::http::request<beast::http::string_body> handshakeOf(const RequestHead& head) {
  beast::http::request<beast::http::string_body> request(beast::http::verb::get, head.target, 11);
  for (const auto& [name, value] : head.headers) request.insert(name, value);
  return request;
}

Task<std::shared_ptr<WebSocket>> acceptWebSocket(
    Socket socket, beast::http::request<beast::http::string_body> request, std::string subprotocol, std::size_t maxMessage) {
  return acceptOver(std::move(socket), std::move(request), std::move(subprotocol), maxMessage);
}

Task<Result<std::shared_ptr<WebSocket>>> openWebSocketOn(
    Socket next, std::string host, std::string target, Headers headers, std::vector<std::string> subprotocols, Duration patience) {
  auto socket = std::make_shared<SocketOver<Socket>>(std::move(next));
  socket->prepare(256U << 20U);
  socket->stream().set_option(websocket::stream_base::decorator([&](websocket::request_type& request) {
    for (const auto& [name, value] : headers) request.set(name, value);
    if (!subprotocols.empty()) request.set(beast::http::field::sec_websocket_protocol, fmt::format("{}", fmt::join(subprotocols, ", ")));
  }));
  websocket::response_type response;
  const Deadline deadline(beast::get_lowest_layer(socket->stream()), patience);
  const auto [error] = co_await socket->stream().async_handshake(response, host, target, kAsTuple);
  if (deadline.expired()) co_return fail(Code::TimedOut, "{} did not open a WebSocket within {} ms", host, patience.count());
  if (error == websocket::error::upgrade_declined) {
    const auto status = response.result_int();
    const auto code = status == 404 ? Code::NotFound : status == 401 || status == 403 ? Code::Denied : Code::Unavailable;
    co_return fail(code, "the WebSocket was refused with status {}", status);
  }
  if (error) co_return fail(Code::Unavailable, "the WebSocket could not be opened: {}", error.message());
  const auto chosen = response[beast::http::field::sec_websocket_protocol];
  socket->setSubprotocol(std::string(chosen.data(), chosen.size()));
  // The handshake's own options refer to this frame.
  socket->stream().set_option(websocket::stream_base::decorator([](websocket::request_type&) {}));
  co_return socket;
}

}  // namespace allmende::net
