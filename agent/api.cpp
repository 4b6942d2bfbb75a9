#include "agent/api.h"

#include "lib/base/json.h"

namespace allmende::agent {
namespace {

// nullopt when a part cannot be decoded, or hides a '/'.
std::optional<std::vector<std::string>> partsOf(std::string_view path) {
  std::vector<std::string> parts;
  while (!path.empty()) {
    path.remove_prefix(path.starts_with('/') ? 1 : 0);
    const auto end = std::min(path.find('/'), path.size());
    if (end > 0) {
      auto part = net::decodePath(path.substr(0, end));
      if (!part) return std::nullopt;
      parts.push_back(*std::move(part));
    }
    path.remove_prefix(end);
  }
  return parts;
}

}  // namespace

std::string Call::rest(std::size_t first) const {
  std::string joined;
  for (auto i = first; i < path.size(); ++i) joined.append(joined.empty() ? "" : "/").append(path[i]);
  return joined;
}

net::Response unknownPath(const Call& call) {
  return net::errorResponse({Code::NotFound, fmt::format("there is nothing at {}", call.request.path), {}});
}

net::Response wrongMethod(const Call& call) {
  auto response = net::errorResponse(
      {Code::InvalidInput, fmt::format("{} is not possible at {}", net::nameOf(call.request.method), call.request.path), {}});
  response.status = 405;
  return response;
}

AgentApi::AgentApi(Rooms rooms)
    : rooms_(std::move(rooms)),
      started_(rooms_.clock.now()),
      kernels_(rooms_.kernels),
      terminals_(rooms_.terminals),
      files_(rooms_.files),
      packages_(rooms_.packages),
      ports_(rooms_.ports) {}

Task<net::Answer> AgentApi::handle(net::Request request) {
  auto parts = partsOf(request.path);
  if (!parts) {
    co_return net::errorResponse({Code::InvalidInput, fmt::format("the path {} is not well formed", request.path), {}});
  }
  co_return co_await route({std::move(request), *std::move(parts)});
}

net::BodyLimit AgentApi::bodyLimit(const net::RequestHead& head) const {
  return {head.path.starts_with("/api/contents") ? 192U << 20U : 1U << 20U};
}

Task<net::Answer> AgentApi::route(Call call) {
  const auto at = [&](std::size_t i) { return i < call.path.size() ? std::string_view(call.path[i]) : std::string_view{}; };
  if (at(0) == "kernelspecs") co_return kernels_.resource(call);
  if (at(0) == "terminals" && at(1) == "websocket") co_return terminals_.socket(call);
  if (at(0) == "files") co_return co_await files_.download(std::move(call));
  if (at(0) != "api") co_return unknownPath(call);
  if (call.path.size() == 1) co_return net::jsonResponse(200, json::serialize(json::object{{"version", ALLMENDE_VERSION}}));
  if (at(1) == "kernels") co_return co_await kernels_.kernels(std::move(call));
  if (at(1) == "kernelspecs") co_return kernels_.specs(call);
  if (at(1) == "terminals") co_return co_await terminals_.terminals(std::move(call));
  if (at(1) == "contents") co_return co_await files_.contents(std::move(call));
  if (at(1) == "packages" && call.path.size() == 2) co_return co_await packages_.packages(std::move(call));
  if (at(1) == "ports") co_return co_await ports_.ports(std::move(call));
  if (at(1) == "status" && call.path.size() == 2) co_return status();
  if (at(1) == "shutdown" && call.path.size() == 2) {
    if (call.request.method != net::Method::Post) co_return wrongMethod(call);
    rooms_.shutDown();
    co_return emptyResponse(200);
  }
  co_return unknownPath(call);
}

net::Response AgentApi::status() const {
  auto lastActivity = started_;
  std::size_t connections = 0;
  const auto all = rooms_.kernels.list();
  for (const auto& kernel : all) {
    lastActivity = std::max(lastActivity, kernel.lastActivity);
    connections += kernel.connections;
  }
  return net::jsonResponse(200, json::serialize(json::object{{"started", formatUtc(started_)}, {"last_activity", formatUtc(lastActivity)},
                                    {"kernels", all.size()}, {"connections", connections}}));
}

}  // namespace allmende::agent
