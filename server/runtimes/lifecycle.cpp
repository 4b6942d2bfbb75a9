#include "server/runtimes/lifecycle.h"

#include <algorithm>
#include <iterator>

#include "lib/base/cases.h"
#include "lib/base/log.h"
#include "lib/net/net.h"

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

Error tooMany(std::int64_t runtimes) {
  return {Code::OverLimit,
      fmt::format("you have {} that run, as many as your tier allows; stop one, or let this notebook use one that runs",
          runtimes == 1 ? "a runtime" : fmt::format("{} runtimes", runtimes)),
      {}};
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

Runtimes::Runtimes(Executor executor, Below below, const Clock& clock, RuntimesSettings settings)
    : executor_(executor),
      database_(below.database),
      engine_(below.engine),
      ledger_(below.ledger),
      admission_(below.admission),
      journal_(below.journal),
      clock_(clock),
      settings_(std::move(settings)),
      accelerators_(below.database, below.engine, below.admission),
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
  for (auto& [account, slots] : slots_) {
    for (auto& [name, slot] : slots) slot->changed.notifyAll();
  }
  co_await scope_.close();
}

// ---- names ----

Result<> Runtimes::checkName(const std::string& name) {
  const auto isControl = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (name.size() <= kLongestName && net::isUtf8(name) && std::ranges::none_of(name, isControl)) return {};
  return fail(Code::InvalidInput, "a runtime's name has at most {} bytes of text on one line", kLongestName);
}

Result<Runtimes::SlotPtr> Runtimes::slotOf(const AccountId& of, const std::string& name) {
  auto& slots = slots_[of];
  if (const auto found = slots.find(name); found != slots.end()) return found->second;
  TRY(checkName(name));
  if (slots.size() >= kMostNames) {
    // One that ended gives its place, unless somebody still waits for what became of it.
    const auto spare = std::ranges::find_if(slots, [](const auto& one) { return !one.second->current && one.second.use_count() == 1; });
    if (spare == slots.end()) return fail(Code::OverLimit, "an account has {} runtimes at most; stop one first", kMostNames);
    slots.erase(spare);
  }
  return slots.emplace(name, std::make_shared<Slot>(executor_, of, name)).first->second;
}

Runtimes::SlotPtr Runtimes::findSlot(const AccountId& of, const RuntimeId& id) const {
  const auto found = current_.find(id);
  return found == current_.end() || found->second->of != of ? nullptr : found->second;
}

std::size_t Runtimes::countOf(const AccountId& of) const {
  const auto found = slots_.find(of);
  if (found == slots_.end()) return 0;
  return static_cast<std::size_t>(std::ranges::count_if(found->second, [](const auto& one) { return one.second->current.has_value(); }));
}

Task<Result<>> Runtimes::rename(AccountId of, RuntimeId id, std::string name) {
  if (name.empty()) co_return fail(Code::InvalidInput, "a runtime's name has 1 to {} bytes", kLongestName);
  CO_TRY(checkName(name));
  const auto before = findSlot(of, id);
  if (before == nullptr) co_return fail(Code::NotFound, "no runtime {} of yours runs", id.text());
  if (before->name.empty())
    co_return fail(Code::Conflict, "the runtime that all your notebooks share has no name; have a notebook use another");
  CO_TRY(co_await keepName(of, id, name));
  const auto slot = findSlot(of, id);
  if (slot == nullptr) {
    co_await forgetName(id);
    co_return fail(Code::NotFound, "no runtime {} of yours runs (any more)", id.text());
  }
  auto& slots = slots_[of];
  if (const auto other = slots.find(name); other != slots.end() && other->second != slot) {
    if (other->second->current) {
      CO_TRY(co_await keepName(of, id, slot->name));
      co_return fail(Code::Conflict, "another runtime of yours is called \"{}\"", name);
    }
    slots.erase(other);
  }
  const auto called = std::exchange(slot->name, name);
  slots.erase(called);
  slot->current->name = name;
  slots.emplace(name, slot);
  co_return co_await accelerators_.rename(of, called, std::move(name));
}

// An adopted runtime has the name that is kept; one without has no line.
Task<Result<>> Runtimes::keepName(AccountId of, RuntimeId id, std::string name) {
  if (name.empty()) {
    co_await forgetName(std::move(id));
    co_return Result<>{};
  }
  CO_TRY(
      co_await database_.change("INSERT INTO runtime_names (runtime_id, account_id, name) VALUES (?, ?, ?) "
                                "ON CONFLICT (runtime_id) DO UPDATE SET name = excluded.name",
          {id.text(), of.text(), name}));
  co_return Result<>{};
}

