#pragma once
// Behind the door: a WebSocket over Beast, for each kind of socket below it.

#include <boost/asio/buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

#include "lib/net/socket.h"

namespace allmende::net {

namespace websocket = beast::websocket;

websocket::stream_base::timeout socketTimeouts();
Error socketErrorOf(const boost::system::error_code& error);

template <class Next>
class SocketOver final : public WebSocket {
 public:
  explicit SocketOver(Next next) : stream_(std::move(next)) {}

  void prepare(std::size_t maxMessage) {
    stream_.set_option(socketTimeouts());
    stream_.read_message_max(maxMessage);
    stream_.auto_fragment(false);
    stream_.control_callback([](websocket::frame_type, beast::string_view) {});
  }

  Task<Result<WebSocketFrame>> read() override {
    WebSocketFrame frame;
    auto buffer = asio::dynamic_buffer(frame.bytes);
    const auto [error, size] = co_await stream_.async_read(buffer, kAsTuple);
    if (error) co_return std::unexpected(socketErrorOf(error));
    frame.binary = stream_.got_binary();
    co_return frame;
  }

  Task<Result<>> write(WebSocketFrame frame) override {
    stream_.binary(frame.binary);
    const auto [error, size] = co_await stream_.async_write(asio::buffer(frame.bytes), kAsTuple);
    if (error) co_return std::unexpected(socketErrorOf(error));
    co_return Result<>{};
  }

  Task<Result<>> writeShared(std::shared_ptr<const std::string> bytes, bool binary) override {
    stream_.binary(binary);
    const auto [error, size] = co_await stream_.async_write(asio::buffer(*bytes), kAsTuple);
    if (error) co_return std::unexpected(socketErrorOf(error));
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

}  // namespace allmende::net
