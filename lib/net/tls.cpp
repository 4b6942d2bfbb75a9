// TLS: a server's sockets that speak it, and everything that only they need.

#include "lib/net/tls_socket.h"
// The sockets come first, so that the templates below find what is made for them.
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include "lib/net/conversation.h"
#include "lib/net/socket_over.h"

namespace allmende::net {
namespace {

using Context = asio::ssl::context;

Result<std::shared_ptr<Context>> load(const TlsFiles& files) {
  auto context = std::make_shared<Context>(Context::tls_server);
  boost::system::error_code error;
  context->set_options(Context::default_workarounds | Context::no_tlsv1 | Context::no_tlsv1_1);
  context->use_certificate_chain_file(files.certificateChain, error);
  if (error) return fail(Code::InvalidInput, "the TLS certificate {} cannot be used: {}", files.certificateChain, error.message());
  context->use_private_key_file(files.privateKey, Context::pem, error);
  if (error) return fail(Code::InvalidInput, "the TLS key {} cannot be used: {}", files.privateKey, error.message());
  return context;
}

}  // namespace

Task<> HttpServer::Impl::secure(std::shared_ptr<asio::ssl::context> context, Socket socket, Connection& connection, std::string peer) {
  TlsSocket secured(std::move(socket), *context);
  connection.cut = [&secured] { net::cut(secured.next_layer()); };
  expireIn(connection, limits.headerTime);
  const auto [error] = co_await secured.async_handshake(asio::ssl::stream_base::server, kAsTuple);
  if (!error) co_await converse(secured, connection, std::move(peer), true);
  net::cut(secured.next_layer());
}

Result<Endpoint> HttpServer::listenTls(Endpoint endpoint, const TlsFiles& files) {
  TRY(auto context, load(files));
  impl_->serveSecured = [impl = impl_.get(), context](Socket socket, Impl::Connection& connection, std::string peer) {
    return impl->secure(context, std::move(socket), connection, std::move(peer));
  };
  return listen(std::move(endpoint));
}

Task<std::shared_ptr<WebSocket>> acceptWebSocket(
    TlsSocket socket, http::request<http::string_body> request, std::string subprotocol, std::size_t maxMessage) {
  return acceptOver(std::move(socket), std::move(request), std::move(subprotocol), maxMessage);
}

}  // namespace allmende::net