Task<> Runtimes::forgetName(RuntimeId id) {
  if (auto gone = co_await database_.change("DELETE FROM runtime_names WHERE runtime_id = ?", {id.text()}); !gone)
    log::warning("runtime.name_not_forgotten", {{"runtime", id.text()}, {"error", gone.error().message}});
}

Task<Result<std::map<std::string, std::string>>> Runtimes::readNames() {
  CO_TRY(const auto rows, co_await database_.query("SELECT runtime_id, name FROM runtime_names"));
  std::map<std::string, std::string> names;
  for (const auto& row : rows) names.emplace(row.text(0), row.text(1));
  co_return names;
}

// ---- starting ----

Task<Result<std::shared_ptr<Agent>>> Runtimes::start(AccountId of, std::string name) {
  CO_TRY(const auto slot, slotOf(of, name));
  if (mayStart_ && !slot->current) {
    CO_TRY(mayStart_(of));
  }
  if (!known_) co_return std::unexpected(notKnownYet(fault_));
  std::optional<RuntimeId> asked;
  while (!closed_) {
    if (!slot->current && asked) co_return std::unexpected(slot->startFailure.value_or(Error{Code::Unavailable, slot->ended->message, {}}));
    if (!slot->current) {
      slot->current = Runtime{.id = RuntimeId::make(), .owner = of, .name = slot->name, .startedAt = clock_.now(), .limits = {}};
      slot->startFailure.reset();
      slot->because.reset();
      current_.emplace(slot->current->id, slot);
      note(journal::kRuntimeRequested, *slot->current);
      scope_.spawn("start runtime", begin(slot, slot->current->id));
    }
    if (slot->current->state == RuntimeState::Ready) co_return slot->agent;
    if (slot->current->state == RuntimeState::Starting || slot->current->state == RuntimeState::Queued) asked = slot->current->id;
    co_await slot->changed.wait();
  }
  co_return fail(Code::Unavailable, "the server is stopping; try again in a moment");
}

Task<> Runtimes::begin(SlotPtr slot, RuntimeId id) {
  auto failure = co_await admit(slot, id);
  if (!failure) {
    auto started = co_await carryOutStart(slot, id);
    if (started) co_return;
    failure = StartFailure{"start_failed", std::move(started).error()};
  }
  if (!slot->has(id)) co_return;  // news of its end came first
  slot->startFailure = failure->error;
  end(*slot, id, failure->reason, failure->error.message);
}

// Whether the account may have a runtime, and its turn to have it.
Task<std::optional<Runtimes::StartFailure>> Runtimes::admit(SlotPtr slot, RuntimeId id) {
  auto standing = co_await ledger_.standingOf(slot->of);
  if (!standing) co_return StartFailure{"start_failed", std::move(standing).error()};
  const auto& balance = standing->balance;
  if (!balance.unlimited() && balance.left() <= 0) co_return StartFailure{"quota", unitsUsedUp(balance)};
  if (countOf(slot->of) > static_cast<std::size_t>(standing->tier.runtimes))
    co_return StartFailure{"start_failed", tooMany(standing->tier.runtimes)};
  if (auto kept = co_await keepName(slot->of, id, slot->name); !kept) co_return StartFailure{"start_failed", std::move(kept).error()};
  auto turn = co_await awaitTurn(slot, id, std::move(standing->tier));
  if (turn) co_return std::nullopt;
  co_return StartFailure{turn.error().code == Code::Cancelled ? "cancelled" : "start_failed", std::move(turn).error()};
}

Task<Result<>> Runtimes::awaitTurn(SlotPtr slot, RuntimeId id, quota::Tier tier) {
  CO_TRY(const auto usedLately, co_await ledger_.usedLately(slot->of));
  CO_TRY(const auto accelerator, co_await accelerators_.demanded(slot->of, slot->name, tier));
  if (!slot->has(id)) co_return fail(Code::Cancelled, "the runtime was stopped before it started");
  slot->current->limits = limitsOf(tier);
  if (!accelerator.empty()) slot->current->limits.devices = {accelerator};
  slot->current->tier = tier.name;
  if (!admission_.hasRoomFor(tier.memory.bytes, accelerator)) turn(*slot, RuntimeState::Queued);
  // Who has one already lets others go ahead.
  const auto weight = tier.weight / static_cast<double>(std::max<std::size_t>(countOf(slot->of), 1));
  CO_TRY(co_await admission_.enter(
      {.id = id.text(), .memoryBytes = tier.memory.bytes, .device = accelerator, .weight = weight, .usedLately = usedLately, .since = {}}));
  if (!slot->has(id)) {
    admission_.leave(id.text());
    co_return fail(Code::Cancelled, "the runtime was stopped before it started");
  }
  if (slot->current->state == RuntimeState::Queued) turn(*slot, RuntimeState::Starting);
  co_return Result<>{};
}

