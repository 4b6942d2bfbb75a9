#pragma once
// Behind the door: reads one HTTP/1 request into our own value. Beast finds the pieces (RFC 9112) and refuses what is none; they are put
// where they belong at once, instead of into Beast's containers first.

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

#include "lib/net/net.h"

namespace allmende::net {

namespace beast = boost::beast;
namespace http = beast::http;

class RequestParser final : public http::basic_parser<true> {
 public:
  explicit RequestParser(std::size_t mostHeaderBytes);

  // Takes what it can use out of `buffer`: the head first, and nothing behind it. Returns an error when the bytes are no request; else it
  // is done, its head is (is_header_done()), or it needs more bytes.
  boost::system::error_code take(beast::flat_buffer& buffer);
  // The same for what a read into the buffer's end gave. Where the peer sends no more, that is http::error::end_of_stream between two
  // requests, http::error::partial_message within one.
  boost::system::error_code takeRead(beast::flat_buffer& buffer, boost::system::error_code broken, std::size_t size);

  // Once the head is done; true for what RFC 6455 calls an opening handshake.
  bool asksForWebSocket() const;

  Request request;  // what the peer sent: its head, then its body; `peer`, `secure` and `upgrade` are the connection's to say

 private:
  void on_request_impl(http::verb verb, beast::string_view name, beast::string_view target, int version, beast::error_code& error) override;
  void on_response_impl(int, beast::string_view, int, beast::error_code&) override {}
  void on_field_impl(http::field field, beast::string_view name, beast::string_view value, beast::error_code& error) override;
  void on_header_impl(beast::error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, beast::error_code& error) override;
  std::size_t on_body_impl(beast::string_view piece, beast::error_code& error) override;
  void on_chunk_header_impl(std::uint64_t, beast::string_view, beast::error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t left, beast::string_view piece, beast::error_code& error) override;
  void on_finish_impl(beast::error_code&) override {}

  std::size_t mostHeaderBytes_;
  std::size_t headBytes_ = 0;
  int version_ = 11;  // 10 or 11, for HTTP/1.0 and HTTP/1.1
};

}  // namespace allmende::net
