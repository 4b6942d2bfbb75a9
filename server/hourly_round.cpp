#include "server/hourly_round.h"

#include "lib/base/log.h"

namespace allmende {

Task<> HourlyRound::rounds() {
  for (;;) {
    for (const auto& duty : duties_) {
      const auto done = co_await duty.carryOut();
      if (!done) log::warning("duty.failed", {{"duty", duty.name}, {"error", done.error().message}});
    }
    co_await clock_.sleep(1h);
  }
}

}  // namespace allmende
