#include "lib/net/request_parser.h"

#include <gtest/gtest.h>

namespace allmende::net {
namespace {

constexpr std::size_t kMostHeader = 512;

struct Read {
  boost::system::error_code error;
  bool done = false;
  Request request;
  std::string left;  // bytes behind the request
};

// What a server reads that gets `bytes` in pieces of that size.
Read readIn(std::string_view bytes, std::size_t piece, boost::optional<std::uint64_t> bodyLimit = boost::none) {
  RequestParser parser(kMostHeader);
  beast::flat_buffer buffer;
  boost::system::error_code error;
  while (!error && !parser.is_done()) {
    const bool hadHead = parser.is_header_done();
    error = parser.take(buffer);
    if (error || parser.is_done()) break;
    if (parser.is_header_done() && !hadHead) {
      parser.body_limit(bodyLimit);
      continue;
    }
    if (bytes.empty()) break;
    const auto size = std::min(piece, bytes.size());
    std::memcpy(buffer.prepare(size).data(), bytes.data(), size);
    buffer.commit(size);
    bytes.remove_prefix(size);
  }
  const auto data = buffer.cdata();
  auto left = std::string(static_cast<const char*>(data.data()), data.size()).append(bytes);
  return {error, !error && parser.is_done(), std::move(parser.request), std::move(left)};
}

TEST(RequestParser, readsWhatWasSentHoweverItComesInPieces) {
  const std::string sent =
      "PUT /api/contents/a%20b.ipynb?token=t&x=%C3%BC HTTP/1.1\r\nHost: notebooks.example\r\nContent-Length: 11\r\nX-Two: 1\r\nx-two: "
      "2\r\n\r\n"
      "hello\r\n\r\nyouGET /next";
  for (std::size_t piece = 1; piece <= sent.size(); ++piece) {
    const auto read = readIn(sent, piece);
    ASSERT_TRUE(read.done) << piece << " " << read.error.message();
    EXPECT_EQ(read.request.method, Method::Put);
    EXPECT_EQ(read.request.target, "/api/contents/a%20b.ipynb?token=t&x=%C3%BC");
    EXPECT_EQ(read.request.path, "/api/contents/a%20b.ipynb");
    EXPECT_EQ(read.request.query.find("x"), "ü");
    EXPECT_EQ(read.request.headers.find("host"), "notebooks.example");
    EXPECT_EQ(std::ranges::distance(read.request.headers), 4);
    EXPECT_EQ(read.request.body, "hello\r\n\r\nyo");
    EXPECT_EQ(read.left, "uGET /next");
  }
}

TEST(RequestParser, joinsTheChunksOfABody) {
  const std::string sent =
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;why=not\r\nhello\r\n6\r\n world\r\n0\r\n\r\nrest";
  for (std::size_t piece = 1; piece <= sent.size(); ++piece) {
    const auto read = readIn(sent, piece, 11);
    ASSERT_TRUE(read.done) << piece << " " << read.error.message();
    EXPECT_EQ(read.request.body, "hello world");
    EXPECT_EQ(read.left, "rest");
    EXPECT_EQ(readIn(sent, piece, 10).error, http::error::body_limit) << piece;
  }
}

TEST(RequestParser, takesNoHeadersFromBehindTheBody) {
  const std::string sent = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n";
  for (std::size_t piece = 1; piece <= sent.size(); ++piece) {
    const auto read = readIn(sent, piece);
    ASSERT_TRUE(read.done) << piece << " " << read.error.message();
    EXPECT_EQ(read.request.headers.find("X-Forwarded-For"), "");
  }
}

TEST(RequestParser, refusesALineBeforeAChunkThatNeverEnds) {
  const auto sent = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5;x=" + std::string(100'000, 'y');
  const auto read = readIn(sent, 100);
  EXPECT_EQ(read.error, http::error::bad_chunk_extension);
  EXPECT_GT(read.left.size(), 99'000U);
}

TEST(RequestParser, refusesAHeadBeyondItsLimitHoweverItComesInPieces) {
  const auto sent = "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(kMostHeader, 'h');
  std::string many = "GET / HTTP/1.1\r\n";
  for (int i = 0; i < 100; ++i) many += "X: hhhhh\r\n";
  many += "\r\n";
  for (std::size_t piece = 1; piece <= sent.size(); ++piece) {
    EXPECT_EQ(readIn(sent, piece).error, http::error::header_limit) << piece;
    EXPECT_EQ(readIn(many, piece).error, http::error::header_limit) << piece;
  }
}

// A proxy in front of us must not see another request than we do.
TEST(RequestParser, refusesABodyWhoseEndCanBeReadInTwoWays) {
  for (const auto* fields : {"Content-Length: 4\r\nContent-Length: 5\r\n", "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
           "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", "Content-Length: +4\r\n", "Content-Length: 4 4\r\n",
           "Content-Length : 4\r\n", "Content-Length: 99999999999999999999999\r\n"}) {
    const auto read = readIn(std::string("POST / HTTP/1.1\r\nHost: a\r\n") + fields + "\r\nbody", 1000);
    EXPECT_TRUE(read.error) << fields;
  }
}

TEST(RequestParser, knowsAnOpeningHandshake) {
  const auto asks = [](std::string_view head) {
    RequestParser parser(kMostHeader);
    beast::flat_buffer buffer;
    std::memcpy(buffer.prepare(head.size()).data(), head.data(), head.size());
    buffer.commit(head.size());
    EXPECT_FALSE(parser.take(buffer));
    EXPECT_TRUE(parser.is_header_done()) << head;
    return parser.asksForWebSocket();
  };
  EXPECT_TRUE(asks("GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"));
  EXPECT_TRUE(asks("GET / HTTP/1.1\r\nUpgrade: WebSocket\r\nConnection: keep-alive, upgrade\r\n\r\n"));
  EXPECT_FALSE(asks("GET / HTTP/1.0\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"));
  EXPECT_FALSE(asks("POST / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 0\r\n\r\n"));
  EXPECT_FALSE(asks("GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n"));
  EXPECT_FALSE(asks("GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"));
}

TEST(RequestParser, tellsAnEndBetweenRequestsFromOneWithin) {
  beast::flat_buffer buffer;
  EXPECT_EQ(RequestParser(kMostHeader).takeRead(buffer, asio::error::eof, 0), http::error::end_of_stream);
  EXPECT_EQ(RequestParser(kMostHeader).takeRead(buffer, asio::error::connection_reset, 0), asio::error::connection_reset);
  RequestParser begun(kMostHeader);
  std::memcpy(buffer.prepare(3).data(), "GET", 3);
  EXPECT_FALSE(begun.takeRead(buffer, {}, 3));
  EXPECT_EQ(begun.takeRead(buffer, asio::error::eof, 0), http::error::partial_message);
}

}  // namespace
}  // namespace allmende::net
