#pragma once
// Behind the door: one ZMTP connection to one socket of a kernel.

#include <deque>
#include <functional>
#include <memory>
#include <optional>
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

  // `onMessage` is called on the loop, as fast as messages come: it must take them in at once. `onFault` is called once, when the
  // connection is gone, unless we closed it.
  Peer(Executor executor, Demand demand, OnMessage onMessage, std::function<void()> onFault);

  // Dials until somebody listens there and says READY. Fails with TimedOut after `patience`.
  Task<Result<>> connect(Duration patience);
  // Queues a message. Waits while more than 8 MB wait to be taken by the kernel. Fails with Unavailable when the connection is gone.
  Task<Result<>> send(std::vector<std::string> frames);
  // The same at once, whatever waits: for the few small requests that are ours.
  Result<> push(std::vector<std::string> frames);
  // Why the connection is gone; nullopt while it is not.
  const std::optional<Error>& fault() const { return fault_; }
  // Returns when the kernel's side has closed and all it said was handed on, or after `patience`.
  Task<> drained(Duration patience);
  // Cuts the connection and waits until nothing of it runs.
  Task<> close();

 private:
  Task<> read();
  Task<> write();
  Result<> take();
  void fail(Error fault);

  Demand demand_;
  OnMessage onMessage_;
  std::function<void()> onFault_;
  std::unique_ptr<net::Stream> stream_;
  jupyter::ZmtpParser parser_;
  std::deque<std::string> waiting_;  // send() waits beyond kMostWaiting bytes, and who pings without reading goes unanswered
  std::size_t waitingBytes_ = 0;
  bool ready_ = false;
  std::optional<Error> fault_;
  Notifier changed_;
  TaskScope scope_;
};

}  // namespace allmende::kernels
