#include "node/observe/watch.h"

#include <algorithm>

namespace allmende::observe {
namespace {

// Below these nothing is worth a message: it would be every runtime's all the time.
constexpr double kMuchSent = 500e6;  // bytes
constexpr double kManyRefused = 20;

// Nothing of a runtime whose connections say nothing that is looked for.
std::optional<json::object> factsOf(const Spoken& spoken) {
  if (spoken == Spoken{}) return std::nullopt;
  return json::object{{"payload.mining", spoken.mining}, {"payload.mining_asked", spoken.miningAsked}, {"payload.sharing", spoken.sharing},
      {"payload.sharing_bytes", spoken.sharingBytes}, {"payload.sharing_sought", spoken.sought}, {"payload.names", toJson(spoken.names)}};
}

}  // namespace

std::optional<json::object> Watch::lookAtNetwork(const NetworkCounts& network, Duration now) {
  const std::pair<Window*, std::int64_t> counted[] = {{&refusedLately_, network.refused}, {&refused_, network.refused},
      {&mail_, network.mail}, {&spoofed_, network.spoofed}, {&sentHour_, network.sent}, {&receivedHour_, network.received},
      {&sentDay_, network.sent}};
  for (const auto& [window, value] : counted) {
    if (!isBegun_) window->add(now, 0);
    window->add(now, static_cast<double>(value));
  }
  isBegun_ = true;
  const bool worth = refused_.growth() >= kManyRefused || mail_.growth() > 0 || spoofed_.growth() > 0 || sentDay_.growth() >= kMuchSent;
  if (!worth) return std::nullopt;
  return json::object{{"network.refused", refusedLately_.growth()}, {"network.refused_minute", refused_.growth()},
      {"network.refused_places", network.refusedPlaces}, {"network.mail", mail_.growth()}, {"network.spoofed", spoofed_.growth()},
      {"network.sent_hour", sentHour_.growth()}, {"network.sent_day", sentDay_.growth()},
      {"network.sent_ratio", sentHour_.growth() / std::max(1.0, receivedHour_.growth())}};
}

// Nothing of a runtime that rounds to the nearest alone.
std::optional<json::object> Watch::lookAtCpu(const CpuCounts& cpu, Duration now) {
  cpu_.add(now, cpu.seconds);
  std::array<double, 4> counts{};
  double all = 0;
  for (std::size_t mode = 0; mode < counts.size(); ++mode) {
    rounding_.at(mode).add(now, static_cast<double>(cpu.rounding.at(mode)));
    counts.at(mode) = rounding_.at(mode).growth();
    all += counts.at(mode);
  }
  const auto least = std::min({counts[1], counts[2], counts[3]});
  if (least <= 0) return std::nullopt;
  const auto seconds = std::chrono::duration<double>(cpu_.covered(now)).count();
  return json::object{{"cpu.share", seconds > 0 ? cpu_.growth() / seconds : 0}, {"cpu.rounding_samples", all},
      {"cpu.rounding_least", least / all}, {"cpu.rounding_others", (all - counts[0]) / all}};
}

std::vector<json::object> Watch::look(const std::vector<pid_t>& processes, const std::optional<NetworkCounts>& network,
    const CpuCounts& cpu, const Spoken& spoken, const link::Observe& what, Duration now) {
  std::vector<json::object> told;
  if (network) {
    if (auto facts = lookAtNetwork(*network, now)) told.push_back(*std::move(facts));
  }
  if (auto facts = lookAtCpu(cpu, now)) told.push_back(*std::move(facts));
  if (auto facts = factsOf(spoken)) told.push_back(*std::move(facts));
  if (what.programs.empty() && what.telling.empty()) return told;
  if (what != what_) programs_.forget();  // what was looked at once is looked at again
  what_ = what;
  for (const auto& program : programs_.look(processes, what, now)) {
    told.push_back({{"exec.program", program.name}, {"exec.flags", toJson(program.flags)}, {"exec.seconds", program.seconds},
        {"exec.cpu_seconds", program.cpuSeconds}});
  }
  return told;
}

}  // namespace allmende::observe
