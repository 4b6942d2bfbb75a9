#include "server/api/runtimes_api.h"

#include "server/api/kernels_api.h"
#include "server/api/reply.h"

namespace allmende::api {

Task<RuntimeView> RuntimesApi::viewOf(runtimes::Runtime runtime) {
  RuntimeView view{.id = runtime.id,
      .name = runtime.name,
      .state = std::string(runtimes::nameOf(runtime.state)),
      .startedAt = runtime.startedAt,
      .endsAt = runtime.endsAt(),
      .image = "default",
      .tier = runtime.tier};
  if (!runtime.limits.devices.empty()) view.accelerator = runtime.limits.devices.front();
  if (!runtime.reason.empty()) view.reason = runtime.reason;
  if (!runtime.message.empty()) view.message = runtime.message;
  if (const auto place = runtimes_.placeOf(runtime.id))
    view.queue = QueueView{static_cast<std::int64_t>(place->number), static_cast<std::int64_t>(place->of),
        place->estimate ? std::optional(place->estimate->count() / 1000) : std::nullopt,
        place->paused.empty() ? std::nullopt : std::optional(place->paused)};
  for (const auto& decision : enforcement_.holding(runtime.owner)) {
    if (decision.runtime == runtime.id.text() || decision.step == policy::Step::Restrict)
      view.decisions.push_back(api::viewOf(decision, book_));
  }
  if (runtime.state != runtimes::RuntimeState::Ready) co_return view;
  const auto outlook = care_.outlookOf(runtime.id);
  view.outlook = OutlookView{outlook.idleEndsAt, outlook.neededByOthers, outlook.unitsEndAt};
  view.kernels = static_cast<std::int64_t>(kernels_.countIn(runtime.owner, runtime.id));
  const auto usage = co_await runtimes_.usage(runtime.id);
  if (!usage) co_return view;
  view.memory = Share{usage->memoryBytes, usage->memoryLimitBytes};
  view.cpu = CpuShare{usage->cpuSeconds, usage->cpus};
  view.disk = Share{usage->diskBytes, usage->diskLimitBytes};
  if (usage->driveIsSeen) view.drive = Share{usage->driveBytes, usage->driveLimitBytes};
  if (usage->acceleratorLimitBytes > 0) {
    view.acceleratorMemory = Share{usage->acceleratorBytes, usage->acceleratorLimitBytes};
    view.acceleratorBusy = usage->acceleratorBusy;
  }
  view.processes = Share{usage->pids, usage->pidsLimit};
  view.network = NetworkView{runtime.limits.network.access, usage->networkSentBytes, usage->networkReceivedBytes};
  co_return view;
}

Task<Result<std::vector<RuntimeView>>> RuntimesApi::list(accounts::Caller caller, InQuery<OfNotebook> which) {
  std::vector<RuntimeView> views;
  auto all = runtimes_.list(caller.account);
  if (const auto& notebook = which.value.notebook) {
    const auto name = sessions_.runtimeOf(caller.account, *notebook);
    std::erase_if(all, [&](const auto& runtime) { return runtime.name != name; });
  }
  for (auto& runtime : all) views.push_back(co_await viewOf(std::move(runtime)));
  co_return views;
}

Task<Result<Created<RuntimeView>>> RuntimesApi::start(accounts::Caller caller, RuntimeWish wish) {
  CO_TRY(const auto agent, co_await runtimes_.start(caller.account, wish.name.value_or("")));
  const auto all = runtimes_.list(caller.account);
  const auto made = std::ranges::find(all, agent->runtime(), &runtimes::Runtime::id);
  if (made == all.end()) co_return fail(Code::Unavailable, "the runtime ended at once");
  auto view = co_await viewOf(*made);
  co_return Created<RuntimeView>{std::move(view)};
}

Task<Result<>> RuntimesApi::rename(accounts::Caller caller, runtimes::RuntimeId id, RuntimeName wish) {
  const auto all = runtimes_.list(caller.account);
  const auto before = std::ranges::find(all, id, &runtimes::Runtime::id);
  CO_TRY(co_await runtimes_.rename(caller.account, std::move(id), wish.name));
  if (before == all.end()) co_return Result<>{};  // it came meanwhile
  co_return co_await sessions_.renamed(caller.account, before->name, std::move(wish.name));
}

Task<Result<NotebookRuntime>> RuntimesApi::choice(accounts::Caller caller, InQuery<OfNotebook> which) {
  if (!which.value.notebook) co_return fail(Code::InvalidInput, "'notebook' is missing: the path of the notebook's session");
  auto runtime = sessions_.runtimeOf(caller.account, *which.value.notebook);
  co_return NotebookRuntime{.path = *std::move(which.value.notebook), .runtime = std::move(runtime)};
}

Task<Result<>> RuntimesApi::choose(accounts::Caller caller, NotebookRuntime wish) {
  constexpr std::size_t kLongestPath = 4096;
  if (wish.path.empty() || wish.path.size() > kLongestPath)
    co_return fail(Code::InvalidInput, "a path has 1 to {} bytes, not {}", kLongestPath, wish.path.size());
  co_return co_await sessions_.choose(caller.account, std::move(wish.path), std::move(wish.runtime));
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

// ---- packages ----

namespace {

constexpr std::size_t kMostPackages = 5'000;
constexpr std::size_t kLongestWord = 200;
constexpr Duration kPatienceForPackages = 620s;  // the agent's own is 600 s

// Of an agent's list, whatever it says beside it.
std::vector<PackageView> packagesIn(const json::object& said, std::string_view name) {
  std::vector<PackageView> packages;
  const auto* list = said.if_contains(name);
  if (list == nullptr || !list->is_array()) return packages;
  for (const auto& one : list->get_array()) {
    const auto* object = one.if_object();
    const auto* called = object == nullptr ? nullptr : findString(*object, "name");
    const auto* version = object == nullptr ? nullptr : findString(*object, "version");
    if (called == nullptr || version == nullptr || called->size() > kLongestWord || version->size() > kLongestWord) continue;
    packages.push_back({std::string(*called), std::string(*version)});
    if (packages.size() == kMostPackages) break;
  }
  return packages;
}

}  // namespace

Task<Result<PackagesView>> RuntimesApi::askPackages(AccountId of, runtimes::RuntimeId id, net::Method method) {
  CO_TRY(const auto agent, runtimes_.find(of, id));
  if (agent == nullptr) co_return fail(Code::NotFound, "no runtime {} of yours runs", id.text());
  CO_TRY(const auto said, co_await agent->ask(method, "/api/packages", "", kPatienceForPackages));
  const auto* object = said.if_object();
  if (object == nullptr) co_return fail(Code::Unavailable, "the runtime described its packages in no form that is known");
  const auto* bytes = object->if_contains("added_bytes");
  const auto* possible = object->if_contains("possible");
  co_return PackagesView{.kept = packagesIn(*object, "kept"),
      .added = packagesIn(*object, "added"),
      .addedBytes = bytes != nullptr && bytes->is_int64() ? std::max<std::int64_t>(0, bytes->get_int64()) : 0,
      .possible = possible != nullptr && possible->is_bool() && possible->get_bool()};
}

Task<Result<PackagesView>> RuntimesApi::packages(accounts::Caller caller, runtimes::RuntimeId id) {
  co_return co_await askPackages(std::move(caller.account), std::move(id), net::Method::Get);
}

Task<Result<PackagesView>> RuntimesApi::keepPackages(accounts::Caller caller, runtimes::RuntimeId id) {
  co_return co_await askPackages(std::move(caller.account), std::move(id), net::Method::Post);
}

Task<Result<PackagesView>> RuntimesApi::forgetPackages(accounts::Caller caller, runtimes::RuntimeId id) {
  co_return co_await askPackages(std::move(caller.account), std::move(id), net::Method::Delete);
}

// ---- files ----

Task<net::Response> RuntimesApi::forward(Call call, std::string_view below) {
  const auto id = runtimes::RuntimeId::parse(call.param(0));
  if (!id) co_return kernelError(id.error());
  auto agent = runtimes_.find(call.account(), *id);
  if (!agent) co_return kernelError(agent.error());
  if (*agent == nullptr) co_return jupyterError(404, fmt::format("no runtime {} of yours runs", call.param(0)));
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
