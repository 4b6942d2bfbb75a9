#pragma once
// What is done once an hour: every duty in turn, each failure logged and tried again the next time.

#include <functional>
#include <string>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/result.h"
#include "lib/base/task.h"

namespace allmende {

class HourlyRound {
 public:
  struct Duty {
    std::string name;
    std::function<Task<Result<>>()> carryOut;
  };

  HourlyRound(Executor executor, Clock& clock, std::vector<Duty> duties) : clock_(clock), duties_(std::move(duties)), scope_(executor) {}

  // The first round is at once: a server may never run for a whole hour.
  void begin() { scope_.spawn("hourly round", rounds()); }
  Task<> stop() { return scope_.close(); }

 private:
  Task<> rounds();

  Clock& clock_;
  std::vector<Duty> duties_;
  TaskScope scope_;
};

}  // namespace allmende
