#include "lib/base/clock.h"

#include <fmt/chrono.h>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace allmende {

std::string formatUtc(Instant at) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at);
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(at - seconds).count();
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:06}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)), micros);
}

Instant systemNow() { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); }

Instant RealClock::now() const { return systemNow(); }

Duration RealClock::sinceStart() const { return std::chrono::floor<Duration>(std::chrono::steady_clock::now().time_since_epoch()); }

Task<> RealClock::sleep(Duration time) {
  asio::steady_timer timer(co_await asio::this_coro::executor, time);
  boost::system::error_code ignored;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

struct FakeClock::Sleeper {
  Sleeper(Duration until, const Executor& executor) : wakesAt(until), woken(executor) {}
  Duration wakesAt;
  Notifier woken;
};

Task<> FakeClock::sleep(Duration time) {
  if (time <= Duration{0}) co_return;
  auto sleeper = std::make_shared<Sleeper>(elapsed_ + time, co_await asio::this_coro::executor);
  sleepers_.push_back(sleeper);
  co_await sleeper->woken.wait();
}

void FakeClock::advance(Duration time) {
  elapsed_ += time;
  now_ += time;
  std::erase_if(sleepers_, [&](const std::shared_ptr<Sleeper>& sleeper) {
    if (sleeper->wakesAt > elapsed_) return false;
    sleeper->woken.notifyAll();
    return true;
  });
}

}  // namespace allmende
