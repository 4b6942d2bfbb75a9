#include "server/runtimes/care.h"

#include <algorithm>
#include <cmath>

#include "lib/base/log.h"

namespace allmende::runtimes {
namespace {

constexpr Duration kLookPatience = 10s;
constexpr int kTriesToWrite = 10;
constexpr Duration kPauseToWrite = 3s;
constexpr std::size_t kMostLooks = 240;  // an hour of them, however the machine's clock is set

double hoursOf(Duration time) { return std::chrono::duration<double, std::ratio<3600>>(time).count(); }

std::string timeWords(Duration time) {
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(time).count();
  if (minutes >= 120 && minutes % 60 == 0) return fmt::format("{} hours", minutes / 60);
  return minutes == 0 ? fmt::format("{} seconds", time.count() / 1000) : fmt::format("{} minutes", minutes);
}

constexpr std::string_view kWhatStays =
    "Notebooks and files on the drive are kept; variables and what lay in /content are gone. Run a cell to start a new one.";

// Whether something runs in an agent's list of kernels or terminals; what it says of activity is added to `activity`.
bool anyWorks(const json::value& said, std::string* activity) {
  bool works = false;
  if (!said.is_array()) return works;
  for (const auto& one : said.get_array()) {
    if (!one.is_object()) continue;
    const auto& object = one.get_object();
    if (const auto* at = findString(object, "last_activity"); at != nullptr && at->size() <= 64) activity->append(*at);
    const auto* state = findString(object, "execution_state");
    const auto* busy = object.if_contains("busy");
    works = works || (state != nullptr && *state == "busy") || (busy != nullptr && busy->is_bool() && busy->get_bool());
  }
  return works;
}

}  // namespace

Care::Care(Executor executor, Runtimes& runtimes, quota::Ledger& ledger, quota::Admission& admission, Clock& clock, CareSettings settings)
    : runtimes_(runtimes), ledger_(ledger), admission_(admission), clock_(clock), settings_(settings), scope_(executor) {}

Task<> Care::close() { co_await scope_.close(); }

Task<> Care::found(std::shared_ptr<Agent> agent, AccountId of) {
  const auto id = agent->runtime();
  const auto now = clock_.sinceStart();
  const auto all = runtimes_.list(of);
  const auto ours = std::ranges::find(all, id, &Runtime::id);
  const auto startedAt = ours == all.end() ? clock_.now() : ours->startedAt;
  auto standing = co_await ledger_.standingOf(of);
  const auto counted = co_await ledger_.findCounted(id.text());
  if (!standing || !counted) log::error("care.knows_less", {{"runtime", id.text()}});
  Cared cared{.of = of,
      .agent = std::move(agent),
      .tier = ledger_.book().free(),
      .accelerators = ours == all.end() ? 0 : ours->limits.devices.size(),
      .balance = {},
      .paidBy = {},
      .idle = IdleClock(now),
      .counted = {.to = startedAt},
      .countedAt = now,
      .neededSince = {}};
  if (standing) cared.takeUp(*std::move(standing));
  if (counted && *counted) cared.counted = **counted;
  // What it used while nobody counted, or nobody was there to count.
  const auto missed = std::clamp(Duration(clock_.now() - cared.counted.to), Duration{0}, Duration(cared.tier.lifetime));
  cared.countedAt = now - missed;
  cared_.insert_or_assign(id, std::move(cared));
  scope_.spawn("look after runtime", lookAfter(id));
}

void Care::ended(const Runtime& runtime, std::optional<double> cpuSeconds) {
  const auto found = cared_.find(runtime.id);
  if (found == cared_.end()) return;
  if (cpuSeconds) found->second.cpuSeconds = std::max(found->second.cpuSeconds, *cpuSeconds);
  scope_.spawn("write usage", writeLast(take(runtime.id, found->second)));
  cared_.erase(found);
}

// ---- looking ----

Task<> Care::lookAfter(RuntimeId id) {
  while (cared_.contains(id)) {
    co_await clock_.sleep(settings_.look);
    if (!cared_.contains(id)) co_return;
    if (const auto looked = co_await lookAt(id); !looked)
      log::debug("runtime.not_seen", {{"runtime", id.text()}, {"error", looked.error().message}});
    co_await write(id);
    co_await judge(id);
  }
}

Task<Result<>> Care::lookAt(RuntimeId id) {
  const auto cared = cared_.at(id);
  CO_TRY(const auto usage, co_await runtimes_.usage(id));
  Signs signs{.working = false, .cpuSeconds = usage.cpuSeconds, .lastActivity = {}};
  // An agent that does not answer counts as idle only when nothing is computed either.
  for (const auto* what : {"/api/kernels", "/api/terminals"}) {
    if (const auto said = co_await cared.agent->ask(net::Method::Get, what, "", kLookPatience))
      signs.working = anyWorks(*said, &signs.lastActivity) || signs.working;
  }
  const auto found = cared_.find(id);
  if (found == cared_.end()) co_return Result<>{};
  noteUse(found->second, usage);
  found->second.idle.look(clock_.sinceStart(), std::move(signs));
  auto& needed = found->second.neededSince;
  if (!isNeeded(id)) {
    needed.reset();
  } else if (!needed) {
    needed = clock_.sinceStart();
  }
  co_return Result<>{};
}

void Care::noteUse(Cared& cared, const Usage& usage) const {
  const auto now = clock_.sinceStart();
  const std::chrono::duration<double> time = now - cared.lookedAt.value_or(now);
  const auto cpus = time.count() > 0 ? std::max(0.0, usage.cpuSeconds - cared.cpuSeconds) / time.count() : 0;
  cared.looks.push_back({.at = clock_.now(), .memoryBytes = usage.memoryBytes, .cpus = cpus});
  while (cared.looks.size() > kMostLooks || cared.looks.front().at < clock_.now() - 1h) cared.looks.pop_front();
  cared.lookedAt = now;
  cared.cpuSeconds = usage.cpuSeconds;
}

std::vector<Use> Care::lastHour(const AccountId& of, const RuntimeId& id) const {
  const auto found = cared_.find(id);
  if (found == cared_.end() || found->second.of != of) return {};
  return {found->second.looks.begin(), found->second.looks.end()};
}

// As many of those that are idle longest as there are people waiting.
bool Care::isNeeded(const RuntimeId& id) const {
  if (!admission_.paused().empty() || admission_.waiting() == 0 || admission_.longestWait() < settings_.patience) return false;
  const auto now = clock_.sinceStart();
  const auto& own = cared_.at(id);
  if (own.tier.idle <= 0ms || own.idle.idleFor(now) <= settings_.look) return false;
  const auto longer = std::ranges::count_if(
      cared_, [&](const auto& entry) { return entry.second.tier.idle > 0ms && entry.second.idle.idleSince() < own.idle.idleSince(); });
  return static_cast<std::size_t>(longer) < admission_.waiting();
}

// When it is stopped if nothing runs until then; nullopt while it works or where idling is allowed.
std::optional<Duration> Care::idleEnd(const Cared& cared) const {
  if (cared.tier.idle <= 0ms || cared.idle.idleFor(clock_.sinceStart()) <= settings_.look) return std::nullopt;
  const auto usual = cared.idle.idleSince() + cared.tier.idle;
  if (!cared.neededSince) return usual;
  const auto early = std::max<Duration>(cared.idle.idleSince() + cared.tier.idleWhenNeeded, *cared.neededSince + settings_.notice);
  return std::min(usual, early);
}

Task<> Care::judge(RuntimeId id) {
  const auto found = cared_.find(id);
  if (found == cared_.end()) co_return;
  const auto& cared = found->second;
  const auto of = cared.of;
  if (const auto end = idleEnd(cared); end && *end <= clock_.sinceStart()) {
    const auto idle = timeWords(cared.idle.idleFor(clock_.sinceStart()));
    auto [reason, message] =
        cared.neededSince && *end < cared.idle.idleSince() + cared.tier.idle
            ? std::pair("needed", fmt::format("Nothing had run here for {} while others waited for a place, so the runtime was stopped. {}",
                                      idle, kWhatStays))
            : std::pair("idle", fmt::format("Nothing had run here for {}, so the runtime was stopped. {}", idle, kWhatStays));
    const auto stopped = co_await runtimes_.stopBecause(of, id, reason, std::move(message));
    if (!stopped) log::warning("runtime.not_stopped", {{"runtime", id.text()}, {"error", stopped.error().message}});
    co_return;
  }
  if (cared.balance.unlimited()) co_return;
  // Anew, as units may have been given or taken meanwhile.
  if (auto read = co_await ledger_.standingOf(of)) {
    if (const auto still = cared_.find(id); still != cared_.end()) still->second.takeUp(*std::move(read));
  }
  const auto still = cared_.find(id);
  if (still == cared_.end() || still->second.balance.left() - together(of).unwritten > 0) co_return;
  const auto& balance = still->second.balance;
  auto message =
      fmt::format("The {:.1f} compute units of this period are used up, so the runtime was stopped; they are full again on {} UTC. {}",
          balance.units, formatUtc(balance.refillsAt).substr(0, 16), kWhatStays);
  const auto stopped = co_await runtimes_.stopBecause(of, id, "quota", std::move(message));
  if (!stopped) log::warning("runtime.not_stopped", {{"runtime", id.text()}, {"error", stopped.error().message}});
}

// ---- counting ----

double Care::unwritten(const RuntimeId& id) const {
  const auto found = cared_.find(id);
  if (found == cared_.end()) return 0;
  return hoursOf(clock_.sinceStart() - found->second.countedAt) * found->second.unitsPerHour();
}

Care::Together Care::together(const AccountId& of) const {
  Together sum;
  for (const auto& [id, cared] : cared_) {
    if (cared.of != of) continue;
    sum.unwritten += unwritten(id);
    sum.perHour += cared.unitsPerHour();
  }
  return sum;
}

// What was used since the last entry, as one. Time is measured by the clock that does not jump.
quota::UsageEntry Care::take(const RuntimeId& id, Cared& cared) const {
  const auto now = clock_.sinceStart();
  const std::int64_t cpuMs = std::llround(cared.cpuSeconds * 1000);
  quota::UsageEntry entry{.account = cared.of,
      .runtime = id.text(),
      .tier = cared.tier.name,
      .began = cared.counted.to,
      .ended = clock_.now(),
      .milliunits = std::llround(hoursOf(now - cared.countedAt) * cared.unitsPerHour() * 1000),
      .cpuMs = std::max<std::int64_t>(0, cpuMs - cared.counted.cpuMs),
      .paidBy = cared.paidBy,
      .reason = {}};
  cared.counted = {.to = entry.ended, .cpuMs = std::max(cpuMs, cared.counted.cpuMs)};
  cared.countedAt = now;
  return entry;
}

Task<> Care::write(RuntimeId id) {
  const auto due = [&] {
    const auto found = cared_.find(id);
    if (found == cared_.end()) return false;
    const auto& cared = found->second;
    return clock_.sinceStart() - cared.countedAt >= settings_.write ||
           (!cared.balance.unlimited() && clock_.now() >= cared.balance.refillsAt);
  };
  if (!due()) co_return;
  const auto before = cared_.at(id);
  const auto written = co_await ledger_.write(take(id, cared_.at(id)));
  const auto found = cared_.find(id);
  if (!written) {
    log::warning("usage.not_written", {{"runtime", id.text()}, {"error", written.error().message}});
    if (found == cared_.end()) co_return;
    found->second.counted = before.counted;  // once more with the next one
    found->second.countedAt = before.countedAt;
    co_return;
  }
  auto standing = co_await ledger_.standingOf(before.of);
  if (!standing) co_return;
  if (const auto still = cared_.find(id); still != cared_.end()) still->second.takeUp(*std::move(standing));
}

Task<> Care::writeLast(quota::UsageEntry entry) {
  for (int tries = 0; tries < kTriesToWrite; ++tries) {
    const auto written = co_await ledger_.write(entry);
    if (written) co_return;
    log::warning("usage.not_written", {{"runtime", entry.runtime.value_or("")}, {"error", written.error().message}});
    co_await clock_.sleep(kPauseToWrite);
  }
  log::error("usage.lost", {{"runtime", entry.runtime.value_or("")}, {"milliunits", entry.milliunits}});
}

// ---- for its person ----

Outlook Care::outlookOf(const RuntimeId& id) const {
  Outlook outlook;
  const auto found = cared_.find(id);
  if (found == cared_.end()) return outlook;
  const auto now = clock_.sinceStart();
  const auto& cared = found->second;
  if (const auto end = idleEnd(cared)) {
    outlook.idleEndsAt = clock_.now() + std::max(*end - now, Duration{0});
    outlook.neededByOthers = cared.neededSince.has_value();
  }
  const auto all = together(cared.of);
  if (!cared.balance.unlimited() && all.perHour > 0) {
    const auto hours = std::max(0.0, cared.balance.left() - all.unwritten) / all.perHour;
    outlook.unitsEndAt =
        clock_.now() + std::chrono::duration_cast<Duration>(std::chrono::duration<double, std::ratio<3600>>(std::min(hours, 1e5)));
  }
  return outlook;
}

Duration Care::idleFor(const RuntimeId& id) const {
  const auto found = cared_.find(id);
  return found == cared_.end() ? Duration{0} : found->second.idle.idleFor(clock_.sinceStart());
}

Result<> Care::keep(const AccountId& of, const RuntimeId& id) {
  const auto found = cared_.find(id);
  if (found == cared_.end() || found->second.of != of) return fail(Code::NotFound, "no runtime {} of yours runs", id.text());
  found->second.idle.touch(clock_.sinceStart());
  found->second.neededSince.reset();
  return {};
}

void Care::touch(const RuntimeId& id) {
  const auto found = cared_.find(id);
  if (found != cared_.end()) found->second.idle.touch(clock_.sinceStart());
}

}  // namespace allmende::runtimes
