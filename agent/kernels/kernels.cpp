#include "agent/kernels/kernels.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstring>

#include "agent/kernels/kernel.h"
#include "lib/base/id.h"
#include "lib/base/log.h"

namespace allmende::kernels {

struct Kernels::Impl {
  Impl(Executor executor, processes::Processes& processes, const Clock& clock, KernelsSettings settings)
      : house{executor, processes, clock, std::move(settings)}, changed(executor) {}

  Kernel::House house;
  std::map<std::string, std::shared_ptr<Kernel>, std::less<>> kernels;  // calls under way keep theirs
  std::shared_ptr<Kernel> ready;                                        // for whoever asks first
  std::size_t leaving = 0;
  Notifier changed;

  Result<std::shared_ptr<Kernel>> of(std::string_view id) const {
    const auto found = kernels.find(id);
    if (found == kernels.end()) return fail(Code::NotFound, "Kernel does not exist: {}", id);
    return found->second;
  }
};

Kernels::Kernels(Executor executor, processes::Processes& processes, const Clock& clock, KernelsSettings settings)
    : impl_(std::make_unique<Impl>(std::move(executor), processes, clock, std::move(settings))) {}
Kernels::~Kernels() = default;

Result<> Kernels::begin() {
  const auto& run = impl_->house.settings.run;
  const auto& user = impl_->house.processes.user();
  std::error_code error;
  std::filesystem::create_directories(run, error);
  if (error) return fail(Code::Unavailable, "the folder {} cannot be made: {}", run.string(), error.message());
  // Sockets' paths hold 107 bytes; what comes behind the folder is "/kernel-<uuid>-5".
  if (run.string().size() > 107 - 46) return fail(Code::InvalidInput, "the folder {} has too long a path for sockets", run.string());
  if (::chmod(run.c_str(), 0700) != 0 || (user.switches && ::chown(run.c_str(), user.uid, user.gid) != 0))
    return fail(Code::Unavailable, "the folder {} cannot be given to the kernels' user: {}", run.string(), std::strerror(errno));
  return {};
}

void Kernels::makeReady(const std::string& name) {
  auto known = specs();
  const auto spec = known.find(name);
  if (spec == known.end()) return log::warning("kernel.not_ready", {{"name", name}, {"message", "there is no such kernel"}});
  auto kernel = std::make_shared<Kernel>(
      impl_->house, std::move(spec->second), KernelDemand{.name = name, .path = "", .id = randomUuid(), .environment = {}});
  if (const auto begun = kernel->begin(); !begun)
    return log::warning("kernel.not_ready", {{"name", name}, {"message", begun.error().message}});
  impl_->ready = std::move(kernel);
}

Task<> Kernels::stop() {
  TaskScope ending(impl_->house.executor);
  if (const auto ready = std::exchange(impl_->ready, nullptr)) ending.spawn("kernel, ending", ready->stop());
  for (const auto& [id, kernel] : impl_->kernels) ending.spawn("kernel, ending", kernel->stop());
  co_await ending.drained();
  impl_->kernels.clear();
  while (impl_->leaving > 0) co_await impl_->changed.wait();
}

std::map<std::string, jupyter::Kernelspec> Kernels::specs() const {
  return jupyter::listKernelspecs(impl_->house.settings.python / "share" / "jupyter" / "kernels");
}

std::string Kernels::defaultSpec() const {
  const auto known = specs();
  return known.contains("python3") || known.empty() ? "python3" : known.begin()->first;
}

std::vector<KernelModel> Kernels::list() const {
  std::vector<KernelModel> models;
  for (const auto& [id, kernel] : impl_->kernels) models.push_back(kernel->model());
  return models;
}

std::optional<KernelModel> Kernels::find(std::string_view id) const {
  const auto kernel = impl_->of(id);
  if (!kernel) return std::nullopt;
  return (*kernel)->model();
}

Result<KernelModel> Kernels::start(KernelDemand demand) {
  if (impl_->kernels.size() >= impl_->house.settings.most) {
    return fail(Code::OverLimit, "{} kernels run already, which is the most a runtime has; shut one down", impl_->kernels.size());
  }
  if (demand.name.empty()) demand.name = defaultSpec();
  auto known = specs();
  const auto spec = known.find(demand.name);
  if (spec == known.end()) {
    std::string names;
    for (const auto& [name, value] : known) names.append(names.empty() ? "" : ", ").append(name);
    return fail(Code::NotFound, "No such kernel named {}; known are: {}", demand.name, names);
  }
  if (demand.id.empty()) demand.id = randomUuid();
  if (!isUuid(demand.id)) return fail(Code::InvalidInput, "'{}' cannot be a kernel's id; a UUID can", demand.id.substr(0, 64));
  if (impl_->kernels.contains(demand.id)) return fail(Code::Conflict, "there is a kernel with the id {} already", demand.id);
  const auto id = demand.id;
  if (impl_->ready && impl_->ready->suits(demand)) {
    auto kernel = std::exchange(impl_->ready, nullptr);
    kernel->give(std::move(demand));
    auto model = kernel->model();
    impl_->kernels.emplace(id, std::move(kernel));
    return model;
  }
  auto kernel = std::make_shared<Kernel>(impl_->house, std::move(spec->second), std::move(demand));
  TRY(kernel->begin());
  auto model = kernel->model();
  impl_->kernels.emplace(id, std::move(kernel));
  return model;
}

Task<Result<>> Kernels::interrupt(std::string id) {
  CO_TRY(const auto kernel, impl_->of(id));
  co_return kernel->interrupt();
}

Task<Result<KernelModel>> Kernels::restart(std::string id) {
  CO_TRY(const auto kernel, impl_->of(id));
  CO_TRY(co_await kernel->restart());
  co_return kernel->model();
}

Task<Result<>> Kernels::remove(std::string id) {
  CO_TRY(const auto kernel, impl_->of(id));
  impl_->kernels.erase(id);
  ++impl_->leaving;
  co_await kernel->stop();
  --impl_->leaving;
  impl_->changed.notifyAll();
  co_return Result<>{};
}

Task<> Kernels::serve(std::string id, std::shared_ptr<net::WebSocket> socket, Client client, Dialect dialect) {
  const auto kernel = impl_->of(id);
  if (kernel) co_await (*kernel)->serve(std::move(socket), std::move(client), dialect);
}

}  // namespace allmende::kernels
