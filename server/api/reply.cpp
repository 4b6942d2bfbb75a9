#include "server/api/reply.h"

namespace allmende::api {

net::Response jupyterError(int status, std::string_view message) {
  return net::jsonResponse(status, json::serialize(json::object{{"message", message}, {"reason", nullptr}}));
}

net::Response jupyterError(int status, std::string_view message, std::string_view reason) {
  return net::jsonResponse(status, json::serialize(json::object{{"message", message}, {"reason", reason}}));
}

std::string cookieText(const CookieWish& wish) {
  auto text = fmt::format("{}={}; Path={}; SameSite=Lax", wish.name, wish.value, wish.path);
  if (wish.maxAge) text += fmt::format("; Max-Age={}", *wish.maxAge);
  if (!wish.forScripts) text += "; HttpOnly";
  if (wish.secure) text += "; Secure";
  return text;
}

std::string signInUrl(std::string_view baseUrl, std::string_view next) {
  auto url = fmt::format("{}login?next=", baseUrl);
  for (const char c : net::encodePath(next)) url += c == '/' ? "%2F" : std::string(1, c);
  return url;
}

}  // namespace allmende::api
