#pragma once
// What listens in this runtime, and the way to it: web apps that its person starts.

#include <sys/types.h>

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/processes/processes.h"
#include "lib/base/result.h"
#include "lib/base/task.h"
#include "lib/net/net.h"

namespace allmende::ports {

struct Listening {
  std::uint16_t port = 0;
  std::string program;  // its command line, shortened; empty when it cannot be seen
};

class Ports {
 public:
  static constexpr std::size_t kMostLeftOut = 1'024;

  // Looks through /proc as `user`, whose processes they are, on a thread of `pool`.
  Ports(net::Pool& pool, processes::User user) : pool_(pool), user_(user) {}

  // TCP ports that take connections, each once, by number.
  Task<Result<std::vector<Listening>>> list();
  // What this process listens at by now is its own affair: a kernel hears its children's output at a port.
  void leaveOut(pid_t process);

 private:
  net::Pool& pool_;
  processes::User user_;
  std::deque<std::uint64_t> leftOut_;  // inodes of sockets, the oldest first
};

// The sockets that listen, in the form of /proc/net/tcp and tcp6; lines that are of another form are left out.
struct ListeningSocket {
  std::uint16_t port = 0;
  std::uint64_t inode = 0;
};
std::vector<ListeningSocket> listeningSocketsIn(std::string_view table);

// A connection to whatever listens at a port of 127.0.0.1 or ::1. NotFound when nothing does.
Task<Result<std::unique_ptr<net::Stream>>> dial(std::uint16_t port);

// Carries bytes both ways until either side ends: what comes in binary frames is sent, what is received becomes one.
Task<> carry(std::shared_ptr<net::WebSocket> client, std::shared_ptr<net::Stream> app);

}  // namespace allmende::ports
