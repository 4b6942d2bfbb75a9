#pragma once
// Behind the door: a response as bytes, in one write where it fits. By hand, because that is measurably cheaper than Beast's serializer.

#include <boost/asio/write.hpp>

#include "lib/net/socket.h"

namespace allmende::net {

inline constexpr std::size_t kSmallBody = 16U << 10U;  // copied behind its head, which costs less than a second piece

// The status line and headers, Content-Length included.
std::string responseHead(const Response& response, std::uint64_t length, bool keepAlive);
std::uint64_t bodyLength(const Response& response);

// Reads the next piece of a file; empty at its early end.
std::string readPiece(const FileBody& file, std::uint64_t at, std::size_t most);

// Sends what the kernel takes without waiting; returns how many bytes that were, 0 also where something is wrong.
std::size_t sendNow(Socket& socket, std::string_view bytes);

// Returns whether all of it was written.
template <class S>
Task<bool> writeResponse(S& socket, const Response& response, bool keepAlive, bool withBody) {  // NOLINT: awaited by the owner of both
  const auto length = bodyLength(response);
  const auto* file = std::get_if<FileBody>(&response.body);
  const auto text = withBody && file == nullptr ? response.text() : std::string_view{};
  auto head = responseHead(response, length, keepAlive);
  std::size_t sent = 0;
  if (text.size() <= kSmallBody) {
    head += text;
    if constexpr (std::is_same_v<S, Socket>) sent = sendNow(socket, head);
  }
  const auto left = text.size() <= kSmallBody ? std::string_view{} : text;
  if (sent < head.size() + left.size()) {
    const std::array<asio::const_buffer, 2> pieces{asio::buffer(head) + sent, asio::buffer(left)};
    const auto [error, size] = co_await asio::async_write(socket, pieces, kAsTuple);
    if (error) co_return false;
  }
  if (file == nullptr || !withBody) co_return true;
  for (std::uint64_t at = 0; at < length;) {
    const auto piece = readPiece(*file, at, 256U << 10U);
    if (piece.empty()) co_return false;  // the file shrank; the peer sees a short body
    const auto [broken, written] = co_await asio::async_write(socket, asio::buffer(piece), kAsTuple);
    if (broken) co_return false;
    at += piece.size();
  }
  co_return true;
}

}  // namespace allmende::net
