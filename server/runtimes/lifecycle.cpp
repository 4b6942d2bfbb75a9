#include "server/runtimes/lifecycle.h"

#include <algorithm>
#include <iterator>

#include "lib/base/cases.h"
#include "lib/base/log.h"

namespace allmende::runtimes {
namespace {

constexpr Duration kGrace = 5s;  // between asking an agent to end and killing everything

Error notKnownYet(const std::optional<std::string>& fault) {
  return {Code::Unavailable, fmt::format("the server is still learning what runs; try again in a moment ({})", fault.value_or("soon done")),
      {}};
}

Limits limitsOf(const quota::Tier& tier) {
  return {.memoryBytes = tier.memory.bytes,
      .cpus = tier.cpus,
      .diskBytes = tier.disk.bytes,
      .pids = tier.processes,
      .lifetimeSeconds = std::chrono::duration_cast<std::chrono::seconds>(tier.lifetime).count(),
      .network = {.access = tier.network,
          .reach = tier.reach,
          .uploadBytesPerSecond = tier.upload.bytes,
          .downloadBytesPerSecond = tier.download.bytes},
      .driveBytes = tier.drive.bytes};
}

Error unitsUsedUp(const quota::Balance& balance) {
  return {Code::OverLimit,
      fmt::format("your {:.1f} compute units of this period are used up; they are full again on {}", balance.units,
          formatUtc(balance.refillsAt).substr(0, 16)),
      {}};
}

}  // namespace

std::string_view nameOf(RuntimeState state) {
  switch (state) {
    case RuntimeState::Queued: return "queued";
    case RuntimeState::Starting: return "starting";
    case RuntimeState::Ready: return "ready";
    case RuntimeState::Stopping: return "stopping";
    case RuntimeState::Stopped: return "stopped";
  }
  return "stopped";
}

Runtimes::Runtimes(Executor executor, engines::Engine& engine, quota::Ledger& ledger, quota::Admission& admission,
    journal::Journal& journal, const Clock& clock, RuntimesSettings settings)
    : executor_(executor),
      engine_(engine),
      ledger_(ledger),
      admission_(admission),
      journal_(journal),
      clock_(clock),
      settings_(std::move(settings)),
      scope_(executor) {}

void Runtimes::onChange(Found found, Ended ended) {
  found_ = std::move(found);
  ended_ = std::move(ended);
}

void Runtimes::begin() {
  engine_.onNews([this](const engines::News& news) { hear(news); });
}

Task<> Runtimes::close() {
  closed_ = true;
  admission_.close();
  for (auto& [account, slot] : slots_) slot.changed.notifyAll();
  co_await scope_.close();
}

Runtimes::Slot& Runtimes::slotOf(const AccountId& of) { return slots_.try_emplace(of, executor_).first->second; }

// ---- starting ----

Task<Result<std::shared_ptr<Agent>>> Runtimes::start(AccountId of) {
  auto& slot = slotOf(of);
  if (mayStart_ && !slot.current) {
    CO_TRY(mayStart_(of));
  }
  if (!known_) co_return std::unexpected(notKnownYet(fault_));
  std::optional<RuntimeId> asked;
  while (!closed_) {
    if (!slot.current && asked) co_return std::unexpected(slot.startFailure.value_or(Error{Code::Unavailable, slot.ended->message, {}}));
    if (!slot.current) {
      slot.current = Runtime{.id = RuntimeId::make(), .owner = of, .startedAt = clock_.now(), .limits = {}};
      slot.startFailure.reset();
      slot.because.reset();
      owners_.emplace(slot.current->id, of);
      note(journal::kRuntimeRequested, *slot.current);
      scope_.spawn("start runtime", begin(of, slot.current->id));
    }
    if (slot.current->state == RuntimeState::Ready) co_return slot.agent;
    if (slot.current->state == RuntimeState::Starting || slot.current->state == RuntimeState::Queued) asked = slot.current->id;
    co_await slot.changed.wait();
  }
  co_return fail(Code::Unavailable, "the server is stopping; try again in a moment");
}

Task<> Runtimes::begin(AccountId of, RuntimeId id) {
  auto failure = co_await admit(of, id);
  if (!failure) {
    auto started = co_await carryOutStart(of, id);
    if (started) co_return;
    failure = StartFailure{"start_failed", std::move(started).error()};
  }
  auto& slot = slotOf(of);
  if (!slot.current || slot.current->id != id) co_return;  // news of its end came first
  slot.startFailure = failure->error;
  end(of, id, failure->reason, failure->error.message);
}

// Whether the account may have a runtime, and its turn to have it.
Task<std::optional<Runtimes::StartFailure>> Runtimes::admit(AccountId of, RuntimeId id) {
  auto standing = co_await ledger_.standingOf(of);
  if (!standing) co_return StartFailure{"start_failed", std::move(standing).error()};
  const auto& balance = standing->balance;
  if (!balance.unlimited() && balance.left() <= 0) co_return StartFailure{"quota", unitsUsedUp(balance)};
  auto turn = co_await awaitTurn(of, id, std::move(standing->tier));
  if (turn) co_return std::nullopt;
  co_return StartFailure{turn.error().code == Code::Cancelled ? "cancelled" : "start_failed", std::move(turn).error()};
}

Task<Result<>> Runtimes::awaitTurn(AccountId of, RuntimeId id, quota::Tier tier) {
  CO_TRY(const auto usedLately, co_await ledger_.usedLately(of));
  auto& slot = slotOf(of);
  const auto waits = [&] { return slot.current && slot.current->id == id; };
  if (!waits()) co_return fail(Code::Cancelled, "the runtime was stopped before it started");
  slot.current->limits = limitsOf(tier);
  slot.current->tier = tier.name;
  if (!admission_.hasRoomFor(tier.memory.bytes)) turn(slot, RuntimeState::Queued);
  CO_TRY(co_await admission_.enter(
      {.id = id.text(), .memoryBytes = tier.memory.bytes, .weight = tier.weight, .usedLately = usedLately, .since = {}}));
  if (!waits()) {
    admission_.leave(id.text());
    co_return fail(Code::Cancelled, "the runtime was stopped before it started");
  }
  if (slot.current->state == RuntimeState::Queued) turn(slot, RuntimeState::Starting);
  co_return Result<>{};
}

Task<Result<>> Runtimes::carryOutStart(AccountId of, RuntimeId id) {
  auto running = co_await engine_.start({.id = id,
      .owner = of.text(),
      .python = settings_.python,
      .drive = of.text(),
      .ready = settings_.ready,
      .limits = slotOf(of).current->limits});
  if (!running) co_return during("starting a runtime", Result<>(std::unexpected(std::move(running).error())));
  auto agent = std::make_shared<Agent>(executor_, running->agent, id);
  auto answered = co_await awaitFirstAnswer(agent);
  if (!answered) {
    static_cast<void>(co_await engine_.stop(id, 0ms));
    co_return std::unexpected(std::move(answered).error());
  }
  auto& slot = slotOf(of);
  if (!slot.current || slot.current->id != id) co_return fail(Code::Unavailable, "the runtime ended while it was starting");
  slot.current->startedAt = running->startedAt;
  slot.current->limits = running->limits;  // as they hold: not every machine can do all
  slot.agent = agent;
  co_await found_(agent, of);
  if (slot.current && slot.current->id == id) turn(slot, RuntimeState::Ready);
  co_return Result<>{};
}

Task<Result<>> Runtimes::awaitFirstAnswer(std::shared_ptr<Agent> agent) {
  auto answered = co_await agent->ask(net::Method::Get, "/api", "", settings_.firstAnswer);
  if (!answered) co_return during("waiting for the new runtime", Result<>(std::unexpected(std::move(answered).error())));
  co_return Result<>{};
}

void Runtimes::turn(Slot& slot, RuntimeState to) {
  const auto from = std::exchange(slot.current->state, to);
  if (to == RuntimeState::Queued) note(journal::kRuntimeQueued, *slot.current);
  if (from == RuntimeState::Queued && to == RuntimeState::Starting) note(journal::kRuntimeAdmitted, *slot.current);
  if (to == RuntimeState::Ready) note(journal::kRuntimeReadied, *slot.current);
  if (to == RuntimeState::Stopping) note(journal::kRuntimeStopBegun, *slot.current);
  slot.changed.notifyAll();
}

// ---- stopping ----

Task<Result<>> Runtimes::stop(AccountId of, RuntimeId id) {
  auto& slot = slotOf(of);
  const auto gone = [&] { return !slot.current || slot.current->id != id; };
  if (gone()) co_return fail(Code::NotFound, "no runtime {} of yours runs", id.text());
  while (!gone() && !closed_) {
    if (slot.current->state == RuntimeState::Queued) admission_.leave(id.text());
    if (slot.current->state != RuntimeState::Starting && slot.current->state != RuntimeState::Queued) break;
    co_await slot.changed.wait();
  }
  if (!gone() && slot.current->state == RuntimeState::Ready) {
    turn(slot, RuntimeState::Stopping);
    auto stopped = co_await engine_.stop(id, kGrace);
    if (!stopped && stopped.error().code == Code::NotFound && !gone()) end(of, id, "engine_gone", "The runtime was not there any more.");
    if (!stopped && !gone()) {
      turn(slot, RuntimeState::Ready);
      co_return during("stopping the runtime", std::move(stopped));
    }
  }
  while (!gone() && !closed_) co_await slot.changed.wait();
  co_return Result<>{};
}

Task<Result<>> Runtimes::stopBecause(AccountId of, RuntimeId id, std::string reason, std::string message) {
  auto& slot = slotOf(of);
  if (slot.current && slot.current->id == id && slot.current->state != RuntimeState::Stopping)
    slot.because = Slot::Because{std::move(reason), std::move(message)};
  co_return co_await stop(of, id);
}

void Runtimes::end(const AccountId& of, const RuntimeId& id, std::string reason, std::string message, std::optional<double> cpuSeconds) {
  auto& slot = slotOf(of);
  if (!slot.current || slot.current->id != id) return;
  // What asked for the end knows better than what carried it out; but one that ended by itself meanwhile did so.
  if (auto because = std::exchange(slot.because, std::nullopt); because && (reason == "stopped" || reason == "cancelled"))
    std::tie(reason, message) = std::pair(std::move(because->reason), std::move(because->message));
  check(std::ranges::find(kEndWords, reason, &EndWord::word) != std::end(kEndWords), "a runtime ends for a reason that has a word");
  auto runtime = *std::move(slot.current);
  runtime.state = RuntimeState::Stopped;
  runtime.reason = std::move(reason);
  runtime.message = std::move(message);
  slot.current.reset();
  slot.agent.reset();
  slot.ended = runtime;
  owners_.erase(id);
  admission_.leave(id.text());
  note(journal::kRuntimeStopped, runtime);
  ended_(runtime, cpuSeconds);
  slot.changed.notifyAll();
}

// ---- news ----

void Runtimes::hear(const engines::News& news) {
  std::visit(Cases{
                 [this](const engines::RuntimeEnded& ended) {
                   const auto owner = owners_.find(ended.id);
                   if (owner == owners_.end()) return;
                   const auto of = owner->second;
                   end(of, ended.id, std::string(engines::nameOf(ended.reason)), ended.sentence, ended.cpuSeconds);
                 },
                 [this](const engines::Observed& observed) {
                   if (observed_) observed_(observed);
                 },
                 [this](const engines::MemoryRanOut& ran) {
                   const auto owner = owners_.find(ran.id);
                   if (owner == owners_.end()) return;
                   auto& runtime = slotOf(owner->second).current;
                   runtime->reason = "memory_ran_out";
                   runtime->message = ran.sentence;
                   note(journal::kRuntimeMemoryRanOut, *runtime);
                 },
                 [this](const engines::EngineReachable&) {
                   fault_.reset();
                   scope_.spawn("find what runs", findWhatRuns());
                 },
                 [this](const engines::EngineUnreachable& gone) { fault_ = gone.sentence; },
             },
      news);
}

// The engine is the truth: what it names is ours again, what it does not name has ended.
Task<> Runtimes::findWhatRuns() {
  auto running = co_await engine_.list();
  if (!running) {
    fault_ = running.error().message;
    co_return;
  }
  std::vector<AccountId> adopted;
  for (const auto& runtime : *running) adopt(runtime, adopted);
  for (const auto& of : adopted) {
    auto agent = slotOf(of).agent;
    co_await found_(agent, of);
    auto& slot = slotOf(of);
    if (slot.agent == agent && slot.current->state == RuntimeState::Starting) turn(slot, RuntimeState::Ready);
  }
  std::vector<Runtime> lost;
  for (auto& [account, slot] : slots_) {
    const bool named = !slot.current || std::ranges::any_of(*running, [&](const auto& one) { return one.id == slot.current->id; });
    // One that waits or is just being started may be newer than the list.
    if (!named && (slot.current->state == RuntimeState::Ready || slot.current->state == RuntimeState::Stopping))
      lost.push_back(*slot.current);
  }
  for (const auto& runtime : lost) end(runtime.owner, runtime.id, "engine_gone", "The runtime was lost while the server could not see it.");
  known_ = true;
  log::info("runtimes.found", {{"running", owners_.size()}});
}

void Runtimes::adopt(const engines::RunningRuntime& running, std::vector<AccountId>& adopted) {
  if (owners_.contains(running.id)) return;
  const auto owner = AccountId::parse(running.owner);
  if (!owner) {
    log::warning("runtime.ignored", {{"runtime", running.id.text()}, {"owner", running.owner}});
    return;
  }
  auto& slot = slotOf(*owner);
  if (slot.current) {
    log::warning("runtime.ignored", {{"runtime", running.id.text()}, {"owner", running.owner}, {"kept", slot.current->id.text()}});
    return;
  }
  slot.current = Runtime{.id = running.id, .owner = *owner, .startedAt = running.startedAt, .limits = running.limits};
  slot.agent = std::make_shared<Agent>(executor_, running.agent, running.id);
  owners_.emplace(running.id, *owner);
  admission_.claim(running.id.text(), running.limits.memoryBytes);
  adopted.push_back(*owner);
}

// ---- looking ----

Result<std::shared_ptr<Agent>> Runtimes::find(const AccountId& of) const {
  if (!known_) return std::unexpected(notKnownYet(fault_));
  const auto found = slots_.find(of);
  if (found == slots_.end() || !found->second.current || found->second.current->state == RuntimeState::Starting ||
      found->second.current->state == RuntimeState::Queued)
    return nullptr;
  return found->second.agent;
}

std::vector<Runtime> Runtimes::list(const AccountId& of) const {
  std::vector<Runtime> all;
  const auto found = slots_.find(of);
  if (found == slots_.end()) return all;
  if (found->second.current) all.push_back(*found->second.current);
  if (found->second.ended) all.push_back(*found->second.ended);
  return all;
}

std::vector<Runtime> Runtimes::listAll() const {
  std::vector<Runtime> all;
  for (const auto& [account, slot] : slots_) {
    if (slot.current) all.push_back(*slot.current);
  }
  return all;
}

std::optional<Runtime> Runtimes::lastEnded(const AccountId& of) const {
  const auto found = slots_.find(of);
  return found == slots_.end() ? std::nullopt : found->second.ended;
}

Task<Result<Usage>> Runtimes::usage(RuntimeId id) { co_return co_await engine_.usage(id); }

std::optional<std::string> Runtimes::findFault() const { return fault_; }

void Runtimes::note(journal::EventKind kind, const Runtime& runtime) {
  json::object detail;
  if (!runtime.reason.empty()) detail = {{"reason", runtime.reason}, {"message", runtime.message}};
  log::info(kind.name, {{"runtime", runtime.id.text()}, {"account", runtime.owner.text()}, {"reason", runtime.reason}});
  scope_.spawn("write journal", write(kind, {runtime.owner.text(), runtime.id.text()}, std::move(detail)));
}

Task<> Runtimes::write(journal::EventKind kind, std::vector<std::string> subjects, json::object detail) {
  const auto written = co_await journal_.record(kind, std::move(subjects), std::move(detail));
  if (!written) log::error("journal.failed", {{"event", kind.name}, {"error", written.error().message}});
}

}  // namespace allmende::runtimes
