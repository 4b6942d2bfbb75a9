#pragma once
// Behind the door: what a server does on one connection, for each kind of socket. Plain ones are in server.cpp, TLS in tls.cpp; a program
// that never calls listenTls() is linked without it.

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <list>

#include "lib/net/response_writer.h"
#include "lib/net/socket.h"

namespace boost::asio::ssl {
class context;
}

namespace allmende::net {

namespace http = beast::http;
using Acceptor = asio::basic_socket_acceptor<asio::generic::stream_protocol>;

RequestHead headOf(const http::request_header<>& message, const std::string& peer, bool secure);

// What a request that could not be read is told; nullopt when nobody is there to read it.
std::optional<Response> refusalOf(const boost::system::error_code& error, const HttpServerLimits& limits);

struct HttpServer::Impl : std::enable_shared_from_this<HttpServer::Impl> {
  // What the sweeper needs to know of a connection.
  struct Connection {
    Duration expiresAt = Duration::max();
    std::function<void()> cut;
    bool busy = false;  // a request is being handled
  };

  // A connection's place in the list, for as long as its coroutine lives, however that ends.
  class Registered {
   public:
    explicit Registered(Impl& owner) : owner_(owner), at_(owner.connections.emplace(owner.connections.end())) {}
    Registered(const Registered&) = delete;
    Registered& operator=(const Registered&) = delete;
    ~Registered() { owner_.connections.erase(at_); }
    Connection& operator*() const { return *at_; }
    Connection* operator->() const { return &*at_; }

   private:
    Impl& owner_;
    std::list<Connection>::iterator at_;
  };

  Impl(Executor on, Handler& calls, HttpServerLimits bounds) : executor(std::move(on)), handler(calls), limits(bounds), scope(executor) {}

  Executor executor;
  Handler& handler;
  HttpServerLimits limits;
  RealClock clock;
  std::vector<std::unique_ptr<Acceptor>> acceptors;
  std::vector<std::string> socketFiles;
  std::list<Connection> connections;
  std::list<std::weak_ptr<WebSocket>> webSockets;
  std::function<Task<>(Socket, Connection&, std::string peer)> serveSecured;  // set where TLS is spoken
  bool stopping = false;
  bool sweeping = false;
  TaskScope scope;

  void expireIn(Connection& connection, Duration time) const { connection.expiresAt = clock.sinceStart() + time; }

  Task<> sweep();

  Task<> accept(Acceptor& acceptor);  // NOLINT: owned by us, cut before it goes

  Task<> serve(Socket socket);

  // In tls.cpp.
  Task<> secure(  // NOLINT: owned by serve(), which awaits this
      std::shared_ptr<asio::ssl::context> context, Socket socket, Connection& connection, std::string peer);

  // Serves one request after another; returns when the connection is done or became a WebSocket's.
  template <class S>
  Task<> converse(S& socket, Connection& connection, std::string peer, bool secure) {  // NOLINT: owned by serve(), which awaits this
    beast::flat_buffer buffer;
    bool keep = true;
    while (keep && !stopping) {
      http::request_parser<http::empty_body> headParser;
      headParser.header_limit(static_cast<std::uint32_t>(limits.header));
      headParser.body_limit(boost::none);
      expireIn(connection, limits.idle);
      const auto [unread, size] = co_await http::async_read_header(socket, buffer, headParser, kAsTuple);
      if (unread) {
        if (const auto refusal = refusalOf(unread, limits)) co_await writeResponse(socket, *refusal, false, false);
        co_return;
      }
      connection.busy = true;
      auto head = headOf(headParser.get().base(), peer, secure);
      if (head.upgrade) {
        http::request<http::string_body> message(headParser.get().base());
        co_return co_await upgrade(socket, connection, std::move(head), std::move(message));
      }
      keep = co_await answer(socket, connection, buffer, std::move(head), headParser);
      connection.busy = false;
    }
  }

