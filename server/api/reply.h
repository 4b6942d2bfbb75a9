#pragma once
// Replies in Jupyter's shapes. Behind the door of server/api.

#include "lib/base/json.h"
#include "lib/net/net.h"

namespace allmende::api {

// {"message", "reason": null}, as jupyter_server's APIHandler writes it.
net::Response jupyterError(int status, std::string_view message);
// The same with a reason.
net::Response jupyterError(int status, std::string_view message, std::string_view reason);

template <class T>
net::Response jsonReply(int status, const T& value) {
  return net::jsonResponse(status, json::serialize(toJson(value)));
}
inline net::Response emptyReply(int status) { return {status, {}, {}}; }

// NAME=VALUE; Path=…; SameSite=Lax, with Secure over TLS. Max-Age in seconds; 0 removes the cookie.
struct CookieWish {
  std::string_view name;
  std::string_view value;
  std::string_view path;
  std::optional<std::int64_t> maxAge;
  bool forScripts = false;  // else HttpOnly
  bool secure = false;
};
std::string cookieText(const CookieWish& wish);

// The sign-in page, which leads on to a target of ours.
std::string signInUrl(std::string_view baseUrl, std::string_view next);

}  // namespace allmende::api
