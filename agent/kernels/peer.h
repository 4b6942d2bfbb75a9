#pragma once
// Behind the door: one ZMTP connection to one socket of a kernel.

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "lib/base/clock.h"
#include "lib/jupyter/jupyter.h"
#include "lib/net/net.h"

namespace allmende::kernels {

class Peer {
 public:
  struct Demand {
    std::string path;
    std::string_view socketType;  // "DEALER" or "SUB"; a SUB subscribes to everything
    std::string identity;         // of a DEALER
    std::size_t readAtOnce = 4096;
  };
  using OnMessage = std::function<void(std::vector<std::string>)>;

  // `onMessage` is called on the loop, as fast as messages come: it must take them in at once.
  Peer(Executor executor, Demand demand, OnMessage onMessage);

  // Dials until somebody listens there and says READY. Fails with TimedOut after `patience`.
  Task<Result<>> connect(Duration patience);
  // Queues a message. Waits while more than 64 MB wait to be taken by the kernel. Fails with Unavailable when the connection is gone.
  Task<Result<>> send(std::vector<std::string> frames);
  // Returns when the kernel's side has closed and all it said was handed on, or after `patience`.
  Task<> drained(Duration patience);
  // Cuts the connection and waits until nothing of it runs.
  Task<> close();

 private:
  Task<> read();
  Task<> write();
  Result<> take();

  Demand demand_;
  OnMessage onMessage_;
  std::unique_ptr<net::Stream> stream_;
  jupyter::ZmtpParser parser_;
  std::deque<std::string> waiting_;  // at most kMostWaiting bytes: send() waits
  std::size_t waitingBytes_ = 0;
  bool ready_ = false;
  bool gone_ = false;
  Notifier changed_;
  TaskScope scope_;
};

}  // namespace allmende::kernels