  // Reads the body, asks the handler, writes the response. Returns whether another request may follow.
  template <class S>
  Task<bool> answer(S& socket, Connection& connection, beast::flat_buffer& buffer, RequestHead head,  // NOLINT: owned by converse()
      http::request_parser<http::empty_body>& headParser) {
    const bool wantsBody = head.method != Method::Head;
    const bool keepAlive = headParser.get().keep_alive();
    const auto limit = handler.bodyLimit(head);
    const auto announced = headParser.content_length();
    if (announced && *announced > limit) {
      co_await writeResponse(socket, tooLarge(limit), false, wantsBody);
      co_await drain(socket, buffer);
      co_return false;
    }
    if (beast::iequals(headParser.get()[http::field::expect], "100-continue")) {
      co_await asio::async_write(socket, asio::buffer(std::string_view("HTTP/1.1 100 Continue\r\n\r\n")), kAsTuple);
    }
    Request request{std::move(head), {}};
    if (!headParser.is_done()) {
      http::request_parser<http::string_body> parser(std::move(headParser));
      parser.body_limit(limit);
      expireIn(connection, limits.bodyTime);
      boost::system::error_code unread;
      while (!parser.is_done() && !unread) {
        const auto [error, size] = co_await http::async_read_some(socket, buffer, parser, kAsTuple);
        unread = error;
        expireIn(connection, limits.bodyTime);
      }
      if (unread == http::error::body_limit) {
        co_await writeResponse(socket, tooLarge(limit), false, wantsBody);
        co_await drain(socket, buffer);
        co_return false;
      }
      if (unread) {
        if (const auto refusal = refusalOf(unread, limits)) co_await writeResponse(socket, *refusal, false, wantsBody);
        co_return false;
      }
      request.body = std::move(parser.get().body());
    }
    connection.expiresAt = Duration::max();  // handlers bound their own work
    auto answered = co_await ask(std::move(request));
    const auto* response = std::get_if<Response>(&answered);
    check(response != nullptr, "only an upgrade request is answered with an Upgrade");
    expireIn(connection, limits.bodyTime);
    const bool keep = keepAlive && !stopping;
    co_return co_await writeResponse(socket, *response, keep, wantsBody) && keep;
  }

  static Response tooLarge(std::size_t limit);

  // Reads on for a moment, so that the peer sees our answer instead of a reset.
  template <class S>
  Task<> drain(S& socket, beast::flat_buffer& buffer) {  // NOLINT: owned by converse()
    const Deadline deadline(beast::get_lowest_layer(socket), 2s);
    for (std::size_t seen = 0; seen < (64U << 20U);) {
      buffer.clear();
      const auto [error, size] = co_await socket.async_read_some(buffer.prepare(64U << 10U), kAsTuple);
      if (error) co_return;
      seen += size;
    }
  }

  Task<Answer> ask(Request request);

  template <class S>
  Task<> upgrade(
      S& socket, Connection& connection, RequestHead head, http::request<http::string_body> message) {  // NOLINT: owned by serve()
    connection.expiresAt = Duration::max();
    auto answered = co_await ask(Request{std::move(head), {}});
    if (const auto* refused = std::get_if<Response>(&answered)) {
      co_await writeResponse(socket, *refused, false, true);
      co_return;
    }
    auto& accepted = std::get<Upgrade>(answered);
    auto webSocket = co_await acceptWebSocket(std::move(socket), std::move(message), accepted.subprotocol, accepted.maxMessage);
    if (!webSocket) co_return;
    connection.cut = [weak = std::weak_ptr(webSocket)] {
      if (auto alive = weak.lock()) alive->abort();
    };
    auto entry = webSockets.insert(webSockets.end(), webSocket);
    std::exception_ptr failure;
    try {
      co_await accepted.serve(webSocket);
    } catch (...) {
      failure = std::current_exception();
    }
    webSockets.erase(entry);
    if (failure) {
      webSocket->abort();
      std::rethrow_exception(failure);
    }
    co_await webSocket->close(stopping ? 1012 : 1000, stopping ? "the server restarts" : "");
  }

  Task<> closeSocket(std::shared_ptr<WebSocket> socket) { co_await socket->close(1012, "the server restarts"); }
};

}  // namespace allmende::net
