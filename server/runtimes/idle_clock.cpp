#include "server/runtimes/idle_clock.h"

namespace allmende::runtimes {

void IdleClock::look(Duration now, Signs signs) {
  const auto elapsed = std::chrono::duration<double>(now - lookedAt_).count();
  const bool computed = cpuSeconds_ && elapsed > 0 && (signs.cpuSeconds - *cpuSeconds_) / elapsed >= kWorkingCpus;
  const bool used = lastActivity_ && signs.lastActivity != *lastActivity_;
  if (signs.working || computed || used) idleSince_ = now;
  lookedAt_ = now;
  cpuSeconds_ = signs.cpuSeconds;
  lastActivity_ = std::move(signs.lastActivity);
}

}  // namespace allmende::runtimes
