#include "node/observe/programs.h"

#include <unistd.h>
#include <ctime>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <sstream>

namespace allmende::observe {
namespace {

constexpr std::size_t kMostArguments = 4096;  // bytes

std::string_view nameIn(std::string_view path) {
  constexpr std::string_view kDeleted = " (deleted)";
  if (path.ends_with(kDeleted)) path.remove_suffix(kDeleted.size());
  return path.substr(path.rfind('/') + 1);
}

bool isAmong(const std::vector<std::string>& words, std::string_view word) { return std::ranges::find(words, word) != words.end(); }

void add(std::vector<std::string>& to, std::string_view word) {
  if (!isAmong(to, word)) to.emplace_back(word);
}

// "python3.11", "node": their first argument that is no flag is the program.
bool isInterpreter(std::string_view name) {
  constexpr std::array<std::string_view, 7> kNames{"python", "node", "perl", "ruby", "bash", "sh", "dash"};
  return std::ranges::any_of(kNames, [&](auto one) {
    return name.starts_with(one) && name.substr(one.size()).find_first_not_of("0123456789.") == std::string_view::npos;
  });
}

// "-NR" has the flags -N and -R. What follows a flag with a value is the value: only such as have none may stand before another.
void addClustered(std::string_view argument, const std::vector<std::string>& wanted, std::vector<std::string>& to) {
  constexpr std::string_view kWithoutValue = "46AaCfGgKkMNnqsTtVvXxYy";
  for (const char letter : argument.substr(1)) {
    const std::string flag{'-', letter};
    if (isAmong(wanted, flag)) add(to, flag);
    if (!kWithoutValue.contains(letter)) return;
  }
}

std::string linkOf(const std::string& path) {
  std::array<char, 512> target{};
  const auto length = ::readlink(path.c_str(), target.data(), target.size());
  return length <= 0 ? "" : std::string(target.data(), static_cast<std::size_t>(length));
}

std::string readStart(const std::string& path, std::size_t most) {
  std::ifstream file(path, std::ios::binary);
  std::string text(most, '\0');
  file.read(text.data(), static_cast<std::streamsize>(most));
  text.resize(static_cast<std::size_t>(std::max<std::streamsize>(0, file.gcount())));
  return text;
}

std::vector<std::string> argumentsOf(const std::string& process) {
  std::vector<std::string> arguments;
  std::istringstream text(readStart(process + "/cmdline", kMostArguments));
  for (std::string one; std::getline(text, one, '\0');) arguments.push_back(std::move(one));
  return arguments;
}

struct Times {
  std::string start;  // in ticks since the machine began
  Duration age{0};
  double cpuSeconds = 0;
};

// Of /proc/PID/stat (proc(5)): fields 14, 15 and 22, counted from behind the name, which may contain anything.
std::optional<Times> timesOf(const std::string& process) {
  const auto text = readStart(process + "/stat", 1024);
  const auto name = text.rfind(')');
  if (name == std::string::npos) return std::nullopt;
  std::istringstream fields(text.substr(name + 1));
  std::string word;
  Times times;
  double ticks = 0;
  for (int field = 3; field <= 22 && fields >> word; ++field) {
    if (field == 14 || field == 15) ticks += std::strtod(word.c_str(), nullptr);
    if (field == 22) times.start = word;
  }
  if (times.start.empty()) return std::nullopt;
  const auto perSecond = static_cast<double>(::sysconf(_SC_CLK_TCK));
  times.cpuSeconds = ticks / perSecond;
  timespec sinceBoot{};
  ::clock_gettime(CLOCK_BOOTTIME, &sinceBoot);
  const auto age = static_cast<double>(sinceBoot.tv_sec) - std::strtod(times.start.c_str(), nullptr) / perSecond;
  times.age = Duration{static_cast<std::int64_t>(std::max(0.0, age) * 1000)};
  return times;
}

}  // namespace

Program tellOf(const std::string& file, const std::vector<std::string>& arguments, const link::Observe& what) {
  Program program;
  std::vector<std::string_view> names{nameIn(file)};
  if (!arguments.empty()) names.push_back(nameIn(arguments.front()));
  const bool interprets = isInterpreter(names.front()) || isInterpreter(names.back());
  for (std::size_t at = 1; at < arguments.size(); ++at) {
    const std::string_view argument = arguments[at];
    if (interprets && !argument.empty() && argument.front() != '-') {
      names.push_back(nameIn(argument));
      break;
    }
  }
  for (const auto name : names) {
    if (program.name.empty() && isAmong(what.programs, name)) program.name = name;
  }
  for (std::size_t at = 1; at < arguments.size(); ++at) {
    const std::string_view argument = arguments[at];
    const auto flag = argument.substr(0, argument.find_first_of("=:"));
    if (isAmong(what.telling, flag) || isAmong(what.telling, nameIn(argument)))
      add(program.flags, isAmong(what.telling, flag) ? flag : nameIn(argument));
    if (program.name.empty() || !argument.starts_with('-')) continue;
    if (isAmong(what.flags, flag)) add(program.flags, flag);
    if (argument.size() > 1 && argument[1] != '-') addClustered(argument, what.flags, program.flags);
  }
  if (program.name.empty() && !program.flags.empty()) program.name = names.front().substr(0, 64);
  return program;
}

std::vector<Program> Programs::look(const std::vector<pid_t>& processes, const link::Observe& what, Duration now) {
  std::map<pid_t, Seen> still;
  std::vector<Program> told;
  for (const auto pid : processes) {
    if (still.size() >= kMostProcesses) break;
    const auto process = fmt::format("/proc/{}", pid);
    const auto times = timesOf(process);
    if (!times) continue;  // it has ended
    const auto file = linkOf(process + "/exe");
    auto known = seen_.extract(pid);
    if (known.empty() || known.mapped().startTime != times->start || known.mapped().file != file) {
      still[pid] = {
          .startTime = times->start, .file = file, .since = now - times->age, .program = tellOf(file, argumentsOf(process), what)};
    } else {
      still[pid] = std::move(known.mapped());
    }
    auto& seen = still[pid];
    if (seen.program.name.empty() || told.size() >= kMostTold) continue;
    seen.program.seconds = std::chrono::duration<double>(now - seen.since).count();
    seen.program.cpuSeconds = times->cpuSeconds;
    told.push_back(seen.program);
  }
  seen_ = std::move(still);
  return told;
}

}  // namespace allmende::observe
