#include "lib/net/request_parser.h"

#include <boost/asio/error.hpp>
#include <boost/beast/http/rfc7230.hpp>

namespace allmende::net {
namespace {

constexpr std::size_t kUsualFields = 16;
constexpr std::size_t kShortestEnd = 5;             // of a body in chunks: a line with 0, an empty line
constexpr std::uint64_t kMostReserved = 1U << 20U;  // of what a peer only announces

std::string_view viewOf(beast::string_view text) { return {text.data(), text.size()}; }

Method methodOf(http::verb verb) {
  switch (verb) {
    case http::verb::get: return Method::Get;
    case http::verb::head: return Method::Head;
    case http::verb::post: return Method::Post;
    case http::verb::put: return Method::Put;
    case http::verb::patch: return Method::Patch;
    case http::verb::delete_: return Method::Delete;
    case http::verb::options: return Method::Options;
    default: return Method::Other;
  }
}

bool hasToken(std::string_view list, beast::string_view token) { return http::token_list({list.data(), list.size()}).exists(token); }

}  // namespace

RequestParser::RequestParser(std::size_t mostHeaderBytes) : mostHeaderBytes_(mostHeaderBytes) {
  header_limit(static_cast<std::uint32_t>(mostHeaderBytes));
  body_limit(boost::none);  // until the head says which limit is right
}

boost::system::error_code RequestParser::take(beast::flat_buffer& buffer) {
  while (buffer.size() > 0 && !is_done()) {
    const bool hadHead = is_header_done();
    // Beast asserts that it sees the end of chunks whole.
    if (hadHead && chunked() && buffer.size() < kShortestEnd && *static_cast<const char*>(buffer.cdata().data()) == '0') return {};
    beast::error_code error;
    const auto taken = put(buffer.data(), error);
    buffer.consume(taken);
    const bool needsMore = error == http::error::need_more;
    if (error && !needsMore) return error;
    // Beast bounds what it is shown at once, not a head that comes in pieces, nor the line before a chunk.
    if (!hadHead) headBytes_ += taken;
    if (!hadHead && headBytes_ + (needsMore ? buffer.size() : 0) > mostHeaderBytes_) return http::error::header_limit;
    if (hadHead && needsMore && buffer.size() > mostHeaderBytes_) return http::error::bad_chunk_extension;
    if (needsMore) return {};
    if (is_header_done() && !hadHead) return {};
  }
  return {};
}

boost::system::error_code RequestParser::takeRead(beast::flat_buffer& buffer, boost::system::error_code broken, std::size_t size) {
  buffer.commit(size);
  if (!broken) return take(buffer);
  if (broken != asio::error::eof) return broken;
  if (!got_some()) return http::error::end_of_stream;
  beast::error_code error;
  put_eof(error);
  return error ? error : http::error::partial_message;
}

bool RequestParser::asksForWebSocket() const {
  return version_ == 11 && request.method == Method::Get && upgrade() && hasToken(request.headers.find("Upgrade"), "websocket");
}

void RequestParser::on_request_impl(http::verb verb, beast::string_view, beast::string_view target, int version, beast::error_code&) {
  version_ = version;
  request.method = methodOf(verb);
  request.target = viewOf(target);
  const auto question = std::min(request.target.find('?'), request.target.size());
  request.path.assign(request.target, 0, question);
  if (question < request.target.size()) request.query = Query::parse(std::string_view(request.target).substr(question + 1));
  request.headers.reserve(kUsualFields);
}

void RequestParser::on_field_impl(http::field, beast::string_view name, beast::string_view value, beast::error_code&) {
  if (is_header_done()) return;  // behind the chunks: a proxy that guards headers has not seen it as one
  request.headers.add(std::string(viewOf(name)), std::string(viewOf(value)));
}

void RequestParser::on_body_init_impl(const boost::optional<std::uint64_t>& length, beast::error_code&) {
  if (length) request.body.reserve(std::min(*length, kMostReserved));
}

std::size_t RequestParser::on_body_impl(beast::string_view piece, beast::error_code&) {
  request.body.append(viewOf(piece));
  return piece.size();
}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t, beast::string_view piece, beast::error_code&) {
  request.body.append(viewOf(piece));
  return piece.size();
}

}  // namespace allmende::net
