#include <charconv>

#include "agent/api.h"
#include "lib/base/json.h"

namespace allmende::agent {
namespace {

constexpr std::size_t kLargestPiece = 1U << 20U;

std::optional<std::uint16_t> portIn(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc{} && end == text.data() + text.size() && port > 0 ? std::optional(port) : std::nullopt;
}

}  // namespace

Task<net::Answer> PortsApi::ports(Call call) {
  if (call.request.method != net::Method::Get) co_return wrongMethod(call);
  if (call.path.size() == 2) {
    const auto all = co_await ports_.list();
    if (!all) co_return net::errorResponse(all.error());
    json::array said;
    for (const auto& one : *all) said.push_back(json::object{{"port", one.port}, {"program", one.program}});
    co_return net::jsonResponse(200, json::serialize(said));
  }
  if (call.path.size() != 3) co_return unknownPath(call);
  const auto port = portIn(call.path[2]);
  if (!port) co_return net::errorResponse({Code::InvalidInput, fmt::format("'{}' is no port; those are 1 to 65535", call.path[2]), {}});
  if (!call.request.upgrade) {
    co_return net::errorResponse({Code::InvalidInput, "the way to a port is a WebSocket: ask for an upgrade", {}});
  }
  auto app = co_await ports::dial(*port);
  if (!app) co_return net::errorResponse(app.error());
  co_return net::Upgrade{.subprotocol = "",
      .maxMessage = kLargestPiece,
      .serve = [stream = std::shared_ptr<net::Stream>(*std::move(app))](
                   std::shared_ptr<net::WebSocket> client) { return ports::carry(std::move(client), stream); }};
}

}  // namespace allmende::agent
