#include "server/api/kernels_api.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/api/reply.h"

namespace allmende::api {
namespace {

std::string_view mimeOf(std::string_view file) {
  if (file.ends_with(".png")) return "image/png";
  if (file.ends_with(".svg")) return "image/svg+xml";
  if (file.ends_with(".js")) return "text/javascript; charset=utf-8";
  if (file.ends_with(".css")) return "text/css; charset=utf-8";
  if (file.ends_with(".json")) return "application/json";
  return "application/octet-stream";
}

}  // namespace

net::Response noSuchKernelspec(std::string_view name) {
  return net::jsonResponse(
      501, json::serialize(
               json::object{{"message", fmt::format("The '{}' kernel is not available. Please pick another suitable kernel instead, or "
                                                    "install that kernel.",
                                            name)},
                   {"short_message", fmt::format("{} not found", name)}}));
}

net::Response kernelError(const Error& error) {
  if (error.code == Code::NotFound) return jupyterError(404, error.message);
  return net::errorResponse(error);
}

// ---- kernelspecs ----

Task<net::Response> KernelspecsApi::list(Call) {
  json::object specs;
  for (const auto& [name, spec] : specs_.all()) specs[name] = spec.model(baseUrl_);
  co_return net::jsonResponse(200, json::serialize(json::object{{"default", specs_.defaultName()}, {"kernelspecs", std::move(specs)}}));
}

Task<net::Response> KernelspecsApi::get(Call call) {
  const auto* spec = specs_.find(call.param(0));
  if (spec == nullptr) co_return jupyterError(404, fmt::format("Kernel spec {} not found", call.param(0)));
  co_return net::jsonResponse(200, json::serialize(spec->model(baseUrl_)));
}

Task<net::Response> KernelspecsApi::file(Call call) {
  const auto* spec = specs_.find(call.param(0));
  const auto name = call.param(1);
  const bool plain = !name.empty() && !name.contains('/') && !name.starts_with('.');
  if (spec == nullptr || !plain) co_return jupyterError(404, fmt::format("there is no file '{}' of this kernelspec", name));
  const int fd = ::open((spec->directory / name).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  struct stat about{};
  if (fd < 0 || ::fstat(fd, &about) != 0 || !S_ISREG(about.st_mode)) {
    if (fd >= 0) ::close(fd);
    co_return jupyterError(404, fmt::format("there is no file '{}' of this kernelspec", name));
  }
  net::Response response{200, {}, net::makeFileBody(fd, 0, static_cast<std::uint64_t>(about.st_size))};
  response.headers.add("Content-Type", std::string(mimeOf(name)));
  response.headers.add("Cache-Control", "private, max-age=3600");
  // An SVG may hold script; nobody asked for it to run here.
  response.headers.add("Content-Security-Policy", "sandbox; default-src 'none'; style-src 'unsafe-inline'");
  co_return response;
}

// ---- kernels ----

Task<net::Response> KernelsApi::list(Call call) {
  auto models = co_await kernels_.list(call.account());
  if (!models) co_return kernelError(models.error());
  co_return jsonReply(200, *models);
}

Task<net::Response> KernelsApi::get(Call call) {
  auto model = co_await kernels_.get(call.account(), call.param(0));
  if (!model) co_return kernelError(model.error());
  co_return jsonReply(200, *model);
}

Task<net::Response> KernelsApi::start(Call call) {
  auto body = parseJsonObject(call.request.body);
  if (!body) co_return jupyterError(400, body.error().message);
  runtimes::KernelWish wish;
  const auto* name = findString(*body, "name");
  wish.name = name != nullptr && !name->empty() ? std::string(*name) : specs_.defaultName();
  if (const auto* path = findString(*body, "path")) wish.path = std::string(*path);
  if (wish.path) wish.runtime = sessions_.runtimeOf(call.account(), *wish.path);
  if (const auto* id = findString(*body, "kernel_id")) wish.id = std::string(*id);
  if (wish.id && !isUuid(*wish.id)) co_return jupyterError(400, fmt::format("kernel_id '{}' is no UUID", wish.id->substr(0, 64)));
  if (specs_.find(wish.name) == nullptr) co_return noSuchKernelspec(wish.name);
  auto model = co_await kernels_.start(call.account(), std::move(wish));
  if (!model) co_return kernelError(model.error());
  events_.tellKernel(call.account(), "start", model->id);
  auto response = jsonReply(201, *model);
  response.headers.add("Location", fmt::format("{}api/kernels/{}", baseUrl_, model->id));
  co_return response;
}

Task<net::Response> KernelsApi::stop(Call call) {
  auto stopped = co_await kernels_.stop(call.account(), call.param(0));
  if (!stopped) co_return kernelError(stopped.error());
  events_.tellKernel(call.account(), "shutdown", call.param(0));
  co_return emptyReply(204);
}

Task<net::Response> KernelsApi::interrupt(Call call) {
  auto interrupted = co_await kernels_.interrupt(call.account(), call.param(0));
  if (!interrupted) co_return kernelError(interrupted.error());
  events_.tellKernel(call.account(), "interrupt", call.param(0));
  co_return emptyReply(204);
}

Task<net::Response> KernelsApi::restart(Call call) {
  auto model = co_await kernels_.restart(call.account(), call.param(0));
  if (!model && (model.error().code == Code::Internal || model.error().code == Code::TimedOut))
    co_return jupyterError(500, fmt::format("Exception restarting kernel: {}", model.error().message));
  if (!model) co_return kernelError(model.error());
  events_.tellKernel(call.account(), "restart", model->id);
  co_return jsonReply(200, *model);
}

Task<net::Answer> KernelsApi::channels(Call call) {
  const auto kernel = call.param(0);
  const auto session = call.request.query.find("session_id").value_or("");
  const auto after = call.request.query.find("after").value_or("");
  auto agent = co_await kernels_.open(
      call.account(), kernel, session.empty() ? randomUuid() : std::string(session.substr(0, 200)), std::string(after.substr(0, 200)));
  if (!agent) co_return kernelError(agent.error());
  const bool v1 = call.request.headers.find("Sec-WebSocket-Protocol").contains(jupyter::kV1Protocol);
  const auto protocol = v1 ? runtimes::ClientProtocol::V1 : runtimes::ClientProtocol::Legacy;
  co_return net::Upgrade{.subprotocol = v1 ? std::string(jupyter::kV1Protocol) : "",
      .serve = [&kernels = kernels_, agent = *std::move(agent), protocol, of = call.account(), kernel](
                   std::shared_ptr<net::WebSocket> client) {
        return runtimes::relayKernel(std::move(client), agent, protocol, kernels, of, kernel);
      }};
}

}  // namespace allmende::api
