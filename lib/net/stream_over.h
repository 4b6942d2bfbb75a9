#pragma once
// Behind the door: a connection as a byte stream, for each kind of socket below it.

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/stream_traits.hpp>

#include "lib/net/socket.h"

namespace allmende::net {

template <class S>
class StreamOver final : public Stream {
 public:
  // `early` was read from the socket already. `noteTraffic` is called whenever bytes have gone either way.
  explicit StreamOver(S socket, beast::flat_buffer early = beast::flat_buffer(), std::function<void()> noteTraffic = {})
      : socket_(std::move(socket)), early_(std::move(early)), noteTraffic_(std::move(noteTraffic)) {}

  Task<Result<std::size_t>> readSome(std::span<char> into) override {
    if (early_.size() > 0) {
      const auto size = asio::buffer_copy(asio::buffer(into.data(), into.size()), early_.data());
      early_.consume(size);
      co_return size;
    }
    const auto [error, size] = co_await socket_.async_read_some(asio::buffer(into.data(), into.size()), kAsTuple);
    if (error == asio::error::eof || error == asio::error::operation_aborted) co_return fail(Code::Cancelled, "the stream ended");
    if (error) co_return fail(Code::Unavailable, "reading failed: {}", error.message());
    if (noteTraffic_) noteTraffic_();
    co_return size;
  }

  Task<Result<>> write(std::vector<std::span<const char>> pieces) override {
    std::vector<asio::const_buffer> buffers;
    buffers.reserve(pieces.size());
    for (const auto piece : pieces) buffers.emplace_back(piece.data(), piece.size());
    const auto [error, size] = co_await asio::async_write(socket_, buffers, kAsTuple);
    if (error) co_return fail(Code::Unavailable, "writing failed: {}", error.message());
    if (noteTraffic_) noteTraffic_();
    co_return Result<>{};
  }

  void abort() override { cut(beast::get_lowest_layer(socket_)); }

  S& socket() { return socket_; }
  beast::flat_buffer& early() { return early_; }

 private:
  S socket_;
  beast::flat_buffer early_;
  std::function<void()> noteTraffic_;
};

}  // namespace allmende::net
