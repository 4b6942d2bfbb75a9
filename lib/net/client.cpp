// HttpClient: a few kept-alive connections to one endpoint.

#include <boost/asio/write.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>

#include "lib/net/socket.h"

namespace allmende::net {
namespace {

namespace http = beast::http;

constexpr std::size_t kMostIdle = 8;

struct Connection {
  explicit Connection(Socket connected) : socket(std::move(connected)) {}
  Socket socket;
  beast::flat_buffer buffer;
};

std::string headOf(const Request& request) {
  auto head = fmt::format("{} {} HTTP/1.1\r\n", nameOf(request.method), request.target);
  if (request.headers.find("Host").empty()) head += "Host: localhost\r\n";
  for (const auto& [name, value] : request.headers) head += fmt::format("{}: {}\r\n", name, value);
  const bool hasBody =
      !request.body.empty() || request.method == Method::Post || request.method == Method::Put || request.method == Method::Patch;
  if (hasBody) head += fmt::format("Content-Length: {}\r\n", request.body.size());
  return head + "\r\n";
}

Response responseOf(http::response<http::string_body> message) {
  Response response;
  response.status = static_cast<int>(message.result_int());
  for (const auto& field : message.base()) {
    const auto name = field.name_string();
    const auto value = field.value();
    response.headers.add({name.data(), name.size()}, {value.data(), value.size()});
  }
  response.body = std::move(message.body());
  return response;
}

}  // namespace

struct HttpClient::Impl {
  Endpoint to;
  std::vector<std::unique_ptr<Connection>> idle;  // at most kMostIdle; the rest is closed

  // One exchange. `keep` tells whether the connection may serve another.
  static Task<Result<Response>> exchange(
      Connection& connection, const Request& request, Duration patience, std::uint64_t largest, bool& keep) {  // NOLINT: awaited by send()
    keep = false;
    const auto head = headOf(request);
    const Deadline deadline(connection.socket, patience);
    const std::array<asio::const_buffer, 2> pieces{asio::buffer(head), asio::buffer(request.body)};
    const auto [unsent, sent] = co_await asio::async_write(connection.socket, pieces, kAsTuple);
    http::response_parser<http::string_body> parser;
    parser.body_limit(largest);
    parser.header_limit(64U << 10U);
    if (request.method == Method::Head) parser.skip(true);
    boost::system::error_code unread = unsent;
    if (!unread) {
      const auto [error, size] = co_await http::async_read(connection.socket, connection.buffer, parser, kAsTuple);
      unread = error;
    }
    if (deadline.expired())
      co_return fail(Code::TimedOut, "no answer to {} {} within {} ms", nameOf(request.method), request.path, patience.count());
    if (unread == http::error::body_limit)
      co_return fail(
          Code::OverLimit, "the answer to {} {} is larger than the {} bytes allowed", nameOf(request.method), request.path, largest);
    if (unread)
      co_return fail(Code::Unavailable, "the connection broke during {} {}: {}", nameOf(request.method), request.path, unread.message());
    keep = parser.keep_alive();
    co_return responseOf(parser.release());
  }
};

HttpClient::HttpClient(Executor, Endpoint to) : impl_(std::make_shared<Impl>()) { impl_->to = std::move(to); }
HttpClient::~HttpClient() = default;

Task<Result<Response>> HttpClient::send(Request request, Duration patience, std::uint64_t largest) {
  auto impl = impl_;  // the client may go while we wait
  for (;;) {
    std::unique_ptr<Connection> connection;
    const bool reused = !impl->idle.empty();
    if (reused) {
      connection = std::move(impl->idle.back());
      impl->idle.pop_back();
    } else {
      CO_TRY(auto socket, co_await connectSocket(impl->to, patience));
      connection = std::make_unique<Connection>(std::move(socket));
    }
    bool keep = false;
    auto response = co_await Impl::exchange(*connection, request, patience, largest, keep);
    // A kept connection may have been closed by the other side meanwhile; that says nothing about the request.
    if (!response && reused && response.error().code == Code::Unavailable) continue;
    if (keep && impl->idle.size() < kMostIdle) impl->idle.push_back(std::move(connection));
    co_return response;
  }
}

Task<Result<std::shared_ptr<WebSocket>>> HttpClient::openWebSocket(
    std::string target, Headers headers, std::vector<std::string> subprotocols, Duration patience) {
  auto impl = impl_;
  CO_TRY(auto socket, co_await connectSocket(impl->to, patience));
  const auto host = std::holds_alternative<TcpEndpoint>(impl->to) ? describe(impl->to) : std::string("localhost");
  co_return co_await openWebSocketOn(std::move(socket), host, std::move(target), std::move(headers), std::move(subprotocols), patience);
}

}  // namespace allmende::net
