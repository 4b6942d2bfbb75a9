// Forwarder: accepting for another server and carrying the bytes.

#include <boost/asio/write.hpp>
#include <list>

#include "lib/base/log.h"
#include "lib/net/conversation.h"
#include "lib/net/proxy_header.h"

namespace allmende::net {
namespace {

constexpr std::size_t kMostForwarded = 4096;
constexpr std::size_t kPiece = 32U << 10U;
constexpr Duration kPatienceForTarget{10'000};  // that somebody who asks waits while nobody serves
constexpr Duration kPause{50};
constexpr Duration kBetweenLooks{250};  // at whether the target is still the same
constexpr Duration kPatienceToConnect{2'000};
constexpr Duration kPatienceAtTheEnd{2'000};

// Until `from` has ended, which `to` is told, or either is broken.
Task<bool> carry(Socket& from, Socket& to) {  // NOLINT: both live in the coroutine that awaits this
  std::vector<char> piece(kPiece);
  for (;;) {
    const auto [broken, size] = co_await from.async_read_some(asio::buffer(piece), kAsTuple);
    if (broken == asio::error::eof) {
      boost::system::error_code ignored;
      to.shutdown(asio::socket_base::shutdown_send, ignored);
      co_return true;
    }
    if (broken) co_return false;
    const auto [unsent, sent] = co_await asio::async_write(to, asio::buffer(piece.data(), size), kAsTuple);
    if (unsent) co_return false;
  }
}

}  // namespace

struct Forwarder::Impl {
  Impl(Executor on, std::function<std::optional<ForwardTarget>()> asks)
      : executor(std::move(on)), target(std::move(asks)), scope(executor) {}

  Executor executor;
  std::function<std::optional<ForwardTarget>()> target;
  RealClock clock;
  std::unique_ptr<Acceptor> acceptor;
  struct Open {
    Socket* socket;
    std::string secret;  // of the target that it leads to; empty for that of who asks
  };
  std::list<Open> open;
  TaskScope scope;

  // A socket's place among those that stop() cuts.
  class Listed {
   public:
    Listed(Impl& owner, Socket& socket, std::string secret = "")
        : owner_(owner), at_(owner.open.insert(owner.open.end(), {&socket, std::move(secret)})) {}
    Listed(const Listed&) = delete;
    Listed& operator=(const Listed&) = delete;
    ~Listed() { owner_.open.erase(at_); }

   private:
    Impl& owner_;
    std::list<Open>::iterator at_;
  };

  Task<> accept() {
    while (acceptor && acceptor->is_open()) {
      auto [error, socket] = co_await acceptor->async_accept(kAsTuple);
      if (error == asio::error::operation_aborted || !acceptor) co_return;
      if (error) {
        log::warning("connection.refused", {{"error", error.message()}});
        co_await clock.sleep(100ms);
        continue;
      }
      if (open.size() < kMostForwarded) scope.spawn("forwarded connection", forward(std::move(socket)));
    }
  }

  Task<> watchTarget() {
    for (;; co_await clock.sleep(kBetweenLooks)) {
      const auto now = target();
      for (const auto& one : open) {
        if (now && !one.secret.empty() && one.secret != now->secret) cut(*one.socket);
      }
    }
  }

  struct Reached {
    Socket socket;
    std::string secret;
  };
  // A connection to whoever serves, with what it begins with already sent.
  Task<Result<Reached>> reach(const Socket& asker) {  // NOLINT: lives in forward()
    boost::system::error_code error;
    const auto peer = asker.remote_endpoint(error);
    const auto own = error ? peer : asker.local_endpoint(error);
    if (error) co_return fail(Code::Cancelled, "whoever asked has left");
    const auto deadline = clock.sinceStart() + kPatienceForTarget;
    while (clock.sinceStart() < deadline) {
      const auto to = target();
      if (to) {
        if (auto socket = co_await connectSocket(to->where, kPatienceToConnect)) {
          const auto header = writeProxyHeader(peer, own, to->secret);
          const auto [unsent, size] = co_await asio::async_write(*socket, asio::buffer(header), kAsTuple);
          if (!unsent) co_return Reached{*std::move(socket), to->secret};
        }
      }
      co_await clock.sleep(kPause);
    }
    co_return fail(Code::Unavailable, "no server serves");
  }

  // Both ends, held by both directions: each may be the last to end when all is cut short.
  struct Pair {
    Socket asker;
    Socket server;
    void end() {
      cut(asker);
      cut(server);
    }
  };

  Task<> forward(Socket asker) {
    const auto pair = std::make_shared<Pair>(std::move(asker), Socket(executor));
    const Listed first(*this, pair->asker);
    auto reached = co_await reach(pair->asker);
    if (!reached) {
      log::warning("connection.not_forwarded", {{"reason", reached.error().message}});
      co_return pair->end();
    }
    pair->server = std::move(reached->socket);
    const Listed second(*this, pair->server, reached->secret);
    TaskScope back(executor);
    back.spawn("answers", answers(pair));
    if (!co_await carry(pair->asker, pair->server)) pair->end();
    co_await back.drained();
    pair->end();
  }

  static Task<> answers(std::shared_ptr<Pair> pair) {
    if (co_await carry(pair->server, pair->asker)) {
      // Who has had the last of the answer may end by itself: cut at once, it would not see all of it.
      asio::steady_timer patience(pair->asker.get_executor(), kPatienceAtTheEnd);
      co_await patience.async_wait(kAsTuple);
    }
    pair->end();
  }
};

Forwarder::Forwarder(Executor executor, std::function<std::optional<ForwardTarget>()> target)
    : impl_(std::make_shared<Impl>(std::move(executor), std::move(target))) {}
Forwarder::~Forwarder() = default;

Result<Endpoint> Forwarder::listen(TcpEndpoint endpoint) {
  TRY(impl_->acceptor, openTcp(impl_->executor, endpoint));
  impl_->scope.spawn("accept", impl_->accept());
  impl_->scope.spawn("target", impl_->watchTarget());
  return endpoint;
}

InheritedEndpoint Forwarder::release() {
  const auto released = impl_->acceptor->release();
  impl_->acceptor.reset();
  return {released};
}

Task<> Forwarder::stop() {
  auto impl = impl_;
  boost::system::error_code ignored;
  if (impl->acceptor) impl->acceptor->close(ignored);
  for (const auto& one : impl->open) cut(*one.socket);
  co_await impl->scope.close();
}

}  // namespace allmende::net
