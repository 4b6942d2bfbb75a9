#pragma once
// Behind the door: what a server does on one connection, for each kind of socket. Plain ones are in server.cpp, TLS in tls.cpp; a program
// that never calls listenTls() is linked without it.

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/stream_traits.hpp>
#include <list>

#include "lib/net/request_parser.h"
#include "lib/net/response_writer.h"
#include "lib/net/socket.h"
#include "lib/net/stream_over.h"

namespace boost::asio::ssl {
class context;
}

namespace allmende::net {

using Acceptor = asio::basic_socket_acceptor<asio::generic::stream_protocol>;

inline constexpr std::size_t kHeadPiece = 2U << 10U;  // read at once, while a connection may be idle
inline constexpr std::size_t kBodyPiece = 64U << 10U;

// What a request that could not be read is told; nullopt when nobody is there to read it.
std::optional<Response> refusalOf(const boost::system::error_code& error, const HttpServerLimits& limits);

// The file of a Unix socket of ours, which another process may have replaced by its own.
class SocketFile {
 public:
  explicit SocketFile(std::string path);
  void remove() const;  // while it is the same

 private:
  std::string path_;
  std::uint64_t number_;
};

// Listens; `where` learns the port when it asked for any.
Result<std::unique_ptr<Acceptor>> openTcp(const Executor& executor, TcpEndpoint& where);

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
  std::vector<SocketFile> socketFiles;
  std::list<Connection> connections;
  std::list<std::weak_ptr<WebSocket>> webSockets;
  std::function<Task<>(Socket, Connection&, std::string peer)> serveSecured;  // set where TLS is spoken
  bool stopping = false;
  bool sweeping = false;
  TaskScope scope;

  void expireIn(Connection& connection, Duration time) const { connection.expiresAt = clock.sinceStart() + time; }

  Task<> sweep();

  // `secret` is what a connection has to begin with, in a ProxyHeader; null where people connect themselves.
  using Secret = std::shared_ptr<const std::string>;
  Task<> accept(Acceptor& acceptor, Secret secret);  // NOLINT: owned by us, cut before it goes

  Task<> serve(Socket socket, Secret secret);
  // Who asks for what `socket` forwards; nullopt for one that does not know the secret.
  Task<std::optional<std::string>> forwardedPeer(Socket& socket, Secret secret);  // NOLINT: owned by serve()

  // In tls.cpp.
  Task<> secure(  // NOLINT: owned by serve(), which awaits this
      std::shared_ptr<asio::ssl::context> context, Socket socket, Connection& connection, std::string peer);

  // Serves one request after another; returns when the connection is done or became a WebSocket's.
  template <class S>
  Task<> converse(S& socket, Connection& connection, std::string peer, bool secure) {  // NOLINT: owned by serve(), which awaits this
    beast::flat_buffer buffer;
    bool keep = true;
    while (keep && !stopping) {
      RequestParser parser(limits.header);
      expireIn(connection, limits.idle);
      auto unread = parser.take(buffer);
      for (bool begun = false; !unread && !parser.is_header_done();) {
        if (parser.got_some() && !std::exchange(begun, true)) expireIn(connection, limits.headerTime);
        const auto [broken, size] = co_await socket.async_read_some(buffer.prepare(kHeadPiece), kAsTuple);
        unread = parser.takeRead(buffer, broken, size);
      }
      if (unread) co_return co_await turnAway(socket, buffer, refusalOf(unread, limits), true);
      connection.busy = true;
      parser.request.peer = peer;
      parser.request.secure = secure;
      parser.request.upgrade = parser.asksForWebSocket();
      if (handler.takesConnection(parser.request)) co_return co_await handOver(socket, connection, buffer, std::move(parser.request));
      if (parser.request.upgrade) co_return co_await upgrade(socket, connection, std::move(parser.request));
      keep = co_await answer(socket, connection, buffer, parser);
      connection.busy = false;
    }
  }

