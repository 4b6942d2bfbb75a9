#include "server/previews/http_heads.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace allmende::previews {
namespace {

bool isSame(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

template <std::size_t N>
bool isOneOf(std::string_view name, const std::array<std::string_view, N>& names) {
  return std::ranges::any_of(names, [&](auto one) { return isSame(one, name); });
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

// The pieces between `separator`s that `keep` wants, joined again.
template <class Keep>
std::string kept(std::string_view list, char separator, Keep keep) {
  std::string out;
  while (!list.empty()) {
    const auto end = std::min(list.find(separator), list.size());
    const auto piece = trimmed(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
    if (piece.empty() || !keep(piece)) continue;
    if (!out.empty()) out.append(1, separator).append(" ");
    out += piece;
  }
  return out;
}

std::string_view nameIn(std::string_view pair) { return trimmed(pair.substr(0, pair.find('='))); }

std::string localOrigin(const Meeting& meeting) { return fmt::format("http://localhost:{}", meeting.port); }

// What a proxy says of the connection itself, and what is said anew below.
constexpr std::array<std::string_view, 9> kNotForApp{"Connection", "Keep-Alive", "Proxy-Connection", "Upgrade", "Host", "X-Forwarded-For",
    "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded"};
constexpr std::array<std::string_view, 6> kNotForBrowser{
    "Connection", "Keep-Alive", "Proxy-Connection", "Upgrade", "Strict-Transport-Security", "Alt-Svc"};

// Of an address that the app may call itself by, the path; anything else as it is.
std::string locationFor(std::string_view location, const Meeting& meeting) {
  for (const auto* name : {"localhost", "127.0.0.1", "0.0.0.0", "[::1]"}) {
    const auto own = fmt::format("http://{}:{}", name, meeting.port);
    if (!location.starts_with(own)) continue;
    const auto rest = location.substr(own.size());
    if (rest.empty()) return "/";
    if (rest.starts_with('/') || rest.starts_with('?') || rest.starts_with('#')) return std::string(rest);
  }
  return std::string(location);
}

// Empty for one that would take the place of ours.
std::string cookieFor(std::string_view cookie) {
  if (nameIn(cookie.substr(0, cookie.find(';'))) == kPassCookie) return {};
  return kept(cookie, ';', [](std::string_view part) { return !isSame(nameIn(part), "Domain"); });
}

struct Field {
  std::string_view name;
  std::string_view value;
};

std::optional<Field> fieldIn(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  const auto name = line.substr(0, colon);
  const bool isToken = std::ranges::all_of(name, [](char c) { return c > ' ' && c < 127; });
  const auto value = trimmed(line.substr(colon + 1));
  const bool isText = std::ranges::none_of(value, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
  if (!isToken || !isText) return std::nullopt;
  return Field{name, value};
}

// "HTTP/1.1 200 OK" → 200.
std::optional<int> statusIn(std::string_view line) {
  constexpr std::string_view kVersion = "HTTP/1.";
  if (!line.starts_with(kVersion) || line.size() < 12 || line[8] != ' ') return std::nullopt;
  int status = 0;
  const auto digits = line.substr(9, 3);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), status);
  if (error != std::errc{} || end != digits.data() + digits.size() || status < 100) return std::nullopt;
  if (line.size() > 12 && line[12] != ' ') return std::nullopt;
  if (std::ranges::any_of(line, [](char c) { return static_cast<unsigned char>(c) < ' '; })) return std::nullopt;
  return status;
}

}  // namespace

std::string headForApp(const net::RequestHead& head, const Meeting& meeting) {
  auto text = fmt::format("{} {} HTTP/1.1\r\nHost: localhost:{}\r\n", net::nameOf(head.method), head.target, meeting.port);
  for (const auto& [name, value] : head.headers) {
    if (isOneOf(name, kNotForApp)) continue;
    auto said = value;
    if (isSame(name, "Cookie")) said = kept(value, ';', [](std::string_view pair) { return nameIn(pair) != kPassCookie; });
    if (isSame(name, "Origin") && value == meeting.origin) said = localOrigin(meeting);
    if (isSame(name, "Referer") && value.starts_with(meeting.origin + "/"))
      said = localOrigin(meeting) + value.substr(meeting.origin.size());
    if (!said.empty() || value.empty()) text += fmt::format("{}: {}\r\n", name, said);
  }
  text += fmt::format("X-Forwarded-Host: {}\r\nX-Forwarded-Proto: {}\r\n", meeting.host, meeting.secure ? "https" : "http");
  text += head.upgrade ? "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n" : "Connection: close\r\n\r\n";
  return text;
}

Result<std::optional<AnswerHead>> takeAnswerHead(std::string& bytes, const Meeting& meeting) {
  constexpr std::string_view kEnd = "\r\n\r\n";
  const auto end = bytes.find(kEnd);
  if (std::min(end, bytes.size()) > kLargestAnswerHead)
    return fail(Code::InvalidInput, "the app's answer begins with more than {} bytes of headers", kLargestAnswerHead);
  if (end == std::string::npos) return std::nullopt;
  std::string_view rest = std::string_view(bytes).substr(0, end + 2);
  const auto nextLine = [&] {
    const auto stop = rest.find("\r\n");
    const auto line = rest.substr(0, stop);
    rest.remove_prefix(stop + 2);
    return line;
  };
  const auto first = nextLine();
  const auto status = statusIn(first);
  if (!status) return fail(Code::InvalidInput, "what the app answers is no HTTP");
  AnswerHead head{.status = *status, .text = fmt::format("HTTP/1.1{}\r\n", first.substr(8))};
  while (!rest.empty()) {
    const auto field = fieldIn(nextLine());
    if (!field) return fail(Code::InvalidInput, "the app's answer has a header that is none");
    if (isOneOf(field->name, kNotForBrowser)) continue;
    std::string value(field->value);
    if (isSame(field->name, "Location")) value = locationFor(value, meeting);
    if (isSame(field->name, "Set-Cookie")) {
      value = cookieFor(value);
      if (value.empty()) continue;
    }
    head.text += fmt::format("{}: {}\r\n", field->name, value);
  }
  if (!head.isInterim()) head.text += *status == 101 ? "Connection: Upgrade\r\nUpgrade: websocket\r\n" : "Connection: close\r\n";
  head.text += "\r\n";
  bytes.erase(0, end + kEnd.size());
  return head;
}

}  // namespace allmende::previews
