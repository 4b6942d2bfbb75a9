// Settings as text: what each kind of value may look like, in both directions.

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "lib/config/config.h"

namespace allmende::config {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t size;
};
// Longest first where one name ends another; the first that divides a value evenly writes it.
constexpr std::array<Unit, 5> kTimes{{{"d", 86'400'000}, {"h", 3'600'000}, {"ms", 1}, {"m", 60'000}, {"s", 1'000}}};
constexpr std::array<Unit, 8> kSizes{{{"TB", 1LL << 40}, {"GiB", 1LL << 30}, {"GB", 1LL << 30}, {"MiB", 1LL << 20}, {"MB", 1LL << 20},
    {"KiB", 1LL << 10}, {"KB", 1LL << 10}, {"B", 1}}};

// "1.5 GB" → bytes; nullopt when it is not a number with one of the units, is negative or does not fit.
template <std::size_t N>
std::optional<std::int64_t> withUnit(std::string_view text, const std::array<Unit, N>& units) {
  for (const auto& unit : units) {
    if (!text.ends_with(unit.name)) continue;
    auto number = text.substr(0, text.size() - unit.name.size());
    while (number.ends_with(' ')) number.remove_suffix(1);
    double value = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
    if (error != std::errc{} || end != number.data() + number.size() || value < 0) return std::nullopt;
    const auto product = value * static_cast<double>(unit.size);
    if (!(product < static_cast<double>(std::numeric_limits<std::int64_t>::max()))) return std::nullopt;
    return static_cast<std::int64_t>(std::llround(product));
  }
  return std::nullopt;
}

}  // namespace

Result<> parse(std::string_view text, std::string& to) {
  to = text;
  return {};
}

Result<> parse(std::string_view text, bool& to) {
  if (text != "true" && text != "false") return fail(Code::InvalidInput, "'{}' is neither true nor false", text);
  to = text == "true";
  return {};
}

Result<> parse(std::string_view text, std::int64_t& to) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), to);
  if (error != std::errc{} || end != text.data() + text.size()) return fail(Code::InvalidInput, "'{}' is no whole number", text);
  return {};
}

Result<> parse(std::string_view text, double& to) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), to);
  if (error != std::errc{} || end != text.data() + text.size()) return fail(Code::InvalidInput, "'{}' is no number", text);
  return {};
}

Result<> parse(std::string_view text, Duration& to) {
  const auto found = withUnit(text, kTimes);
  if (!found) return fail(Code::InvalidInput, "'{}' is no duration; write 90s, 15m, 12h or 7d", text);
  to = Duration{*found};
  return {};
}

Result<> parse(std::string_view text, ByteSize& to) {
  std::int64_t plain = 0;
  const auto found = parse(text, plain) && plain >= 0 ? std::optional(plain) : withUnit(text, kSizes);
  if (!found) return fail(Code::InvalidInput, "'{}' is no size; write 512 MB, 2 GB or a number of bytes", text);
  to.bytes = *found;
  return {};
}

Result<> parse(std::string_view text, std::vector<std::string>& to) {
  to.clear();
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    if (comma > 0) to.emplace_back(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return {};
}

std::string format(const std::string& value) { return value; }
std::string format(bool value) { return value ? "true" : "false"; }
std::string format(std::int64_t value) { return std::to_string(value); }
std::string format(double value) { return fmt::format("{}", value); }

std::string format(Duration value) {
  const auto time = value.count();
  for (const std::string_view name : {"d", "h", "m", "s", "ms"}) {
    const auto* unit = std::ranges::find(kTimes, name, &Unit::name);
    if (time % unit->size == 0 && (time != 0 || name == "s")) return fmt::format("{}{}", time / unit->size, name);
  }
  return fmt::format("{}ms", time);
}

std::string format(ByteSize value) {
  for (const auto& unit : kSizes) {
    if (unit.name.size() < 3 && value.bytes >= unit.size && value.bytes % unit.size == 0) {
      return fmt::format("{} {}", value.bytes / unit.size, unit.name);
    }
  }
  return std::to_string(value.bytes);
}

std::string format(const std::vector<std::string>& value) { return fmt::format("{}", fmt::join(value, ",")); }

std::string kindOf(const std::string&) { return "text"; }
std::string kindOf(bool) { return "true|false"; }
std::string kindOf(std::int64_t) { return "number"; }
std::string kindOf(double) { return "number"; }
std::string kindOf(Duration) { return "duration"; }
std::string kindOf(ByteSize) { return "size"; }
std::string kindOf(const std::vector<std::string>&) { return "list"; }

}  // namespace allmende::config
