// HttpServer: accepting, reading requests within limits, writing answers, handing sockets over.

#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <cstring>

#include "lib/base/log.h"
#include "lib/base/sha256.h"
#include "lib/net/conversation.h"
#include "lib/net/proxy_header.h"

namespace allmende::net {
namespace {

std::string peerOf(const Socket& socket) {
  boost::system::error_code error;
  const auto remote = socket.remote_endpoint(error);
  if (error || (remote.data()->sa_family != AF_INET && remote.data()->sa_family != AF_INET6)) return "unix";
  asio::ip::tcp::endpoint address;
  std::memcpy(address.data(), remote.data(), std::min(remote.size(), address.capacity()));
  return address.address().to_string();
}

}  // namespace

bool Handler::takesConnection(const RequestHead&) const { return false; }

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

Task<> HttpServer::Impl::sweep() {
  while (!stopping) {
    co_await clock.sleep(1s);
    const auto now = clock.sinceStart();
    for (auto at = connections.begin(); at != connections.end();) {
      auto& connection = *at++;
      if (connection.expiresAt < now) connection.cut();
    }
  }
}

Task<> HttpServer::Impl::accept(Acceptor& acceptor, Secret secret) {  // NOLINT: owned by us, cut before it goes
  while (!stopping) {
    auto [error, socket] = co_await acceptor.async_accept(kAsTuple);
    if (stopping || error == asio::error::operation_aborted) co_return;
    if (error) {  // out of descriptors, most likely: wait for some to come free instead of spinning
      log::warning("connection.refused", {{"error", error.message()}});
      co_await clock.sleep(100ms);
      continue;
    }
    scope.spawn("connection", serve(std::move(socket), secret));
  }
}

Task<std::optional<std::string>> HttpServer::Impl::forwardedPeer(Socket& socket, Secret secret) {
  const Deadline deadline(socket, limits.headerTime);
  std::string start(kProxyStart, '\0');
  const auto [cutOff, had] = co_await asio::async_read(socket, asio::buffer(start), kAsTuple);
  const auto length = cutOff ? std::nullopt : lengthOfProxyRest(start);
  if (!length) co_return std::nullopt;
  std::string rest(*length, '\0');
  const auto [broken, size] = co_await asio::async_read(socket, asio::buffer(rest), kAsTuple);
  const auto header = broken ? std::nullopt : readProxyHeader(start, rest);
  if (!header || !sameInConstantTime(header->secret, *secret)) co_return std::nullopt;
  co_return header->peer;
}

Task<> HttpServer::Impl::serve(Socket socket, Secret secret) {
  const int on = 1;
  ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // fails harmlessly on Unix sockets
  auto peer = peerOf(socket);
  if (connections.size() >= limits.connections) {
    co_await writeResponse(socket,
        jsonResponse(
            503, R"({"message":"the server has as many connections as it can hold; try again in a moment","reason":"unavailable"})"),
        false, false);
    cut(socket);
    co_return;
  }
  const Registered entry(*this);
  if (secret) {
    entry->cut = [&socket] { net::cut(socket); };
    auto real = co_await forwardedPeer(socket, std::move(secret));
    if (!real) co_return net::cut(socket);
    peer = *std::move(real);
  }
  if (serveSecured && peer != "unix") co_return co_await serveSecured(std::move(socket), *entry, peer);
  entry->cut = [&socket] { net::cut(socket); };
  boost::system::error_code ignored;
  socket.non_blocking(true, ignored);  // most answers fit and are sent without waiting
  co_await converse(socket, *entry, peer, false);
  net::cut(socket);
}

Response HttpServer::Impl::tooLarge(const BodyLimit& limit) {
  auto response =
      errorResponse({Code::OverLimit, fmt::format("the body is larger than the {} bytes allowed here; {}", limit.bytes, limit.remedy), {}});
  response.status = 413;
  return response;
}

Task<Answer> HttpServer::Impl::ask(Request request) {
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

namespace {

std::uint64_t numberOf(const std::string& path) {
  struct stat found{};
  return ::lstat(path.c_str(), &found) == 0 ? found.st_ino : 0;
}

}  // namespace

SocketFile::SocketFile(std::string path) : path_(std::move(path)), number_(numberOf(path_)) {}

void SocketFile::remove() const {
  if (numberOf(path_) == number_) ::unlink(path_.c_str());
}

HttpServer::HttpServer(Executor executor, Handler& handler, HttpServerLimits limits)
    : impl_(std::make_shared<Impl>(std::move(executor), handler, limits)) {}
HttpServer::~HttpServer() = default;

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

namespace {

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
    if (!error && !where.replaces) return fail(Code::Conflict, "{} is served by another process; stop that one", where.path);
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

}  // namespace

Result<Endpoint> HttpServer::listen(Endpoint endpoint) {
  Result<std::unique_ptr<Acceptor>> acceptor = fail(Code::Internal, "unreachable");
  if (auto* tcp = std::get_if<TcpEndpoint>(&endpoint)) acceptor = openTcp(impl_->executor, *tcp);
  if (const auto* local = std::get_if<UnixEndpoint>(&endpoint)) acceptor = openUnix(impl_->executor, *local);
  if (const auto* inherited = std::get_if<InheritedEndpoint>(&endpoint)) acceptor = adopt(impl_->executor, *inherited);
  if (!acceptor) return std::unexpected(acceptor.error());
  impl_->acceptors.push_back(*std::move(acceptor));
  if (const auto* local = std::get_if<UnixEndpoint>(&endpoint)) impl_->socketFiles.emplace_back(local->path);
  impl_->scope.spawn("accept", impl_->accept(*impl_->acceptors.back(), nullptr));
  if (!impl_->sweeping) impl_->scope.spawn("sweep", impl_->sweep());
  impl_->sweeping = true;
  return endpoint;
}

Result<TcpEndpoint> HttpServer::listenForwarded(TcpEndpoint endpoint, std::string secret) {
  check(!secret.empty(), "what is forwarded comes with a secret");
  TRY(auto acceptor, openTcp(impl_->executor, endpoint));
  impl_->acceptors.push_back(std::move(acceptor));
  impl_->scope.spawn("accept forwarded", impl_->accept(*impl_->acceptors.back(), std::make_shared<const std::string>(std::move(secret))));
  return endpoint;
}

Task<> HttpServer::stop(Duration patience) {
  auto impl = impl_;
  if (impl->stopping) co_return;
  impl->stopping = true;
  boost::system::error_code ignored;
  for (auto& acceptor : impl->acceptors) acceptor->close(ignored);
  for (const auto& file : impl->socketFiles) file.remove();
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
