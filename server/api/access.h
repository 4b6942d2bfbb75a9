#pragma once
// Who may come in: the decisions about one request's head, as plain functions. Behind the door of server/api.
//
// They follow jupyter_server: a token goes by itself; a cookie needs the XSRF token for changes and must not come from another site; the
// Host header must be a name of ours, so that no foreign name can be bound to this server.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/net/net.h"
#include "server/api/call.h"

namespace allmende::api {

inline constexpr std::string_view kSessionCookie = "allmende_session";
inline constexpr std::string_view kDeviceCookie = "allmende_device";  // only where account_evidence is on
inline constexpr std::string_view kXsrfCookie = "_xsrf";

struct AccessRules {
  std::vector<std::string> hosts;           // names people may call us by, beside addresses and localhost; "*" = any
  std::vector<std::string> allowedOrigins;  // other sites whose pages may call the API
  std::vector<std::string> trustedProxies;  // addresses whose X-Forwarded-For and X-Forwarded-Proto are believed; "unix" too
};

// The values of the cookies of that name, in the order sent.
std::vector<std::string_view> cookiesNamed(const net::RequestHead& head, std::string_view name);

// Of "token X" and "Bearer X" in Authorization, else of ?token=X; empty when there is none.
std::string_view tokenOf(const net::RequestHead& head);

Visit visitOf(const net::RequestHead& head, const AccessRules& rules);

// Whether a request may call us by this Host header: addresses, localhost, and the names of the rules.
bool hostIsOurs(std::string_view host, const AccessRules& rules);

// Whether the page that asks (Origin) is ours or allowed; true when the header is absent, as with programs.
bool originIsOurs(const net::RequestHead& head, const Visit& visit, const AccessRules& rules);
bool originIsAllowed(std::string_view origin, const AccessRules& rules);
// The same for the Referer of a link or an image.
bool refererIsOurs(const net::RequestHead& head, const Visit& visit);

// What is wrong with the XSRF token of a change, in Jupyter's words; nullopt when it is right.
std::optional<std::string> findXsrfFault(const net::RequestHead& head);

}  // namespace allmende::api
