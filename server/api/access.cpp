#include "server/api/access.h"

#include <arpa/inet.h>

#include <algorithm>

namespace allmende::api {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

bool isAddress(const std::string& text) {
  in6_addr ignored{};
  return ::inet_pton(AF_INET, text.c_str(), &ignored) == 1 || ::inet_pton(AF_INET6, text.c_str(), &ignored) == 1;
}

bool contains(const std::vector<std::string>& list, std::string_view text) { return std::ranges::find(list, text) != list.end(); }

// "https://host:1/path" → "host:1"; empty when it is no URL with a host, as "null" is not.
std::string hostOfUrl(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos) return "";
  url.remove_prefix(scheme + 3);
  return lower(url.substr(0, url.find_first_of("/?#")));
}

}  // namespace

std::vector<std::string_view> cookiesNamed(const net::RequestHead& head, std::string_view name) {
  std::vector<std::string_view> values;
  auto rest = head.headers.find("Cookie");
  while (!rest.empty()) {
    const auto end = std::min(rest.find(';'), rest.size());
    const auto item = trimmed(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const auto equals = item.find('=');
    if (equals == std::string_view::npos || item.substr(0, equals) != name) continue;
    auto value = item.substr(equals + 1);
    if (value.size() >= 2 && value.starts_with('"') && value.ends_with('"')) value = value.substr(1, value.size() - 2);
    values.push_back(value);
  }
  return values;
}

std::string_view tokenOf(const net::RequestHead& head) {
  const auto header = trimmed(head.headers.find("Authorization"));
  const auto space = header.find(' ');
  if (space != std::string_view::npos) {
    const auto scheme = lower(header.substr(0, space));
    if (scheme == "token" || scheme == "bearer") return trimmed(header.substr(space + 1));
  }
  return head.query.find("token").value_or(std::string_view{});
}

Visit visitOf(const net::RequestHead& head, const AccessRules& rules) {
  Visit visit{.peer = head.peer, .host = lower(head.headers.find("Host")), .secure = head.secure, .cookie = {}, .device = {}};
  if (const auto cookies = cookiesNamed(head, kSessionCookie); !cookies.empty()) visit.cookie = cookies.front();
  if (const auto cookies = cookiesNamed(head, kDeviceCookie); !cookies.empty()) visit.device = cookies.front();
  if (!contains(rules.trustedProxies, head.peer)) return visit;
  // The last entry is the one our own proxy wrote.
  const auto forwarded = head.headers.find("X-Forwarded-For");
  const auto comma = forwarded.rfind(',');
  const std::string peer(trimmed(comma == std::string_view::npos ? forwarded : forwarded.substr(comma + 1)));
  if (isAddress(peer)) visit.peer = peer;
  if (const auto scheme = trimmed(head.headers.find("X-Forwarded-Proto")); !scheme.empty()) visit.secure = lower(scheme) == "https";
  return visit;
}

bool hostIsOurs(std::string_view host, const AccessRules& rules) {
  if (contains(rules.hosts, "*")) return true;
  auto name = lower(host);
  if (name.starts_with('[')) {
    name = name.substr(1, name.find(']') - 1);
  } else {
    name = name.substr(0, name.find(':'));
  }
  return name == "localhost" || name.ends_with(".localhost") || isAddress(name) || contains(rules.hosts, name);
}

bool originIsAllowed(std::string_view origin, const AccessRules& rules) {
  return contains(rules.allowedOrigins, "*") || contains(rules.allowedOrigins, origin);
}

bool originIsOurs(const net::RequestHead& head, const Visit& visit, const AccessRules& rules) {
  const auto origin = head.headers.find("Origin");
  return origin.empty() || hostOfUrl(origin) == visit.host || originIsAllowed(origin, rules);
}

bool refererIsOurs(const net::RequestHead& head, const Visit& visit) {
  const auto referer = head.headers.find("Referer");
  return referer.empty() || hostOfUrl(referer) == visit.host;
}

std::optional<std::string> findXsrfFault(const net::RequestHead& head) {
  auto shown = head.headers.find("X-XSRFToken");
  if (shown.empty()) shown = head.headers.find("X-CSRFToken");
  if (shown.empty()) shown = head.query.find("_xsrf").value_or(std::string_view{});
  if (shown.empty()) return fmt::format("'_xsrf' argument missing from {}", net::nameOf(head.method));
  // A client may hold several, set for different paths: any of them proves that it can read our cookies.
  const auto cookies = cookiesNamed(head, kXsrfCookie);
  if (std::ranges::find(cookies, shown) != cookies.end()) return std::nullopt;
  return fmt::format("XSRF cookie does not match {} argument: _xsrf", net::nameOf(head.method));
}

}  // namespace allmende::api
