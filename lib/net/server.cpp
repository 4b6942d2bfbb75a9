// HttpServer: accepting, reading requests within limits, writing answers, handing sockets over.

#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <cstring>

#include "lib/base/log.h"
#include "lib/net/response_writer.h"
#include "lib/net/socket.h"

namespace allmende::net {
namespace {

namespace http = beast::http;
using Acceptor = asio::basic_socket_acceptor<asio::generic::stream_protocol>;

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

template <class Body>
RequestHead headOf(const http::request<Body>& message, const std::string& peer, bool secure) {
  RequestHead head;
  head.method = methodOf(message.method());
  head.target = {message.target().data(), message.target().size()};
  const auto question = std::min(head.target.find('?'), head.target.size());
  head.path = head.target.substr(0, question);
  head.query = Query::parse(std::string_view(head.target).substr(std::min(question + 1, head.target.size())));
  for (const auto& field : message.base()) {
    head.headers.add({field.name_string().data(), field.name_string().size()}, {field.value().data(), field.value().size()});
  }
  head.peer = peer;
  head.secure = secure;
  head.upgrade = beast::websocket::is_upgrade(message);
  return head;
}

// What a request that could not be read is told; nullopt when nobody is there to read it.
std::optional<Response> refusalOf(const boost::system::error_code& error, const HttpServerLimits& limits) {
  if (error == http::error::header_limit)
    return jsonResponse(
        431, fmt::format(R"({{"message":"the request's headers are larger than {} bytes","reason":"invalid_input"}})", limits.header));
  if (error.category() == make_error_code(http::error::bad_target).category() && error != http::error::end_of_stream &&
      error != http::error::partial_message) {
    return jsonResponse(400, fmt::format(R"({{"message":"this is no valid HTTP request: {}","reason":"invalid_input"}})", error.message()));
  }
  return std::nullopt;
}

}  // namespace

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
  std::shared_ptr<asio::ssl::context> tls;
  bool stopping = false;
  bool sweeping = false;
  TaskScope scope;

  void expireIn(Connection& connection, Duration time) const { connection.expiresAt = clock.sinceStart() + time; }

  Task<> sweep() {
    while (!stopping) {
      co_await clock.sleep(1s);
      const auto now = clock.sinceStart();
      for (auto at = connections.begin(); at != connections.end();) {
        auto& connection = *at++;
        if (connection.expiresAt < now) connection.cut();
      }
    }
  }

  Task<> accept(Acceptor& acceptor) {  // NOLINT: owned by us, cut before it goes
    while (!stopping) {
      auto [error, socket] = co_await acceptor.async_accept(kAsTuple);
      if (stopping || error == asio::error::operation_aborted) co_return;
      if (error) {  // out of descriptors, most likely: wait for some to come free instead of spinning
        log::warning("connection.refused", {{"error", error.message()}});
        co_await clock.sleep(100ms);
        continue;
      }
      scope.spawn("connection", serve(std::move(socket)));
    }
  }

  Task<> serve(Socket socket) {
    const int on = 1;
    ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // fails harmlessly on Unix sockets
    const auto peer = peerOf(socket);
    if (connections.size() >= limits.connections) {
      co_await writeResponse(socket,
          jsonResponse(
              503, R"({"message":"the server has as many connections as it can hold; try again in a moment","reason":"unavailable"})"),
          false, false);
      cut(socket);
      co_return;
    }
    const Registered entry(*this);
    if (tls && peer != "unix") {
      TlsSocket secured(std::move(socket), *tls);
      entry->cut = [&secured] { net::cut(secured.next_layer()); };
      expireIn(*entry, limits.headerTime);
      const auto [error] = co_await secured.async_handshake(asio::ssl::stream_base::server, kAsTuple);
      if (!error) co_await converse(secured, *entry, peer, true);
      net::cut(secured.next_layer());
    } else {
      entry->cut = [&socket] { net::cut(socket); };
      co_await converse(socket, *entry, peer, false);
      net::cut(socket);
    }
  }

  static std::string peerOf(const Socket& socket) {
    boost::system::error_code error;
    const auto remote = socket.remote_endpoint(error);
    if (error || (remote.data()->sa_family != AF_INET && remote.data()->sa_family != AF_INET6)) return "unix";
    asio::ip::tcp::endpoint address;
    std::memcpy(address.data(), remote.data(), std::min(remote.size(), address.capacity()));
    return address.address().to_string();
  }

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
      auto head = headOf(headParser.get(), peer, secure);
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

  static Response tooLarge(std::size_t limit) {
    return jsonResponse(
        413, fmt::format(R"({{"message":"the body is larger than the {} bytes allowed here","reason":"over_limit"}})", limit));
  }

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

  Task<Answer> ask(Request request) {
    std::string broken;
    try {
      co_return co_await handler.handle(std::move(request));
    } catch (const boost::system::system_error& error) {
      if (error.code() == asio::error::operation_aborted) throw;
      broken = error.what();
    } catch (const std::exception& error) {
      broken = error.what();
    }
    log::error("request.failed", {{"error", broken}});
    co_return errorResponse({Code::Internal, "something broke on our side; it is in the server's log", {}});
  }

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

HttpServer::HttpServer(Executor executor, Handler& handler, HttpServerLimits limits)
    : impl_(std::make_shared<Impl>(std::move(executor), handler, limits)) {}
HttpServer::~HttpServer() = default;

namespace {

Result<std::unique_ptr<Acceptor>> openTcp(const Executor& executor, TcpEndpoint& where) {
  boost::system::error_code error;
  const auto address = asio::ip::make_address(where.host, error);
  if (error) return fail(Code::InvalidInput, "'{}' is no address to listen on; write for instance 127.0.0.1, 0.0.0.0 or ::1", where.host);
  const asio::ip::tcp::endpoint endpoint(address, where.port);
  auto acceptor = std::make_unique<Acceptor>(executor);
  acceptor->open(asio::generic::stream_protocol(endpoint.protocol()), error);
  if (!error) acceptor->set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor->bind(asio::generic::stream_protocol::endpoint(endpoint), error);
  if (!error) acceptor->listen(1024, error);
  if (error == asio::error::address_in_use) {
    return fail(Code::Conflict, "port {} of {} is already in use; choose another one, or stop what uses it", where.port, where.host);
  }
  if (error == asio::error::access_denied)
    return fail(Code::Denied, "port {} needs rights this process has not; choose one above 1023", where.port);
  if (error) return fail(Code::InvalidInput, "cannot listen on {}:{}: {}", where.host, where.port, error.message());
  asio::ip::tcp::endpoint bound;
  const auto local = acceptor->local_endpoint(error);
  std::memcpy(bound.data(), local.data(), std::min(local.size(), bound.capacity()));
  where.port = bound.port();
  return acceptor;
}

Result<std::unique_ptr<Acceptor>> openUnix(const Executor& executor, const UnixEndpoint& where) {
  if (where.path.size() >= sizeof(sockaddr_un::sun_path)) {
    return fail(Code::InvalidInput, "the socket path {} is longer than {} bytes; use a shorter data directory", where.path,
        sizeof(sockaddr_un::sun_path) - 1);
  }
  boost::system::error_code error;
  const asio::local::stream_protocol::endpoint endpoint(where.path);
  struct stat found{};
  if (::stat(where.path.c_str(), &found) == 0 && S_ISSOCK(found.st_mode)) {
    asio::io_context probing;
    asio::local::stream_protocol::socket probe(probing);
    probe.connect(endpoint, error);
    if (!error) return fail(Code::Conflict, "{} is served by another process; stop that one", where.path);
    ::unlink(where.path.c_str());
  }
  auto acceptor = std::make_unique<Acceptor>(executor);
  acceptor->open(asio::generic::stream_protocol(endpoint.protocol()), error);
  const auto mask = ::umask(0777 & ~where.mode);
  if (!error) acceptor->bind(asio::generic::stream_protocol::endpoint(endpoint), error);
  ::umask(mask);
  if (!error) acceptor->listen(1024, error);
  if (error) return fail(Code::InvalidInput, "cannot listen on {}: {}", where.path, error.message());
  return acceptor;
}

Result<std::unique_ptr<Acceptor>> adopt(const Executor& executor, const InheritedEndpoint& where) {
  boost::system::error_code error;
  auto acceptor = std::make_unique<Acceptor>(executor);
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getsockname(where.fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    return fail(Code::InvalidInput, "descriptor {} is no socket: {}", where.fd, std::strerror(errno));
  }
  ::fcntl(where.fd, F_SETFD, FD_CLOEXEC);  // children must not hold it
  acceptor->assign(asio::generic::stream_protocol(address.ss_family, 0), where.fd, error);
  if (error) return fail(Code::InvalidInput, "descriptor {} cannot be listened on: {}", where.fd, error.message());
  return acceptor;
}

Result<std::shared_ptr<asio::ssl::context>> loadTls(const TlsFiles& files) {
  auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
  boost::system::error_code error;
  context->set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1);
  context->use_certificate_chain_file(files.certificateChain, error);
  if (error) return fail(Code::InvalidInput, "the TLS certificate {} cannot be used: {}", files.certificateChain, error.message());
  context->use_private_key_file(files.privateKey, asio::ssl::context::pem, error);
  if (error) return fail(Code::InvalidInput, "the TLS key {} cannot be used: {}", files.privateKey, error.message());
  return context;
}

}  // namespace

Result<Endpoint> HttpServer::listen(Endpoint endpoint, std::optional<TlsFiles> tls) {
  if (tls) {
    TRY(impl_->tls, loadTls(*tls));
  }
  Result<std::unique_ptr<Acceptor>> acceptor = fail(Code::Internal, "unreachable");
  if (auto* tcp = std::get_if<TcpEndpoint>(&endpoint)) acceptor = openTcp(impl_->executor, *tcp);
  if (const auto* local = std::get_if<UnixEndpoint>(&endpoint)) acceptor = openUnix(impl_->executor, *local);
  if (const auto* inherited = std::get_if<InheritedEndpoint>(&endpoint)) acceptor = adopt(impl_->executor, *inherited);
  if (!acceptor) return std::unexpected(acceptor.error());
  impl_->acceptors.push_back(*std::move(acceptor));
  if (const auto* local = std::get_if<UnixEndpoint>(&endpoint)) impl_->socketFiles.push_back(local->path);
  impl_->scope.spawn("accept", impl_->accept(*impl_->acceptors.back()));
  if (!impl_->sweeping) impl_->scope.spawn("sweep", impl_->sweep());
  impl_->sweeping = true;
  return endpoint;
}

Task<> HttpServer::stop(Duration patience) {
  auto impl = impl_;
  if (impl->stopping) co_return;
  impl->stopping = true;
  boost::system::error_code ignored;
  for (auto& acceptor : impl->acceptors) acceptor->close(ignored);
  for (const auto& path : impl->socketFiles) ::unlink(path.c_str());
  TaskScope closing(impl->executor);
  for (auto& weak : impl->webSockets) {
    if (auto socket = weak.lock()) closing.spawn("close socket", impl->closeSocket(std::move(socket)));
  }
  for (auto at = impl->connections.begin(); at != impl->connections.end();) {
    auto& connection = *at++;
    if (!connection.busy) connection.cut();
  }
  const auto deadline = impl->clock.sinceStart() + patience;
  while (!impl->connections.empty() && impl->clock.sinceStart() < deadline) co_await impl->clock.sleep(10ms);
  for (auto at = impl->connections.begin(); at != impl->connections.end();) {
    auto& connection = *at++;
    connection.cut();
  }
  co_await closing.close();
  co_await impl->scope.close();
}

std::size_t HttpServer::connections() const { return impl_->connections.size(); }
std::size_t HttpServer::webSockets() const { return impl_->webSockets.size(); }

}  // namespace allmende::net
