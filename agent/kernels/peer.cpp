#include "agent/kernels/peer.h"

#include "lib/base/log.h"

namespace allmende::kernels {
namespace {

constexpr std::size_t kMostWaiting = 8U << 20U;
constexpr std::size_t kMostPongs = 64;
constexpr Duration kFirstPause{2};
constexpr Duration kLongestPause{50};

}  // namespace

Peer::Peer(Executor executor, Demand demand, OnMessage onMessage, std::function<void()> onFault)
    : demand_(std::move(demand)), onMessage_(std::move(onMessage)), onFault_(std::move(onFault)), changed_(executor), scope_(executor) {}

// A kernel takes half a second to bind its sockets, and tells nobody when it has.
Task<Result<>> Peer::connect(Duration patience) {
  RealClock clock;
  const auto end = clock.sinceStart() + patience;
  for (auto pause = kFirstPause; !stream_; pause = std::min(pause * 2, kLongestPause)) {
    auto dialled = co_await net::dial(net::UnixEndpoint{demand_.path}, patience);
    if (dialled) {
      stream_ = *std::move(dialled);
    } else if (clock.sinceStart() >= end) {
      co_return allmende::fail(Code::TimedOut, "it did not listen on {} within {} s", demand_.path, patience.count() / 1000);
    } else {
      co_await clock.sleep(pause);
    }
  }
  scope_.spawn("kernel connection, reading", read());
  waiting_.push_back(jupyter::zmtpGreeting() + jupyter::zmtpReady(demand_.socketType, demand_.identity));
  scope_.spawn("kernel connection, writing", write());
  while (!ready_ && !fault_ && clock.sinceStart() < end) co_await changed_.waitFor(end - clock.sinceStart());
  if (fault_) co_return std::unexpected(*fault_);
  if (!ready_) co_return allmende::fail(Code::TimedOut, "it did not open {} within {} s", demand_.path, patience.count() / 1000);
  if (demand_.socketType == "SUB") {  // libzmq hangs up on who subscribes before it is ready
    waiting_.push_back(jupyter::zmtpSubscribeAll());
    changed_.notifyAll();
  }
  co_return Result<>{};
}

Task<Result<>> Peer::send(std::vector<std::string> frames) {
  while (waitingBytes_ > kMostWaiting && !fault_) co_await changed_.wait();
  co_return push(std::move(frames));
}

Result<> Peer::push(std::vector<std::string> frames) {
  if (fault_) return std::unexpected(*fault_);
  waiting_.push_back(jupyter::zmtpMessage(frames));
  waitingBytes_ += waiting_.back().size();
  changed_.notifyAll();
  return {};
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
  fail(result ? Error{Code::Unavailable, "it closed its connection " + demand_.path, {}}
              : Error{Code::InvalidInput, fmt::format("it spoke nonsense on {}: {}", demand_.path, result.error().message), {}});
}

void Peer::fail(Error fault) {
  if (fault_) return;
  fault_ = std::move(fault);
  changed_.notifyAll();
  onFault_();
}

Result<> Peer::take() {
  for (;;) {
    TRY(auto event, parser_.next());
    if (!event) return {};
    switch (event->kind) {
      case jupyter::ZmtpEvent::Kind::Message: onMessage_(std::move(event->frames)); break;
      case jupyter::ZmtpEvent::Kind::Ready: ready_ = true; break;
      case jupyter::ZmtpEvent::Kind::Ping:
        if (waiting_.size() < kMostPongs) waiting_.push_back(jupyter::zmtpPong(event->context));
        break;
    }
    if (event->kind != jupyter::ZmtpEvent::Kind::Message) changed_.notifyAll();
  }
}

Task<> Peer::write() {
  while (!fault_) {
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
  while (stream_ && !fault_ && clock.sinceStart() < end) co_await changed_.waitFor(end - clock.sinceStart());
}

Task<> Peer::close() {
  if (!fault_) fault_ = Error{Code::Unavailable, "the kernel is gone", {}};
  if (stream_) stream_->abort();
  changed_.notifyAll();
  co_await scope_.close();
}

}  // namespace allmende::kernels
