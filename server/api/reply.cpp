#include "server/api/reply.h"

#include <ctime>

namespace allmende::api {

net::Response jupyterError(int status, std::string_view message) {
  return net::jsonResponse(status, json::serialize(json::object{{"message", message}, {"reason", nullptr}}));
}

net::Response jupyterError(int status, std::string_view message, std::string_view reason) {
  return net::jsonResponse(status, json::serialize(json::object{{"message", message}, {"reason", reason}}));
}

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

std::string cookieText(const CookieWish& wish) {
  auto text = fmt::format("{}={}; Path={}; SameSite=Lax", wish.name, wish.value, wish.path);
  if (wish.maxAge) text += fmt::format("; Max-Age={}", *wish.maxAge);
  if (!wish.forScripts) text += "; HttpOnly";
  if (wish.secure) text += "; Secure";
  return text;
}

std::string attachmentOf(std::string_view filename) { return fmt::format("attachment; filename*=utf-8''{}", net::encodePath(filename)); }

}  // namespace allmende::api
