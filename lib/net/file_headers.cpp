#include "lib/net/file_headers.h"

#include <array>
#include <charconv>
#include <ctime>

namespace allmende::net {
namespace {

std::optional<std::uint64_t> readNumber(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

std::string httpDate(Instant at) {
  constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(at - day));
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays.at(std::chrono::weekday(day).c_encoding()),
      static_cast<unsigned>(date.day()), kMonths.at(static_cast<unsigned>(date.month()) - 1), static_cast<int>(date.year()),
      time.hours().count(), time.minutes().count(), time.seconds().count());
}

std::optional<Instant> readHttpDate(std::string_view text) {
  std::tm parts{};
  const std::string copy(text);
  const auto* end = ::strptime(copy.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  if (end == nullptr || *end != '\0') return std::nullopt;
  return Instant{std::chrono::seconds{::timegm(&parts)}};
}

std::string attachmentOf(std::string_view filename) { return fmt::format("attachment; filename*=utf-8''{}", encodePath(filename)); }

std::optional<ByteRange> readRange(std::string_view header, std::uint64_t size) {
  constexpr std::string_view kUnit = "bytes=";
  if (!header.starts_with(kUnit)) return std::nullopt;
  header.remove_prefix(kUnit.size());
  const auto dash = header.find('-');
  if (dash == std::string_view::npos || header.contains(',')) return std::nullopt;
  const auto first = readNumber(header.substr(0, dash));
  const auto last = readNumber(header.substr(dash + 1));
  if (dash == 0) {
    if (!last) return std::nullopt;
    const auto length = std::min(*last, size);
    return ByteRange{size - length, length};
  }
  if (!first || (!last && dash + 1 != header.size()) || (last && *last < *first)) return std::nullopt;
  if (*first >= size) return ByteRange{*first, 0};
  return ByteRange{*first, std::min(last.value_or(size - 1), size - 1) - *first + 1};
}

void applyRange(const RequestHead& head, Response& response) {
  auto* file = std::get_if<FileBody>(&response.body);
  if (file == nullptr || !head.headers.find("If-Range").empty()) return;
  const auto range = readRange(head.headers.find("Range"), file->length);
  if (!range) return;
  if (range->length == 0) {
    response.status = 416;
    response.headers.add("Content-Range", fmt::format("bytes */{}", file->length));
    response.body = std::string();
    return;
  }
  response.status = 206;
  response.headers.add("Content-Range", fmt::format("bytes {}-{}/{}", range->from, range->from + range->length - 1, file->length));
  file->offset += range->from;
  file->length = range->length;
}

}  // namespace allmende::net
