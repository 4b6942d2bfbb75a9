// WebSockets over Beast, behind one virtual face: one instantiation for plain sockets, one for TLS.

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>

#include "lib/net/socket.h"

namespace allmende::net {
namespace {

namespace websocket = beast::websocket;

// Peer silence is noticed by our own pings (Beast 1.81 does not count the peer's): asked after 30 s, given up after 60.
websocket::stream_base::timeout timeouts() {
  websocket::stream_base::timeout timeout{};
  timeout.handshake_timeout = std::chrono::seconds(5);  // also bounds the closing handshake
  timeout.idle_timeout = std::chrono::seconds(60);
  timeout.keep_alive_pings = true;
  return timeout;
}

Error errorOf(const boost::system::error_code& error) {
  if (error == websocket::error::closed || error == asio::error::operation_aborted) return {Code::Cancelled, "the socket was closed", {}};
  if (error == websocket::error::message_too_big || error == websocket::error::buffer_overflow) {
    return {Code::OverLimit, "the message is larger than this socket allows", {}};
  }
  return {Code::Unavailable, fmt::format("the connection broke: {}", error.message()), {}};
}

template <class Next>
class SocketOver final : public WebSocket {
 public:
  explicit SocketOver(Next next) : stream_(std::move(next)) {}

  void prepare(std::size_t maxMessage) {
    stream_.set_option(timeouts());
    stream_.read_message_max(maxMessage);
    stream_.auto_fragment(false);
    stream_.control_callback([](websocket::frame_type, beast::string_view) {});
  }

  Task<Result<WebSocketFrame>> read() override {
    WebSocketFrame frame;
    auto buffer = asio::dynamic_buffer(frame.bytes);
    const auto [error, size] = co_await stream_.async_read(buffer, kAsTuple);
    if (error) co_return std::unexpected(errorOf(error));
    frame.binary = stream_.got_binary();
    co_return frame;
  }

  Task<Result<>> write(WebSocketFrame frame) override {
    stream_.binary(frame.binary);
    const auto [error, size] = co_await stream_.async_write(asio::buffer(frame.bytes), kAsTuple);
    if (error) co_return std::unexpected(errorOf(error));
    co_return Result<>{};
  }

  Task<Result<>> writeShared(std::shared_ptr<const std::string> bytes, bool binary) override {
    stream_.binary(binary);
    const auto [error, size] = co_await stream_.async_write(asio::buffer(*bytes), kAsTuple);
    if (error) co_return std::unexpected(errorOf(error));
    co_return Result<>{};
  }

  Task<> close(std::uint16_t code, std::string reason) override {
    if (closing_ || !stream_.is_open()) co_return;
    closing_ = true;
    if (reason.size() > 120) reason.resize(120);  // a control frame holds 123 bytes
    websocket::close_reason why;
    why.code = code;
    why.reason.assign(reason.data(), reason.size());
    Deadline deadline(beast::get_lowest_layer(stream_), std::chrono::seconds(5));
    co_await stream_.async_close(why, kAsTuple);
    cut(beast::get_lowest_layer(stream_));
  }

  void abort() override { cut(beast::get_lowest_layer(stream_)); }

  const std::string& subprotocol() const override { return subprotocol_; }

  websocket::stream<Next>& stream() { return stream_; }
  void setSubprotocol(std::string name) { subprotocol_ = std::move(name); }

 private:
  websocket::stream<Next> stream_;
  std::string subprotocol_;
  bool closing_ = false;
};

template <class Next>
Task<std::shared_ptr<WebSocket>> acceptOver(
    Next next, beast::http::request<beast::http::string_body> request, std::string subprotocol, std::size_t maxMessage) {
  auto socket = std::make_shared<SocketOver<Next>>(std::move(next));
  socket->prepare(maxMessage);
  socket->setSubprotocol(subprotocol);
  socket->stream().set_option(websocket::stream_base::decorator([subprotocol](websocket::response_type& response) {
    response.set(beast::http::field::server, "Allmende");
    if (!subprotocol.empty()) response.set(beast::http::field::sec_websocket_protocol, subprotocol);
  }));
  const auto [error] = co_await socket->stream().async_accept(request, kAsTuple);
  if (error) co_return nullptr;
  co_return socket;
}

}  // namespace

Task<std::shared_ptr<WebSocket>> acceptWebSocket(
    Socket socket, beast::http::request<beast::http::string_body> request, std::string subprotocol, std::size_t maxMessage) {
  return acceptOver(std::move(socket), std::move(request), std::move(subprotocol), maxMessage);
}

Task<std::shared_ptr<WebSocket>> acceptWebSocket(
    TlsSocket socket, beast::http::request<beast::http::string_body> request, std::string subprotocol, std::size_t maxMessage) {
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