Task<Result<>> Runtimes::carryOutStart(SlotPtr slot, RuntimeId id) {
  auto running = co_await engine_.start({.id = id,
      .owner = slot->of.text(),
      .python = settings_.python,
      .drive = slot->of.text(),
      .ready = settings_.ready,
      .limits = slot->current->limits});
  if (!running) co_return during("starting a runtime", Result<>(std::unexpected(std::move(running).error())));
  auto agent = std::make_shared<Agent>(executor_, running->agent, id);
  auto answered = co_await awaitFirstAnswer(agent);
  if (!answered) {
    static_cast<void>(co_await engine_.stop(id, 0ms));
    co_return std::unexpected(std::move(answered).error());
  }
  if (!slot->has(id)) co_return fail(Code::Unavailable, "the runtime ended while it was starting");
  slot->current->startedAt = running->startedAt;
  slot->current->limits = running->limits;  // as they hold: not every machine can do all
  slot->agent = agent;
  co_await found_(agent, slot->of);
  if (slot->has(id)) turn(*slot, RuntimeState::Ready);
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
  const auto slot = findSlot(of, id);
  if (slot == nullptr) co_return fail(Code::NotFound, "no runtime {} of yours runs", id.text());
  while (slot->has(id) && !closed_) {
    if (slot->current->state == RuntimeState::Queued) admission_.leave(id.text());
    if (slot->current->state != RuntimeState::Starting && slot->current->state != RuntimeState::Queued) break;
    co_await slot->changed.wait();
  }
  if (slot->has(id) && slot->current->state == RuntimeState::Ready) {
    turn(*slot, RuntimeState::Stopping);
    auto stopped = co_await engine_.stop(id, kGrace);
    if (!stopped && stopped.error().code == Code::NotFound && slot->has(id))
      end(*slot, id, "engine_gone", "The runtime was not there any more.");
    if (!stopped && slot->has(id)) {
      turn(*slot, RuntimeState::Ready);
      co_return during("stopping the runtime", std::move(stopped));
    }
  }
  while (slot->has(id) && !closed_) co_await slot->changed.wait();
  co_return Result<>{};
}

Task<Result<>> Runtimes::stopBecause(AccountId of, RuntimeId id, std::string reason, std::string message) {
  const auto slot = findSlot(of, id);
  if (slot != nullptr && slot->current->state != RuntimeState::Stopping)
    slot->because = Slot::Because{std::move(reason), std::move(message)};
  co_return co_await stop(of, id);
}

void Runtimes::end(Slot& slot, const RuntimeId& id, std::string reason, std::string message, std::optional<double> cpuSeconds) {
  if (!slot.has(id)) return;
  // What asked for the end knows better than what carried it out; but one that ended by itself meanwhile did so.
  if (auto because = std::exchange(slot.because, std::nullopt); because && (reason == "stopped" || reason == "cancelled"))
    std::tie(reason, message) = std::pair(std::move(because->reason), std::move(because->message));
  check(std::ranges::find(kEndWords, reason, &EndWord::word) != std::end(kEndWords), "a runtime ends for a reason that has a word");
  auto runtime = *std::move(slot.current);
  current_.erase(runtime.id);
  runtime.state = RuntimeState::Stopped;
  runtime.reason = std::move(reason);
  runtime.message = std::move(message);
  slot.current.reset();
  slot.agent.reset();
  slot.ended = runtime;
  admission_.leave(runtime.id.text());
  if (!slot.name.empty()) scope_.spawn("forget a runtime's name", forgetName(runtime.id));
  note(journal::kRuntimeStopped, runtime);
  ended_(runtime, cpuSeconds);
  slot.changed.notifyAll();
}

// ---- news ----

