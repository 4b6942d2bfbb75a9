#include <fcntl.h>
#include <sys/stat.h>

#include "agent/api.h"
#include "lib/base/json.h"

namespace allmende::agent {
namespace {

json::object toObject(const kernels::KernelModel& kernel) {
  json::object model{{"id", kernel.id}, {"name", kernel.name}, {"last_activity", formatUtc(kernel.lastActivity)},
      {"execution_state", kernel.state}, {"connections", kernel.connections}};
  if (kernel.reason) model["reason"] = *kernel.reason;
  return model;
}

net::Response answer(const Result<kernels::KernelModel>& kernel, int status) {
  if (!kernel) return net::errorResponse(kernel.error());
  return net::jsonResponse(status, json::serialize(toObject(*kernel)));
}

Result<kernels::KernelDemand> kernelDemandIn(std::string_view body) {
  TRY(const auto object, parseJsonObject(body));
  kernels::KernelDemand demand;
  const auto read = [&](std::string_view field, auto& to) -> Result<> {
    const auto* value = object.if_contains(field);
    return value == nullptr || value->is_null() ? Result<>{} : fromJson(*value, to, field);
  };
  TRY(read("name", demand.name));
  TRY(read("path", demand.path));
  TRY(read("kernel_id", demand.id));
  TRY(read("env", demand.environment));
  return demand;
}

bool offers(std::string_view protocols, std::string_view wanted) {
  while (!protocols.empty()) {
    const auto end = std::min(protocols.find(','), protocols.size());
    auto one = protocols.substr(0, end);
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    if (one == wanted) return true;
    protocols.remove_prefix(std::min(end + 1, protocols.size()));
  }
  return false;
}

}  // namespace

Task<net::Answer> KernelsApi::kernels(Call call) {
  const auto method = call.request.method;
  if (call.path.size() == 2) {
    if (method == net::Method::Post) co_return start(call);
    if (method != net::Method::Get) co_return wrongMethod(call);
    json::array all;
    for (const auto& kernel : kernels_.list()) all.push_back(toObject(kernel));
    co_return net::jsonResponse(200, json::serialize(all));
  }
  const auto id = call.path[2];
  const auto verb = call.path.size() == 4 ? call.path[3] : std::string{};
  const auto found = kernels_.find(id);
  if (!found) co_return net::errorResponse({Code::NotFound, fmt::format("Kernel does not exist: {}", id), {}});
  if (call.path.size() == 3) {
    if (method == net::Method::Get) co_return answer(*found, 200);
    if (method != net::Method::Delete) co_return wrongMethod(call);
    const auto removed = co_await kernels_.remove(id);
    if (!removed) co_return net::errorResponse(removed.error());
    co_return emptyResponse(204);
  }
  if (verb == "channels") co_return channels(call);
  if (verb != "interrupt" && verb != "restart") co_return unknownPath(call);
  if (method != net::Method::Post) co_return wrongMethod(call);
  if (verb == "interrupt") {
    const auto interrupted = co_await kernels_.interrupt(id);
    if (!interrupted) co_return net::errorResponse(interrupted.error());
    co_return emptyResponse(204);
  }
  const auto restarted = co_await kernels_.restart(id);
  auto response = answer(restarted, 200);
  // Stock clients know one status for a restart that failed.
  if (!restarted && restarted.error().code != Code::NotFound) response.status = 500;
  co_return response;
}

net::Response KernelsApi::start(const Call& call) {
  auto demand = kernelDemandIn(call.request.body);
  if (!demand) return net::errorResponse(demand.error());
  const auto started = kernels_.start(*std::move(demand));
  auto response = answer(started, 201);
  if (started) response.headers.add("Location", "/api/kernels/" + started->id);
  return response;
}

net::Answer KernelsApi::channels(const Call& call) {
  if (!call.request.upgrade) {
    return net::errorResponse({Code::InvalidInput, "kernel channels are a WebSocket: ask for an upgrade", {}});
  }
  const auto& id = call.path[2];
  if (kernels_.find(id)->state == "dead") {
    return net::errorResponse({Code::NotFound, fmt::format("Kernel does not exist: {} has died; restart it", id), {}});
  }
  const bool v1 = offers(call.request.headers.find("Sec-WebSocket-Protocol"), jupyter::kV1Protocol);
  net::Upgrade upgrade;
  if (v1) upgrade.subprotocol = jupyter::kV1Protocol;
  const auto& query = call.request.query;
  const kernels::Client client{std::string(query.find("session_id").value_or("")), std::string(query.find("after").value_or(""))};
  upgrade.serve = [&kernels = kernels_, id, v1, client](std::shared_ptr<net::WebSocket> socket) {
    return kernels.serve(id, std::move(socket), client, v1 ? kernels::Dialect::V1 : kernels::Dialect::Legacy);
  };
  return upgrade;
}

net::Response KernelsApi::specs(const Call& call) {
  if (call.request.method != net::Method::Get) return wrongMethod(call);
  const auto known = kernels_.specs();
  if (call.path.size() == 2) {
    json::object models;
    for (const auto& [name, spec] : known) models[name] = spec.model("/");
    return net::jsonResponse(200, json::serialize(json::object{{"default", kernels_.defaultSpec()}, {"kernelspecs", std::move(models)}}));
  }
  const auto found = known.find(call.path[2]);
  if (call.path.size() != 3 || found == known.end()) {
    return net::errorResponse({Code::NotFound, fmt::format("Kernel spec {} not found", call.path[2]), {}});
  }
  return net::jsonResponse(200, json::serialize(found->second.model("/")));
}

// Only what the kernelspec's model names is served, so that no path can lead elsewhere.
net::Response KernelsApi::resource(const Call& call) {
  const auto known = kernels_.specs();
  const auto spec = call.path.size() == 3 ? known.find(call.path[1]) : known.end();
  if (spec == known.end()) return unknownPath(call);
  for (const auto& [title, file] : spec->second.resources) {
    if (file != call.path[2]) continue;
    const int fd = ::open((spec->second.directory / file).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat status{};
    if (fd < 0 || ::fstat(fd, &status) != 0) break;
    net::Response response{.body = net::makeFileBody(fd, 0, static_cast<std::uint64_t>(status.st_size))};
    response.headers.add("Content-Type", file.ends_with(".png") ? "image/png" : file.ends_with(".svg") ? "image/svg+xml" : "text/plain");
    return response;
  }
  return unknownPath(call);
}

}  // namespace allmende::agent
