#include "server/stand_by.h"

namespace allmende {

StandBy::StandBy(Executor executor, lease::Lease& lease, StopSign& stop)
    : executor_(executor), lease_(lease), stop_(stop), forwarder_(std::move(executor), [this] { return lease_.place(); }) {}

Task<> StandBy::awaitLease(Notifier* changed) {
  co_await lease_.await();
  hasLease_ = true;
  changed->notifyAll();
}

Task<> StandBy::awaitStop(Notifier* changed) {
  co_await stop_.wait();
  changed->notifyAll();
}

Task<Result<std::optional<Street>>> StandBy::run(net::TcpEndpoint wanted, std::function<void(std::uint16_t port)> tell) {
  CO_TRY(const auto where, during("listening where host and port say", forwarder_.listen(std::move(wanted))));
  const auto& listening = std::get<net::TcpEndpoint>(where);
  tell(listening.port);
  Notifier changed(executor_);
  TaskScope waiting(executor_);
  waiting.spawn("lease", awaitLease(&changed));
  waiting.spawn("stop", awaitStop(&changed));
  while (!hasLease_ && !stop_.isRaised()) co_await changed.wait();
  co_await waiting.close();
  if (!hasLease_) co_return std::nullopt;
  co_return Street{listening, forwarder_.release()};
}

Task<> StandBy::close() { co_await forwarder_.stop(); }

}  // namespace allmende
