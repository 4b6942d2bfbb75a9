#pragma once
// Behind the door: a response as bytes, in one write where it fits. By hand, because that is measurably cheaper than Beast's serializer.

#include <boost/asio/write.hpp>

#include "lib/net/socket.h"

namespace allmende::net {

// The status line and headers, Content-Length included.
std::string responseHead(const Response& response, std::uint64_t length, bool keepAlive);
std::uint64_t bodyLength(const Response& response);

// Reads the next piece of a file; empty at its early end.
std::string readPiece(const FileBody& file, std::uint64_t at, std::size_t most);

// Returns whether all of it was written.
template <class S>
Task<bool> writeResponse(S& socket, const Response& response, bool keepAlive, bool withBody) {  // NOLINT: awaited by the owner of both
  const auto length = bodyLength(response);
  const auto head = responseHead(response, length, keepAlive);
  const auto* file = std::get_if<FileBody>(&response.body);
  const auto text = withBody && file == nullptr ? response.text() : std::string_view{};
  const std::array<asio::const_buffer, 2> pieces{asio::buffer(head), asio::buffer(text)};
  const auto [error, size] = co_await asio::async_write(socket, pieces, kAsTuple);
  if (error || file == nullptr || !withBody) co_return !error;
  for (std::uint64_t sent = 0; sent < length;) {
    const auto piece = readPiece(*file, sent, 256U << 10U);
    if (piece.empty()) co_return false;  // the file shrank; the peer sees a short body
    const auto [broken, written] = co_await asio::async_write(socket, asio::buffer(piece), kAsTuple);
    if (broken) co_return false;
    sent += piece.size();
  }
  co_return true;
}

}  // namespace allmende::net
