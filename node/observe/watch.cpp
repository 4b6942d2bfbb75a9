#include "node/observe/watch.h"

#include <algorithm>

namespace allmende::observe {
namespace {

// Below these nothing is worth a message: it would be every runtime's all the time.
constexpr double kMuchSent = 500e6;  // bytes
constexpr double kManyRefused = 20;

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

std::vector<json::object> Watch::look(
    const std::vector<pid_t>& processes, const std::optional<NetworkCounts>& network, const link::Observe& what, Duration now) {
  std::vector<json::object> told;
  if (network) {
    if (auto facts = lookAtNetwork(*network, now)) told.push_back(*std::move(facts));
  }
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
