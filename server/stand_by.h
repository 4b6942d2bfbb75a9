#pragma once
// What a server does until it may serve: waits for the lease, and forwards to whoever has it.

#include <memory>
#include <optional>

#include "server/lease/lease.h"
#include "server/settings.h"

namespace allmende {

// Set once; the end of the program, whoever asked for it.
class StopSign {
 public:
  explicit StopSign(Executor executor) : raised_(std::move(executor)) {}
  void raise() {
    isRaised_ = true;
    raised_.notifyAll();
  }
  bool isRaised() const { return isRaised_; }
  Task<> wait() {
    while (!isRaised_) co_await raised_.wait();
  }

 private:
  bool isRaised_ = false;
  Notifier raised_;
};

// Where people connect, open already while the rooms are not.
struct Street {
  net::TcpEndpoint where;
  net::InheritedEndpoint listening;
};

class StandBy {
 public:
  // `lease` and `stop` outlive us.
  StandBy(Executor executor, lease::Lease& lease, StopSign& stop);
  // Listens where host and port say and says so with `tell`, until this server has the lease or is stopped, which gives nullopt.
  // The failures of HttpServer::listen().
  Task<Result<std::optional<Street>>> run(net::TcpEndpoint wanted, std::function<void(std::uint16_t port)> tell);
  // Ends the connections that still go by us.
  Task<> close();

 private:
  Task<> awaitLease(Notifier* changed);
  Task<> awaitStop(Notifier* changed);

  Executor executor_;
  lease::Lease& lease_;
  StopSign& stop_;
  bool hasLease_ = false;
  net::Forwarder forwarder_;
};

}  // namespace allmende
