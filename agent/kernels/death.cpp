#include "agent/kernels/death.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <fstream>

#include "lib/base/json.h"

namespace allmende::kernels {
namespace {

constexpr std::size_t kMostLastWords = 600;
constexpr std::size_t kMostOfFile = 8'192;
constexpr std::size_t kLongestName = 64;
constexpr std::size_t kMostNamed = 3;

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

std::string readBiggest(const std::filesystem::path& file) {
  const int fd = ::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return {};
  struct stat facts{};
  std::string text(kMostOfFile, '\0');
  const bool plain = ::fstat(fd, &facts) == 0 && S_ISREG(facts.st_mode);
  const auto size = plain ? ::read(fd, text.data(), text.size()) : 0;
  ::close(fd);
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
  const auto said = parseJson(text);
  if (!said || !said->is_array()) return {};
  std::vector<std::string> named;
  for (const auto& one : said->get_array()) {
    const auto* object = one.if_object();
    const auto* name = object == nullptr ? nullptr : findString(*object, "name");
    const auto* bytes = object == nullptr ? nullptr : object->if_contains("bytes");
    if (name == nullptr || name->empty() || name->size() > kLongestName || bytes == nullptr || !bytes->is_int64()) continue;
    if (std::ranges::any_of(*name, [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f; })) continue;
    const auto megabytes = static_cast<double>(bytes->get_int64()) / (1 << 20);
    named.push_back(megabytes < 1024 ? fmt::format("{} ({:.0f} MB)", std::string_view(*name), megabytes)
                                     : fmt::format("{} ({:.1f} GB)", std::string_view(*name), megabytes / 1024));
    if (named.size() == kMostNamed) break;
  }
  return fmt::format("{}", fmt::join(named, ", "));
}

std::string explain(const Death& death) {
  const auto& ended = death.ended;
  std::string why;
  if (!death.fault.empty()) {
    why = fmt::format("The kernel was ended because {}.", death.fault);
  } else if (ended.signal != SIGKILL) {
    why = fmt::format("The kernel {}.", ended.describe());
  } else if (const bool counted = death.oomKillsBefore && death.oomKillsAfter; counted && *death.oomKillsAfter <= *death.oomKillsBefore) {
    why = "The kernel was killed by signal 9 (SIGKILL).";
  } else {
    why = counted ? "The kernel was ended because the runtime's memory ran out."
                  : "The kernel was killed by signal 9 (SIGKILL), most likely because the runtime's memory ran out.";
    if (!death.biggest.empty()) why += fmt::format(" The biggest variables after the last cell that ended: {}.", death.biggest);
  }
  const auto words = ended.signal == 0 && ended.exitStatus == 0 ? std::string{} : tidy(death.lastWords);
  return words.empty() ? why : fmt::format("{} It said last:\n{}", why, words);
}

}  // namespace allmende::kernels
