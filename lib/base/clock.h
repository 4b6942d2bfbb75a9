#pragma once
// Time as a parameter: Clock for those who decide by time, FakeClock for their tests.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/task.h"

namespace allmende {

using namespace std::chrono_literals;
using Duration = std::chrono::milliseconds;
using Instant = std::chrono::sys_time<std::chrono::milliseconds>;  // UTC

// "2026-11-24T14:10:37.000000Z": microseconds and a literal Z, the one form that stock Jupyter clients parse.
std::string formatUtc(Instant at);
// Reads that form back, with any number of digits behind the point; nullopt for any other text, and for days that no calendar has.
std::optional<Instant> parseUtc(std::string_view text);

// The system's clock, for the log and for RealClock; everybody else is handed a Clock.
Instant systemNow();

class Clock {
 public:
  virtual ~Clock() = default;
  // UTC wall clock: for what is stored and shown. May jump.
  virtual Instant now() const = 0;
  // Time since an arbitrary start; never jumps: for measuring and for deadlines.
  virtual Duration sinceStart() const = 0;
  // Returns after `time` of sinceStart(), or at once when the task is cancelled.
  virtual Task<> sleep(Duration time) = 0;
};

class RealClock final : public Clock {
 public:
  Instant now() const override;
  Duration sinceStart() const override;
  Task<> sleep(Duration time) override;
};

// Stands still until advance() is called. Single loop, like everything it serves.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(Instant start = Instant{std::chrono::hours{24 * 20'000}}) : now_(start) {}
  Instant now() const override { return now_; }
  Duration sinceStart() const override { return elapsed_; }
  Task<> sleep(Duration time) override;

  // Moves time on and wakes every sleeper whose time has come.
  void advance(Duration time);
  // How many sleep at the moment.
  std::size_t sleepers() const { return sleepers_.size(); }
  // Moves the wall clock alone, as a correction by an operator or a leap would.
  void jump(Duration time) { now_ += time; }

 private:
  struct Sleeper;
  Instant now_;
  Duration elapsed_{0};
  std::vector<std::shared_ptr<Sleeper>> sleepers_;
};

}  // namespace allmende
