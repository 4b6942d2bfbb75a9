#include "node/observe/observe.h"

#include <sys/statvfs.h>

#include <algorithm>
#include <charconv>
#include <fstream>

namespace allmende::observe {
namespace {

// Files of cgroups are small: one page is more than any of ours holds.
std::optional<std::string> readText(const std::string& path) {
  std::ifstream file(path);
  if (!file) return std::nullopt;
  std::string text(16 << 10, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad()) return std::nullopt;
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

std::int64_t numberIn(std::string_view text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::int64_t readNumber(const std::string& path) { return numberIn(readText(path).value_or("")); }

// Of a file with "name number" lines.
std::int64_t readNamed(const std::string& path, std::string_view name) {
  const auto text = readText(path).value_or("");
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto line = rest.substr(0, rest.find('\n'));
    if (line.starts_with(name) && line.substr(name.size()).starts_with(' ')) return numberIn(line.substr(name.size() + 1));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
  }
  return 0;
}

// Page cache that can be dropped is nobody's use: the shared Python environment would be charged to whoever read it first.
std::int64_t workingSet(std::int64_t used, std::int64_t droppable) { return std::max<std::int64_t>(0, used - droppable); }

void readVersion1(const Places& places, link::Usage& usage) {
  constexpr double kNanoseconds = 1e9;
  usage.memoryBytes =
      workingSet(readNumber(places.memory + "/memory.usage_in_bytes"), readNamed(places.memory + "/memory.stat", "total_inactive_file"));
  usage.memoryPeakBytes = readNumber(places.memory + "/memory.max_usage_in_bytes");
  usage.cpuSeconds = static_cast<double>(readNumber(places.cpuAccounting + "/cpuacct.usage")) / kNanoseconds;
  usage.cpuThrottledSeconds = static_cast<double>(readNamed(places.cpu + "/cpu.stat", "throttled_time")) / kNanoseconds;
}

void readVersion2(const Places& places, link::Usage& usage) {
  constexpr double kMicroseconds = 1e6;
  const auto used = readNumber(places.memory + "/memory.current");
  usage.memoryBytes = workingSet(used, readNamed(places.memory + "/memory.stat", "inactive_file"));
  usage.memoryPeakBytes = std::max(used, readNumber(places.memory + "/memory.peak"));  // memory.peak came with Linux 5.19
  usage.cpuSeconds = static_cast<double>(readNamed(places.cpu + "/cpu.stat", "usage_usec")) / kMicroseconds;
  usage.cpuThrottledSeconds = static_cast<double>(readNamed(places.cpu + "/cpu.stat", "throttled_usec")) / kMicroseconds;
}

std::int64_t usedOf(const std::string& disk) {
  struct statvfs status{};
  if (disk.empty() || ::statvfs(disk.c_str(), &status) != 0) return 0;
  return static_cast<std::int64_t>(status.f_blocks - status.f_bfree) * static_cast<std::int64_t>(status.f_frsize);
}

}  // namespace

std::int64_t readMemoryKills(const Places& places) {
  return readNamed(places.memory + (places.unified ? "/memory.events" : "/memory.oom_control"), "oom_kill");
}

Result<link::Usage> readUsage(const Places& places, const link::Limits& limits) {
  if (!readText(places.pids + "/pids.current")) return fail(Code::NotFound, "the runtime's group {} is gone", places.pids);
  link::Usage usage{.memoryLimitBytes = limits.memoryBytes,
      .memoryKills = readMemoryKills(places),
      .cpus = limits.cpus,
      .diskBytes = usedOf(places.disk),
      .diskLimitBytes = limits.diskBytes,
      .pids = readNumber(places.pids + "/pids.current"),
      .pidsLimit = limits.pids};
  places.unified ? readVersion2(places, usage) : readVersion1(places, usage);
  return usage;
}

}  // namespace allmende::observe
