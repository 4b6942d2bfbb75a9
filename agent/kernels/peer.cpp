#include "agent/kernels/peer.h"

#include "lib/base/log.h"

namespace allmende::kernels {
namespace {

constexpr std::size_t kMostWaiting = 64U << 20U;
constexpr Duration kFirstPause{2};
constexpr Duration kLongestPause{50};

}  // namespace

Peer::Peer(Executor executor, Demand demand, OnMessage onMessage)
    : demand_(std::move(demand)), onMessage_(std::move(onMessage)), changed_(executor), scope_(executor) {}

// A kernel takes half a second to bind its sockets, and tells nobody when it has.
Task<Result<>> Peer::connect(Duration patience) {
  RealClock clock;
  const auto end = clock.sinceStart() + patience;
  for (auto pause = kFirstPause; !stream_; pause = std::min(pause * 2, kLongestPause)) {
    auto dialled = co_await net::dial(net::UnixEndpoint{demand_.path}, patience);
    if (dialled) {
      stream_ = *std::move(dialled);
    } else if (clock.sinceStart() >= end) {
      co_return fail(Code::TimedOut, "nobody listened on {} within {} s", demand_.path, patience.count() / 1000);
    } else {
      co_await clock.sleep(pause);
    }
  }
  scope_.spawn("kernel connection, reading", read());
  waiting_.push_back(jupyter::zmtpGreeting() + jupyter::zmtpReady(demand_.socketType, demand_.identity));
  scope_.spawn("kernel connection, writing", write());
  while (!ready_ && !gone_ && clock.sinceStart() < end) co_await changed_.waitFor(end - clock.sinceStart());
  if (gone_) co_return fail(Code::Unavailable, "the kernel closed {} again", demand_.path);
  if (!ready_) co_return fail(Code::TimedOut, "{} did not open within {} s", demand_.path, patience.count() / 1000);
  if (demand_.socketType == "SUB") {  // libzmq hangs up on who subscribes before it is ready
    waiting_.push_back(jupyter::zmtpSubscribeAll());
    changed_.notifyAll();
  }
  co_return Result<>{};
}

Task<Result<>> Peer::send(std::vector<std::string> frames) {
  while (waitingBytes_ > kMostWaiting && !gone_) co_await changed_.wait();
  if (gone_) co_return fail(Code::Unavailable, "the kernel is gone");
  waiting_.push_back(jupyter::zmtpMessage(frames));
  waitingBytes_ += waiting_.back().size();
  changed_.notifyAll();
  co_return Result<>{};
}

Task<> Peer::read() {
  Result<> result;
  while (result) {
    const auto [into, size] = parser_.room(demand_.readAtOnce);
    const auto got = co_await stream_->readSome({into, size});
    if (!got) break;
    parser_.took(*got);
    result = take();
  }
  if (!result) log::warning("kernel.spoke_nonsense", {{"socket", demand_.path}, {"message", result.error().message}});
  gone_ = true;
  changed_.notifyAll();
}

Result<> Peer::take() {
  for (;;) {
    TRY(auto event, parser_.next());
    if (!event) return {};
    switch (event->kind) {
      case jupyter::ZmtpEvent::Kind::Message: onMessage_(std::move(event->frames)); break;
      case jupyter::ZmtpEvent::Kind::Ready: ready_ = true; break;
      case jupyter::ZmtpEvent::Kind::Ping: waiting_.push_back(jupyter::zmtpPong(event->context)); break;
    }
    if (event->kind != jupyter::ZmtpEvent::Kind::Message) changed_.notifyAll();
  }
}

Task<> Peer::write() {
  while (!gone_) {
    if (waiting_.empty()) {
      co_await changed_.wait();
      continue;
    }
    const auto bytes = std::move(waiting_.front());
    waiting_.pop_front();
    std::vector<std::span<const char>> pieces{std::span(bytes)};
    const auto written = co_await stream_->write(std::move(pieces));
    waitingBytes_ -= std::min(waitingBytes_, bytes.size());
    if (!written) co_return;
    changed_.notifyAll();
  }
}

Task<> Peer::drained(Duration patience) {
  RealClock clock;
  const auto end = clock.sinceStart() + patience;
  while (stream_ && !gone_ && clock.sinceStart() < end) co_await changed_.waitFor(end - clock.sinceStart());
}

Task<> Peer::close() {
  gone_ = true;
  if (stream_) stream_->abort();
  changed_.notifyAll();
  co_await scope_.close();
}

}  // namespace allmende::kernels
