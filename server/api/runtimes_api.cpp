#include "server/api/runtimes_api.h"

#include "server/api/kernels_api.h"
#include "server/api/reply.h"

namespace allmende::api {

Task<RuntimeView> RuntimesApi::viewOf(runtimes::Runtime runtime) {
  RuntimeView view{.id = runtime.id,
      .state = std::string(runtimes::nameOf(runtime.state)),
      .startedAt = runtime.startedAt,
      .endsAt = runtime.endsAt(),
      .image = "default",
      .tier = runtime.tier};
  if (!runtime.reason.empty()) view.reason = runtime.reason;
  if (!runtime.message.empty()) view.message = runtime.message;
  if (const auto place = runtimes_.placeOf(runtime.id))
    view.queue = QueueView{static_cast<std::int64_t>(place->number), static_cast<std::int64_t>(place->of),
        place->estimate ? std::optional(place->estimate->count() / 1000) : std::nullopt};
  for (const auto& decision : enforcement_.holding(runtime.owner)) {
    if (decision.runtime == runtime.id.text() || decision.step == policy::Step::Restrict)
      view.decisions.push_back(api::viewOf(decision, book_));
  }
  if (runtime.state != runtimes::RuntimeState::Ready) co_return view;
  const auto outlook = care_.outlookOf(runtime.id);
  view.outlook = OutlookView{outlook.idleEndsAt, outlook.neededByOthers, outlook.unitsEndAt};
  view.kernels = static_cast<std::int64_t>(kernels_.status(runtime.owner).kernels);
  const auto usage = co_await runtimes_.usage(runtime.id);
  if (!usage) co_return view;
  view.memory = Share{usage->memoryBytes, usage->memoryLimitBytes};
  view.cpu = CpuShare{usage->cpuSeconds, usage->cpus};
  view.disk = Share{usage->diskBytes, usage->diskLimitBytes};
  if (usage->driveIsSeen) view.drive = Share{usage->driveBytes, usage->driveLimitBytes};
  view.processes = Share{usage->pids, usage->pidsLimit};
  view.network = NetworkView{runtime.limits.network.access, usage->networkSentBytes, usage->networkReceivedBytes};
  co_return view;
}

Task<Result<std::vector<RuntimeView>>> RuntimesApi::list(accounts::Caller caller) {
  std::vector<RuntimeView> views;
  for (auto& runtime : runtimes_.list(caller.account)) views.push_back(co_await viewOf(std::move(runtime)));
  co_return views;
}

Task<Result<Created<RuntimeView>>> RuntimesApi::start(accounts::Caller caller) {
  CO_TRY(co_await runtimes_.start(caller.account));
  const auto all = runtimes_.list(caller.account);
  if (all.empty()) co_return fail(Code::Unavailable, "the runtime ended at once");
  auto view = co_await viewOf(all.front());
  co_return Created<RuntimeView>{std::move(view)};
}

Task<Result<>> RuntimesApi::stop(accounts::Caller caller, runtimes::RuntimeId id) {
  co_return co_await runtimes_.stop(caller.account, std::move(id));
}

Task<Result<>> RuntimesApi::keep(accounts::Caller caller, runtimes::RuntimeId id) { co_return care_.keep(caller.account, id); }

Task<Result<std::vector<UseView>>> RuntimesApi::use(accounts::Caller caller, runtimes::RuntimeId id) {
  std::vector<UseView> views;
  for (const auto& look : care_.lastHour(caller.account, id)) views.push_back({look.at, look.memoryBytes, look.cpus});
  co_return views;
}

Task<net::Response> RuntimesApi::forward(Call call, std::string_view below) {
  auto agent = runtimes_.find(call.account());
  if (!agent) co_return kernelError(agent.error());
  if (*agent == nullptr || (*agent)->runtime().text() != call.param(0))
    co_return jupyterError(404, fmt::format("no runtime {} of yours runs", call.param(0)));
  auto target = fmt::format("{}{}", below, net::encodePath(call.param(1)));
  const auto question = call.request.target.find('?');
  if (question != std::string::npos) target += call.request.target.substr(question);
  auto answered = co_await (*agent)->forward(call.request.method, std::move(target), std::move(call.request.body), 120s);
  if (!answered && answered.error().code == Code::OverLimit)
    co_return jupyterError(413, fmt::format("{}; take it apart, or copy it in pieces", answered.error().message), "over_limit");
  if (!answered) co_return kernelError(answered.error());
  co_return *std::move(answered);
}

Task<net::Response> RuntimesApi::contents(Call call) { co_return co_await forward(std::move(call), "/api/contents/"); }

Task<net::Response> RuntimesApi::files(Call call) {
  auto response = co_await forward(std::move(call), "/files/");
  response.headers.set("Content-Security-Policy", "sandbox allow-scripts; frame-ancestors 'self'");
  co_return response;
}

}  // namespace allmende::api
