// Connecting, deadlines, byte streams.

#include "lib/net/socket.h"

#include <netinet/tcp.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include "lib/net/stream_over.h"

namespace allmende::net {

Deadline::Deadline(Socket& socket, Duration patience) : timer_(socket.get_executor(), patience), expired_(std::make_shared<bool>(false)) {
  timer_.async_wait([&socket, expired = expired_](const boost::system::error_code& error) {
    if (error) return;  // called off; the socket may be gone
    *expired = true;
    cut(socket);
  });
}

void cut(Socket& socket) {
  boost::system::error_code ignored;
  socket.shutdown(asio::socket_base::shutdown_both, ignored);
  socket.close(ignored);
}

std::string describe(const Endpoint& endpoint) {
  if (const auto* tcp = std::get_if<TcpEndpoint>(&endpoint)) return fmt::format("{}:{}", tcp->host, tcp->port);
  if (const auto* local = std::get_if<UnixEndpoint>(&endpoint)) return local->path;
  return fmt::format("the inherited socket {}", std::get<InheritedEndpoint>(endpoint).fd);
}

Task<Result<Socket>> connectSocket(Endpoint to, Duration patience) {
  const auto executor = co_await asio::this_coro::executor;
  if (const auto* local = std::get_if<UnixEndpoint>(&to)) {
    if (local->path.size() >= sizeof(sockaddr_un::sun_path)) {
      co_return fail(Code::InvalidInput, "the socket path {} is longer than {} bytes", local->path, sizeof(sockaddr_un::sun_path) - 1);
    }
    asio::local::stream_protocol::socket socket(executor);
    const auto [error] = co_await socket.async_connect({local->path}, kAsTuple);
    if (error) co_return fail(Code::Unavailable, "nobody answers on {}: {}", local->path, error.message());
    co_return Socket(std::move(socket));
  }
  const auto* tcp = std::get_if<TcpEndpoint>(&to);
  if (tcp == nullptr) co_return fail(Code::InvalidInput, "an inherited socket cannot be dialled");
  asio::ip::tcp::resolver resolver(executor);
  const auto [unresolved, found] = co_await resolver.async_resolve(tcp->host, std::to_string(tcp->port), kAsTuple);
  if (unresolved) co_return fail(Code::Unavailable, "{} cannot be resolved: {}", tcp->host, unresolved.message());
  for (const auto& entry : found) {
    Socket socket(executor, asio::generic::stream_protocol(entry.endpoint().protocol()));
    const Deadline deadline(socket, patience);
    const auto [error] = co_await socket.async_connect(asio::generic::stream_protocol::endpoint(entry.endpoint()), kAsTuple);
    if (deadline.expired()) co_return fail(Code::TimedOut, "{} did not answer within {} ms", describe(to), patience.count());
    if (error) continue;
    const int on = 1;
    ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    co_return socket;
  }
  co_return fail(Code::Unavailable, "nobody answers on {}", describe(to));
}

Task<Result<std::unique_ptr<Stream>>> dial(Endpoint to, Duration patience) {
  CO_TRY(auto socket, co_await connectSocket(std::move(to), patience));
  co_return std::make_unique<StreamOver<Socket>>(std::move(socket));
}

}  // namespace allmende::net