void Runtimes::hear(const engines::News& news) {
  std::visit(Cases{
                 [this](const engines::RuntimeEnded& ended) {
                   const auto found = current_.find(ended.id);
                   if (found == current_.end()) return;
                   const auto slot = found->second;
                   end(*slot, ended.id, std::string(engines::nameOf(ended.reason)), ended.sentence, ended.cpuSeconds);
                 },
                 [this](const engines::Observed& observed) {
                   if (observed_) observed_(observed);
                 },
                 [this](const engines::MemoryRanOut& ran) {
                   const auto found = current_.find(ran.id);
                   if (found == current_.end()) return;
                   auto& runtime = found->second->current;
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
  const auto names = co_await readNames();
  auto running = co_await engine_.list();
  if (!running || !names) {
    fault_ = running ? names.error().message : running.error().message;
    co_return;
  }
  std::vector<SlotPtr> adopted;
  for (const auto& runtime : *running) {
    const auto name = names->find(runtime.id.text());
    adopt(runtime, name == names->end() ? "" : name->second, adopted);
  }
  for (const auto& slot : adopted) {
    auto agent = slot->agent;
    co_await found_(agent, slot->of);
    if (slot->agent == agent && slot->current->state == RuntimeState::Starting) turn(*slot, RuntimeState::Ready);
  }
  std::vector<SlotPtr> lost;
  for (auto& [id, slot] : current_) {
    const bool named = std::ranges::any_of(*running, [&](const auto& one) { return one.id == id; });
    // One that waits or is just being started may be newer than the list.
    if (!named && (slot->current->state == RuntimeState::Ready || slot->current->state == RuntimeState::Stopping)) lost.push_back(slot);
  }
  for (const auto& slot : lost)
    end(*slot, RuntimeId(slot->current->id), "engine_gone", "The runtime was lost while the server could not see it.");
  known_ = true;
  log::info("runtimes.found", {{"running", current_.size()}});
}

void Runtimes::adopt(const engines::RunningRuntime& running, const std::string& name, std::vector<SlotPtr>& adopted) {
  if (current_.contains(running.id)) return;
  const auto owner = AccountId::parse(running.owner);
  const auto slot = owner ? slotOf(*owner, name) : Result<SlotPtr>(std::unexpected(owner.error()));
  if (!slot || (*slot)->current) {
    log::warning("runtime.ignored",
        {{"runtime", running.id.text()}, {"owner", running.owner}, {"kept", slot ? (*slot)->current->id.text() : slot.error().message}});
    return;
  }
  (*slot)->current = Runtime{.id = running.id, .owner = *owner, .name = name, .startedAt = running.startedAt, .limits = running.limits};
  (*slot)->agent = std::make_shared<Agent>(executor_, running.agent, running.id);
  current_.emplace(running.id, *slot);
  const auto& devices = running.limits.devices;
  admission_.claim(running.id.text(), running.limits.memoryBytes, devices.empty() ? "" : kindOf(devices.front()));
  adopted.push_back(*slot);
}

// ---- looking ----

namespace {

// That of a slot's runtime, once it has answered; null before.
template <class Slot>
std::shared_ptr<Agent> agentOf(const Slot& slot) {
  const bool there = slot.current && slot.current->state != RuntimeState::Starting && slot.current->state != RuntimeState::Queued;
  return there ? slot.agent : nullptr;
}

}  // namespace

Result<std::shared_ptr<Agent>> Runtimes::find(const AccountId& of, const std::string& name) const {
  if (!known_) return std::unexpected(notKnownYet(fault_));
  const auto slots = slots_.find(of);
  if (slots == slots_.end()) return nullptr;
  const auto found = slots->second.find(name);
  return found == slots->second.end() ? nullptr : agentOf(*found->second);
}

Result<std::shared_ptr<Agent>> Runtimes::find(const AccountId& of, const RuntimeId& id) const {
  if (!known_) return std::unexpected(notKnownYet(fault_));
  const auto slot = findSlot(of, id);
  return slot == nullptr ? nullptr : agentOf(*slot);
}

Result<std::vector<std::shared_ptr<Agent>>> Runtimes::findAll(const AccountId& of) const {
  if (!known_) return std::unexpected(notKnownYet(fault_));
  std::vector<std::shared_ptr<Agent>> all;
  const auto slots = slots_.find(of);
  if (slots == slots_.end()) return all;
  for (const auto& [name, slot] : slots->second) {
    if (auto agent = agentOf(*slot)) all.push_back(std::move(agent));
  }
  return all;
}

std::vector<Runtime> Runtimes::list(const AccountId& of) const {
  std::vector<Runtime> all;
  const auto slots = slots_.find(of);
  if (slots == slots_.end()) return all;
  for (const auto& [name, slot] : slots->second) {
    if (slot->current) all.push_back(*slot->current);
  }
  const auto running = static_cast<std::ptrdiff_t>(all.size());
  for (const auto& [name, slot] : slots->second) {
    if (slot->ended) all.push_back(*slot->ended);
  }
  std::sort(all.begin() + running, all.end(), [](const Runtime& a, const Runtime& b) { return a.startedAt > b.startedAt; });
  return all;
}

std::vector<Runtime> Runtimes::listAll() const {
  std::vector<Runtime> all;
  for (const auto& [account, slots] : slots_) {
    for (const auto& [name, slot] : slots) {
      if (slot->current) all.push_back(*slot->current);
    }
  }
  return all;
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
