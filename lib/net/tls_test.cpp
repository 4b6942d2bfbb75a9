// TLS by files: what it serves, and what unusable files are told.

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/write.hpp>
#include <cstdio>
#include <fstream>
#include <memory>

#include "lib/base/testing.h"
#include "lib/net/tls_socket.h"

namespace allmende::net {
namespace {

class SaysWhetherSecure final : public Handler {
 public:
  Task<Answer> handle(Request request) override { co_return textResponse(200, request.secure ? "secure" : "plain"); }
};

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
  void operator()(EVP_PKEY* key) const { ::EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { ::X509_free(certificate); }
};
template <class T>
using Owned = std::unique_ptr<T, Close>;

// Writes a key and a certificate that it has signed itself.
TlsFiles makeTlsFiles(const std::filesystem::path& folder, const std::string& name) {
  TlsFiles files{.certificateChain = folder / (name + ".crt"), .privateKey = folder / (name + ".key")};
  const Owned<EVP_PKEY> key(::EVP_EC_gen("P-256"));
  const Owned<X509> certificate(::X509_new());
  ::X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
  ::X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  ::X509_set_pubkey(certificate.get(), key.get());
  ::X509_sign(certificate.get(), key.get(), ::EVP_sha256());
  const Owned<std::FILE> keyFile(std::fopen(files.privateKey.c_str(), "w"));
  ::PEM_write_PrivateKey(keyFile.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  const Owned<std::FILE> certificateFile(std::fopen(files.certificateChain.c_str(), "w"));
  ::PEM_write_X509(certificateFile.get(), certificate.get());
  return files;
}

Task<std::string> askOverTls(std::uint16_t port) {
  asio::ssl::context trusting(asio::ssl::context::tls_client);
  auto plain = co_await connectSocket(TcpEndpoint{"127.0.0.1", port}, 1s);
  TlsSocket socket(*std::move(plain), trusting);
  const auto [unshaken] = co_await socket.async_handshake(asio::ssl::stream_base::client, kAsTuple);
  if (unshaken) co_return unshaken.message();
  co_await asio::async_write(socket, asio::buffer(std::string_view("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")), kAsTuple);
  std::string got;
  std::array<char, 4096> piece{};
  for (;;) {
    const auto [error, size] = co_await socket.async_read_some(asio::buffer(piece), kAsTuple);
    got.append(piece.data(), size);
    if (error) co_return got;
  }
}

Task<int> askServerWith(EventLoop& loop, TlsFiles files, std::string& got) {  // NOLINT: both live in the test
  SaysWhetherSecure handler;
  HttpServer server(loop.executor(), handler);
  const auto where = server.listenTls(TcpEndpoint{}, files);
  got = where ? co_await askOverTls(std::get<TcpEndpoint>(*where).port) : where.error().message;
  co_await server.stop(1s);
  co_return 0;
}

std::string answerWith(TlsFiles files) {
  EventLoop loop;
  std::string got;
  loop.run(askServerWith(loop, std::move(files), got));
  return got;
}

TEST(Tls, servesRequestsAndSaysThatTheyAreSecure) {
  const testing::TemporaryFolder folder;
  EXPECT_TRUE(answerWith(makeTlsFiles(folder.path(), "ours")).ends_with("\r\n\r\nsecure"));
}

TEST(Tls, refusesUnusableFilesByTheirName) {
  const testing::TemporaryFolder folder;
  const auto ours = makeTlsFiles(folder.path(), "ours");
  const auto other = makeTlsFiles(folder.path(), "other");
  const auto nonsense = (folder.path() / "nonsense").string();
  std::ofstream(nonsense) << "this is no PEM\n";
  EXPECT_TRUE(answerWith({nonsense, ours.privateKey}).starts_with("the TLS certificate " + nonsense + " cannot be used: "));
  EXPECT_TRUE(answerWith({"/nowhere", ours.privateKey}).contains("/nowhere cannot be used: No such file or directory"));
  EXPECT_TRUE(answerWith({ours.certificateChain, nonsense}).starts_with("the TLS key " + nonsense + " cannot be used: "));
  EXPECT_TRUE(answerWith({ours.certificateChain, other.privateKey}).contains("key values mismatch"));
}

}  // namespace
}  // namespace allmende::net
