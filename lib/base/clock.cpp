#include "lib/base/clock.h"

#include <fmt/chrono.h>

#include <charconv>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace allmende {

std::string formatUtc(Instant at) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at);
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(at - seconds).count();
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:06}Z", fmt::gmtime(static_cast<std::time_t>(seconds.time_since_epoch().count())), micros);
}

std::optional<Instant> parseUtc(std::string_view text) {
  if (text.size() < 20 || text.size() > 40 || text.back() != 'Z') return std::nullopt;
  const auto number = [&](std::size_t at, std::size_t digits, char before) -> std::optional<int> {
    int value = 0;
    const auto* begin = text.data() + at;
    const auto [end, error] = std::from_chars(begin, begin + digits, value);
    const bool fits = error == std::errc{} && end == begin + digits && *begin != '-' && (at == 0 || text[at - 1] == before);
    return fits ? std::optional(value) : std::nullopt;
  };
  const auto year = number(0, 4, 0);
  const auto month = number(5, 2, '-');
  const auto day = number(8, 2, '-');
  const auto hour = number(11, 2, 'T');
  const auto minute = number(14, 2, ':');
  const auto second = number(17, 2, ':');
  if (!year || !month || !day || !hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  const auto date = std::chrono::year(*year) / *month / *day;
  if (!date.ok()) return std::nullopt;
  auto fraction = text.substr(19, text.size() - 20);  // ".037000", or nothing
  if (!fraction.empty() && (fraction.front() != '.' || fraction.size() == 1)) return std::nullopt;
  int milliseconds = 0;
  for (std::size_t digit = 1; digit <= 3; ++digit) milliseconds = milliseconds * 10 + (digit < fraction.size() ? fraction[digit] - '0' : 0);
  if (fraction.find_first_not_of("0123456789", 1) != std::string_view::npos) return std::nullopt;
  return Instant{std::chrono::sys_days(date)} + std::chrono::hours(*hour) + std::chrono::minutes(*minute) + std::chrono::seconds(*second) +
         Duration(milliseconds);
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
