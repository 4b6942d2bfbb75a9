// One HTTP/1 request as a server reads it, in pieces of the size that the first byte says.

#include "lib/net/request_parser.h"
#include "tests/fuzz/fuzz.h"

namespace allmende::fuzz {
namespace {

struct Read {
  bool done = false;
  net::Request request;
};

Read readIn(std::string_view bytes, std::size_t piece) {
  constexpr std::size_t kMostHeader = 1024;
  constexpr std::uint64_t kMostBody = 4096;
  net::RequestParser parser(kMostHeader);
  net::beast::flat_buffer buffer;
  boost::system::error_code error;
  while (!error && !parser.is_done()) {
    const bool hadHead = parser.is_header_done();
    error = parser.take(buffer);
    if (!error && parser.is_header_done() && !hadHead) {
      parser.body_limit(kMostBody);
      continue;
    }
    if (error || parser.is_done() || bytes.empty()) break;
    claim(buffer.size() <= kMostHeader + piece, "no more is held back than a head and a piece");
    const auto size = std::min(piece, bytes.size());
    std::memcpy(buffer.prepare(size).data(), bytes.data(), size);
    buffer.commit(size);
    bytes.remove_prefix(size);
  }
  if (!error && !parser.is_done()) claim(bool(parser.takeRead(buffer, asio::error::eof, 0)), "a request that ends early is none");
  return {!error && parser.is_done(), std::move(parser.request)};
}

}  // namespace

void attempt(std::string_view input) {
  const auto piece = 1 + takeChoice(input);
  const auto whole = readIn(input, std::max<std::size_t>(input.size(), 1));
  const auto pieces = readIn(input, piece);
  claim(whole.done == pieces.done, "pieces make no difference");
  if (!whole.done) return;
  claim(whole.request.target == pieces.request.target && whole.request.body == pieces.request.body, "pieces change nothing");
  claim(std::ranges::equal(whole.request.headers, pieces.request.headers), "pieces change no header");
  claim(whole.request.body.size() <= 4096 || whole.request.headers.find("Content-Length") != "", "a chunked body keeps to its limit");
}

}  // namespace allmende::fuzz
