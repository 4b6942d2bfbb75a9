#pragma once
// What a handler is given: who calls, from where, and what. Behind the door of server/api.

#include <optional>
#include <string>
#include <vector>

#include "lib/net/net.h"
#include "server/accounts/accounts.h"

namespace allmende::api {

// Where a request came from, with a trusted proxy's word taken into account.
struct Visit {
  std::string peer;     // address of the person's machine
  std::string host;     // the Host header: what they call us
  bool secure = false;  // over TLS, at least on their side of a proxy
  std::string cookie;   // their session cookie; empty when they show none
  std::string device;   // what their browser was given by Enforcement::signedIn; empty when it shows none
};

struct Call {
  std::optional<accounts::Caller> caller;  // always there for rows with a scope
  Visit visit;
  net::Request request;
  std::vector<std::string> params;  // decoded, in the order of the path's {names}

  const AccountId& account() const { return caller.value().account; }
  const std::string& param(std::size_t index) const { return params.at(index); }
};

}  // namespace allmende::api
