#include "agent/ports/ports.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

namespace allmende::ports {
namespace {

TEST(ListeningSockets, areReadFromTheKernelsTable) {
  const auto sockets = listeningSocketsIn(
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
      "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4242 1 0000000000000000 100 0 0 10 0\n"
      "   1: 0100007F:1F91 0100007F:9C40 01 00000000:00000000 00:00000000 00000000  1000        0 4243 1 0000000000000000 20 4 30 10 -1\n"
      "   2: 00000000000000000000000001000000:0016 00000000000000000000000000000000:0000 0A 0:0 0:0 0 0 0 7 1\n"
      "   3: nonsense 0 0A\n"
      "   4: 0100007F:XYZ 0 0A 0 0 0 0 0 8\n");
  ASSERT_EQ(sockets.size(), 2U);
  EXPECT_EQ(sockets[0].port, 8080);
  EXPECT_EQ(sockets[0].inode, 4242U);
  EXPECT_EQ(sockets[1].port, 22);
}

// A socket that listens at any free port of 127.0.0.1.
class Listener {
 public:
  Listener() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    check(::bind(fd_, reinterpret_cast<sockaddr*>(&address), size) == 0 && ::listen(fd_, 1) == 0, "a free port can be listened at");
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
    port = ntohs(address.sin_port);
  }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  ~Listener() { ::close(fd_); }
  std::uint16_t port = 0;

 private:
  int fd_;
};

Task<int> listPorts(Ports& ports, std::vector<Listening>& into) {  // NOLINT: both live in the test
  auto all = co_await ports.list();
  check(all.has_value(), "a pool with room works");
  into = *std::move(all);
  co_return 0;
}

TEST(Ports, areToldWithTheProgramButForThoseThatWereLeftOut) {
  net::EventLoop loop;
  net::Pool pool("test", 1, 8);
  Ports ports(pool, {});
  const Listener ofTheKernel;
  ports.leaveOut(::getpid());
  const Listener ofThePerson;
  std::vector<Listening> all;
  loop.run(listPorts(ports, all));
  const auto found = std::ranges::find(all, ofThePerson.port, &Listening::port);
  ASSERT_NE(found, all.end());
  EXPECT_TRUE(found->program.contains("ports_test")) << found->program;
  EXPECT_EQ(std::ranges::find(all, ofTheKernel.port, &Listening::port), all.end());
}

}  // namespace
}  // namespace allmende::ports
