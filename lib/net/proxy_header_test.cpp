#include "lib/net/proxy_header.h"

#include <gtest/gtest.h>

#include <boost/asio/ip/tcp.hpp>

namespace allmende::net {
namespace {

asio::generic::stream_protocol::endpoint at(const char* address, std::uint16_t port) {
  return asio::ip::tcp::endpoint(asio::ip::make_address(address), port);
}

std::optional<ProxyHeader> readAgain(const std::string& header) {
  return readProxyHeader(std::string_view(header).substr(0, kProxyStart), std::string_view(header).substr(kProxyStart));
}

TEST(ProxyHeader, isReadAsItWasWritten) {
  for (const char* peer : {"192.0.2.7", "2001:db8::7"}) {
    const auto header = writeProxyHeader(at(peer, 4711), at(peer, 80), "let me in");
    ASSERT_EQ(lengthOfProxyRest(std::string_view(header).substr(0, kProxyStart)), header.size() - kProxyStart);
    const auto read = readAgain(header);
    ASSERT_TRUE(read) << peer;
    EXPECT_EQ(read->peer, peer);
    EXPECT_EQ(read->secret, "let me in");
  }
}

TEST(ProxyHeader, isTheOneOfTheProtocol) {
  const auto header = writeProxyHeader(at("192.0.2.7", 0x1267), at("192.0.2.1", 80), "s");
  EXPECT_EQ(header, std::string("\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x10\xc0\0\x02\x07\xc0\0\x02\x01\x12\x67\0\x50\xe0\0\x01s", 32));
}

TEST(ProxyHeader, thatIsCutOffOrChangedOrWithoutASecretIsRefused) {
  const auto header = writeProxyHeader(at("192.0.2.7", 4711), at("192.0.2.1", 80), "secret");
  for (std::size_t length = 0; length < header.size(); ++length) {
    const auto part = header.substr(0, length);
    if (length <= kProxyStart) {
      EXPECT_FALSE(readProxyHeader(part, "")) << length;
    } else {
      EXPECT_FALSE(readAgain(part)) << length;
    }
  }
  for (const std::size_t changed : {0U, 11U, 12U, 13U, 14U, 15U, 28U, 29U, 30U}) {
    auto other = header;
    other[changed] = static_cast<char>(other[changed] + 1);
    EXPECT_FALSE(readAgain(other)) << changed;
  }
  EXPECT_FALSE(readAgain(writeProxyHeader(at("192.0.2.7", 4711), at("192.0.2.1", 80), "")));
}

}  // namespace
}  // namespace allmende::net
