#include "node/endings.h"

#include <csignal>
#include <cstring>

namespace allmende::node {
namespace {

struct Why {
  std::string_view reason;
  std::string sentence;
};

std::string nameOfSignal(int number) {
  const auto* name = ::sigabbrev_np(number);
  return name == nullptr ? fmt::format("signal {}", number) : fmt::format("signal {} (SIG{})", number, name);
}

Why whyAlone(const EndFacts& facts) {
  if ((facts.signal == SIGKILL || !facts.known) && facts.memoryRanOutLately) {
    return {"out_of_memory", fmt::format("The runtime ended because its memory ran out: it may use {}, and {} were in use.",
                                 describeBytes(facts.limits.memoryBytes), describeBytes(facts.memoryPeakBytes))};
  }
  if (!facts.known) return {"exited", "The runtime ended because its agent ended."};
  if (facts.signal != 0)
    return {"killed", fmt::format("The runtime ended because its agent was killed by {}.", nameOfSignal(facts.signal))};
  return {"exited", fmt::format("The runtime ended because its agent ended by itself with status {}.", facts.exitCode)};
}

Why whyOf(const EndFacts& facts) {
  switch (facts.wish) {
    case Wish::Stop: return {"stopped", "The runtime was stopped."};
    case Wish::Lifetime:
      return {"lifetime", fmt::format("The runtime was stopped because it reached its longest lifetime of {}.",
                              describeTime(std::chrono::seconds(facts.limits.lifetimeSeconds)))};
    case Wish::NodeStop: return {"node_stopped", "The runtime was stopped because Allmende was stopped on its machine."};
    case Wish::None: break;
  }
  return whyAlone(facts);
}

}  // namespace

link::RuntimeEnded decideEnding(const EndFacts& facts) {
  auto why = whyOf(facts);
  return {.id = facts.id,
      .reason = std::string(why.reason),
      .sentence = std::move(why.sentence),
      .memoryPeakBytes = facts.memoryPeakBytes,
      .cpuSeconds = facts.cpuSeconds};
}

std::string describeMemoryRanOut(std::int64_t kills, std::int64_t peak, std::int64_t limit) {
  return fmt::format("The runtime's memory ran out: it may use {}, and {} were in use. {} because of that so far.", describeBytes(limit),
      describeBytes(peak), kills == 1 ? "One process was ended" : fmt::format("{} processes were ended", kills));
}

std::string describeBytes(std::int64_t bytes) {
  constexpr std::int64_t kMB = std::int64_t{1} << 20;
  if (bytes >= 1024 * kMB) return fmt::format("{:.1f} GB", static_cast<double>(bytes) / static_cast<double>(1024 * kMB));
  return fmt::format("{} MB", bytes / kMB);
}

std::string describeTime(std::chrono::seconds time) {
  using namespace std::chrono;
  if (time >= 1h && time % 1h == 0s) return fmt::format("{} h", time / 1h);
  if (time >= 1min && time % 1min == 0s) return fmt::format("{} min", time / 1min);
  return fmt::format("{} s", time.count());
}

}  // namespace allmende::node
