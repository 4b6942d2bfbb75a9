#pragma once
// How long nothing has happened in a runtime. Part of the door server/runtimes/runtimes.h. A pure value: time and signs come in.

#include <optional>
#include <string>

#include "lib/base/clock.h"

namespace allmende::runtimes {

// What can be seen of a runtime from outside and from its agent. An agent that lies keeps its runtime at most as long as one that computes.
struct Signs {
  bool working = false;      // a kernel is busy, or a job runs in a terminal
  double cpuSeconds = 0;     // used so far, as the node measured it
  std::string lastActivity;  // changes whenever a kernel or terminal has done something for somebody
};

// Work is a busy kernel (a silent one too), a job in a terminal, or a twentieth of a processor. A page that is merely open is none.
class IdleClock {
 public:
  static constexpr double kWorkingCpus = 0.05;

  explicit IdleClock(Duration now) : idleSince_(now), lookedAt_(now) {}

  void look(Duration now, Signs signs);
  // Somebody asked to keep it.
  void touch(Duration now) { idleSince_ = now; }
  Duration idleFor(Duration now) const { return now - idleSince_; }
  Duration idleSince() const { return idleSince_; }

 private:
  Duration idleSince_;  // of Clock::sinceStart()
  Duration lookedAt_;
  std::optional<double> cpuSeconds_;
  std::optional<std::string> lastActivity_;
};

}  // namespace allmende::runtimes
