#include "lib/net/response_writer.h"

#include <unistd.h>

#include <boost/beast/http/status.hpp>

namespace allmende::net {

std::uint64_t bodyLength(const Response& response) {
  if (const auto* file = std::get_if<FileBody>(&response.body)) return file->length;
  return response.text().size();
}

std::string responseHead(const Response& response, std::uint64_t length, bool keepAlive) {
  const auto reason = beast::http::obsolete_reason(static_cast<beast::http::status>(response.status));
  const fmt::format_int status(response.status);
  std::size_t size = 128 + std::min<std::size_t>(length, kSmallBody) + reason.size() + response.sharedLines.size();
  for (const auto& [name, value] : response.headers) size += name.size() + value.size() + 4;
  std::string head;
  head.reserve(size);
  head.append("HTTP/1.1 ").append(status.data(), status.size()).append(" ").append(reason.data(), reason.size()).append("\r\n");
  for (const auto& [name, value] : response.headers) {
    // A line break in a value would forge headers; whoever put it there has a bug, and the reader is spared.
    if (value.find_first_of("\r\n") != std::string::npos) continue;
    head.append(name).append(": ").append(value).append("\r\n");
  }
  head += response.sharedLines;
  const bool bodiless = response.status == 204 || response.status == 304;
  if (!bodiless) {
    const fmt::format_int digits(length);
    head.append("Content-Length: ").append(digits.data(), digits.size()).append("\r\n");
  }
  head += keepAlive ? "\r\n" : "Connection: close\r\n\r\n";
  return head;
}

std::size_t sendNow(Socket& socket, std::string_view bytes) {
  boost::system::error_code wouldWaitOrBroken;
  return socket.write_some(asio::buffer(bytes), wouldWaitOrBroken);
}

std::string readPiece(const FileBody& file, std::uint64_t at, std::size_t most) {
  std::string piece(static_cast<std::size_t>(std::min<std::uint64_t>(most, file.length - at)), '\0');
  const auto got = ::pread(*file.fd, piece.data(), piece.size(), static_cast<off_t>(file.offset + at));
  piece.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return piece;
}

}  // namespace allmende::net
