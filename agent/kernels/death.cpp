#include "agent/kernels/death.h"

#include <charconv>
#include <csignal>
#include <fstream>

namespace allmende::kernels {
namespace {

constexpr std::size_t kMostLastWords = 600;

std::optional<std::int64_t> counterIn(const char* file) {
  std::ifstream stream(file);
  std::string name;
  std::int64_t value = 0;
  while (stream >> name >> value) {
    if (name == "oom_kill") return value;
  }
  return std::nullopt;
}

// The last lines, whole, without control characters.
std::string tidy(std::string_view words) {
  while (!words.empty() && (words.back() == '\n' || words.back() == ' ')) words.remove_suffix(1);
  if (words.size() > kMostLastWords) {
    words.remove_prefix(words.size() - kMostLastWords);
    words.remove_prefix(std::min(words.find('\n') + 1, words.size()));
  }
  std::string text;
  for (const char c : words) {
    if (static_cast<unsigned char>(c) >= 0x20 || c == '\n') text += c;
  }
  return net::isUtf8(text) ? text : std::string{};
}

}  // namespace

std::optional<std::int64_t> countOomKills() {
  const auto v2 = counterIn("/sys/fs/cgroup/memory.events");
  return v2 ? v2 : counterIn("/sys/fs/cgroup/memory/memory.oom_control");
}

std::string explain(const Death& death) {
  const auto& ended = death.ended;
  std::string why;
  if (!death.fault.empty()) {
    why = fmt::format("The kernel was ended because {}.", death.fault);
  } else if (ended.signal != SIGKILL) {
    why = fmt::format("The kernel {}.", ended.describe());
  } else if (death.oomKillsBefore && death.oomKillsAfter) {
    why = *death.oomKillsAfter > *death.oomKillsBefore ? "The kernel was ended because the runtime's memory ran out."
                                                       : "The kernel was killed by signal 9 (SIGKILL).";
  } else {
    why = "The kernel was killed by signal 9 (SIGKILL), most likely because the runtime's memory ran out.";
  }
  const auto words = ended.signal == 0 && ended.exitStatus == 0 ? std::string{} : tidy(death.lastWords);
  return words.empty() ? why : fmt::format("{} It said last:\n{}", why, words);
}

}  // namespace allmende::kernels
