#include "agent/api.h"
#include "lib/base/json.h"

namespace allmende::agent {
namespace {

json::object toObject(const terminals::TerminalModel& terminal) {
  return {{"name", terminal.name}, {"last_activity", formatUtc(terminal.lastActivity)}, {"busy", terminal.busy}};
}

net::Response notFound(std::string_view name) {
  return net::errorResponse({Code::NotFound, fmt::format("Terminal not found: {}", name), {}});
}

Result<terminals::TerminalDemand> terminalDemandIn(std::string_view body) {
  TRY(const auto object, parseJsonObject(body));
  terminals::TerminalDemand demand;
  if (const auto* name = findString(object, "name")) demand.name = *name;
  if (const auto* folder = findString(object, "cwd")) demand.folder = *folder;
  return demand;
}

}  // namespace

Task<net::Answer> TerminalsApi::terminals(Call call) {
  const auto method = call.request.method;
  if (call.path.size() == 2) {
    if (method == net::Method::Post) co_return start(call);
    if (method != net::Method::Get) co_return wrongMethod(call);
    json::array all;
    for (const auto& terminal : terminals_.list()) all.push_back(toObject(terminal));
    co_return net::jsonResponse(200, json::serialize(all));
  }
  if (call.path.size() != 3) co_return unknownPath(call);
  const auto found = terminals_.find(call.path[2]);
  if (!found) co_return notFound(call.path[2]);
  if (method == net::Method::Get) co_return net::jsonResponse(200, json::serialize(toObject(*found)));
  if (method != net::Method::Delete) co_return wrongMethod(call);
  const auto removed = co_await terminals_.remove(call.path[2]);
  if (!removed) co_return net::errorResponse(removed.error());
  co_return emptyResponse(204);
}

net::Response TerminalsApi::start(const Call& call) {
  auto demand = terminalDemandIn(call.request.body);
  if (!demand) return net::errorResponse(demand.error());
  const auto started = terminals_.start(*std::move(demand));
  if (!started) return net::errorResponse(started.error());
  return net::jsonResponse(200, json::serialize(toObject(*started)));
}

net::Answer TerminalsApi::socket(const Call& call) const {
  if (call.path.size() != 3) return unknownPath(call);
  const auto& name = call.path[2];
  if (!terminals_.find(name)) return notFound(name);
  if (!call.request.upgrade) {
    return net::errorResponse({Code::InvalidInput, "a terminal's input and output are a WebSocket: ask for an upgrade", {}});
  }
  return net::Upgrade{.subprotocol = "",
      .maxMessage = terminals::kLargestTerminalMessage,
      .serve = [&terminals = terminals_, name](
                   std::shared_ptr<net::WebSocket> client) { return terminals.serve(name, std::move(client)); }};
}

}  // namespace allmende::agent