  // Reads the body, asks the handler, writes the response. Returns whether another request may follow.
  template <class S>
  Task<bool> answer(S& socket, Connection& connection, beast::flat_buffer& buffer, RequestParser& parser) {  // NOLINT: owned by converse()
    auto& request = parser.request;
    const bool wantsBody = request.method != Method::Head;
    if (!parser.is_done()) {
      const auto limit = handler.bodyLimit(request);
      const auto announced = parser.content_length();
      if (announced && *announced > limit.bytes) {
        co_await turnAway(socket, buffer, tooLarge(limit), wantsBody);
        co_return false;
      }
      if (beast::iequals(request.headers.find("Expect"), "100-continue")) {
        co_await asio::async_write(socket, asio::buffer(std::string_view("HTTP/1.1 100 Continue\r\n\r\n")), kAsTuple);
      }
      parser.body_limit(limit.bytes);
      auto unread = parser.take(buffer);
      while (!unread && !parser.is_done()) {
        expireIn(connection, limits.bodyTime);
        const auto [broken, size] = co_await socket.async_read_some(buffer.prepare(kBodyPiece), kAsTuple);
        unread = parser.takeRead(buffer, broken, size);
      }
      if (unread == http::error::body_limit) {
        co_await turnAway(socket, buffer, tooLarge(limit), wantsBody);
        co_return false;
      }
      if (unread) {
        co_await turnAway(socket, buffer, refusalOf(unread, limits), wantsBody);
        co_return false;
      }
    }
    connection.expiresAt = Duration::max();  // handlers bound their own work
    auto answered = co_await ask(std::move(request));
    const auto* response = std::get_if<Response>(&answered);
    check(response != nullptr, "only an upgrade request is answered with an Upgrade, only who takes connections with a Handover");
    expireIn(connection, limits.bodyTime);
    const bool keep = parser.keep_alive() && !stopping;
    co_return co_await writeResponse(socket, *response, keep, wantsBody) && keep;
  }

  static Response tooLarge(const BodyLimit& limit);

  // The last answer on a connection, if anybody is there to read it, with bytes of theirs still on the way.
  template <class S>
  Task<> turnAway(S& socket, beast::flat_buffer& buffer, std::optional<Response> refusal, bool withBody) {  // NOLINT: owned by converse()
    if (refusal && co_await writeResponse(socket, *refusal, false, withBody)) co_await linger(socket, buffer);
  }

  // Says that nothing more comes, and reads on for a moment, so that the peer sees all of the answer instead of a reset.
  template <class S>
  Task<> linger(S& socket, beast::flat_buffer& buffer) {  // NOLINT: owned by converse()
    auto& lowest = beast::get_lowest_layer(socket);
    boost::system::error_code ignored;
    lowest.shutdown(asio::socket_base::shutdown_send, ignored);
    const Deadline deadline(lowest, 2s);
    for (std::size_t seen = 0; seen < (64U << 20U);) {
      buffer.clear();
      const auto [error, size] = co_await socket.async_read_some(buffer.prepare(64U << 10U), kAsTuple);
      if (error) co_return;
      seen += size;
    }
  }

  Task<Answer> ask(Request request);

  template <class S>
  Task<> handOver(S& socket, Connection& connection, beast::flat_buffer& buffer, Request request) {  // NOLINT: owned by converse()
    connection.expiresAt = Duration::max();
    const bool wantsBody = request.method != Method::Head;
    auto answered = co_await ask(std::move(request));
    if (const auto* response = std::get_if<Response>(&answered)) co_return co_await turnAway(socket, buffer, *response, wantsBody);
    connection.busy = false;  // nobody waits for its end
    expireIn(connection, limits.handedOver);
    const auto noteTraffic = [this, &connection] { expireIn(connection, limits.handedOver); };
    auto stream = std::make_shared<StreamOver<S>>(std::move(socket), std::move(buffer), noteTraffic);
    connection.cut = [weak = std::weak_ptr(stream)] {
      if (const auto alive = weak.lock()) alive->abort();
    };
    std::exception_ptr failure;
    try {
      co_await std::get<Handover>(answered).serve(stream);
    } catch (...) {
      failure = std::current_exception();
    }
    if (!failure) co_await linger(stream->socket(), stream->early());
    stream->abort();
    if (failure) std::rethrow_exception(failure);
  }

  template <class S>
  Task<> upgrade(S& socket, Connection& connection, Request request) {  // NOLINT: owned by serve()
    connection.expiresAt = Duration::max();
    auto handshake = handshakeOf(request);
    auto answered = co_await ask(std::move(request));
    if (const auto* refused = std::get_if<Response>(&answered)) {
      co_await writeResponse(socket, *refused, false, true);
      co_return;
    }
    auto& accepted = std::get<Upgrade>(answered);
    auto webSocket = co_await acceptWebSocket(std::move(socket), std::move(handshake), accepted.subprotocol, accepted.maxMessage);
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
