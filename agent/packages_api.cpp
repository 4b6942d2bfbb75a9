#include "agent/api.h"
#include "lib/base/json.h"

namespace allmende::agent {
namespace {

std::optional<packages::Deed> deedOf(net::Method method) {
  switch (method) {
    case net::Method::Get: return packages::Deed::List;
    case net::Method::Post: return packages::Deed::Keep;
    case net::Method::Delete: return packages::Deed::Forget;
    default: return std::nullopt;
  }
}

}  // namespace

Task<net::Response> PackagesApi::packages(Call call) {
  const auto deed = deedOf(call.request.method);
  if (!deed) co_return wrongMethod(call);
  auto done = co_await packages_.carryOut(*deed);
  co_return done ? net::jsonResponse(200, json::serialize(*done)) : net::errorResponse(done.error());
}

}  // namespace allmende::agent
