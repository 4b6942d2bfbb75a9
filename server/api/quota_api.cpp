#include "server/api/quota_api.h"

#include "server/api/reply.h"

namespace allmende::api {
namespace {

constexpr int kMostEntries = 5000;
constexpr int kDaysShown = 14;

std::int64_t secondsOf(Duration time) { return time.count() / 1000; }

UsageView viewOf(const quota::UsageEntry& entry) {
  constexpr double kThousand = 1000;
  UsageView view{.began = entry.began,
      .ended = entry.ended,
      .units = static_cast<double>(entry.milliunits) / kThousand,
      .cpuS = static_cast<double>(entry.cpuMs) / kThousand,
      .tier = entry.tier,
      .runtime = entry.runtime,
      .reason = {}};
  if (!entry.reason.empty()) view.reason = entry.reason;
  return view;
}

// A spreadsheet would take a text that begins like this for a formula.
std::string cellOf(const std::string& text) {
  std::string cell = "\"";
  if (!text.empty() && std::string_view("=+-@\t\r").contains(text.front())) cell += '\'';
  for (const char c : text) cell.append(c == '"' ? 2 : 1, c);
  return cell + '"';
}

}  // namespace

TierView viewOf(const quota::Tier& tier) {
  return {.name = tier.name,
      .title = tier.title,
      .memoryBytes = tier.memory.bytes,
      .cpus = tier.cpus,
      .diskBytes = tier.disk.bytes,
      .driveBytes = tier.drive.bytes,
      .processes = tier.processes,
      .runtimes = tier.runtimes,
      .lifetimeS = secondsOf(tier.lifetime),
      .idleS = secondsOf(tier.idle),
      .network = tier.network,
      .reach = tier.reach,
      .weight = tier.weight,
      .unitsPerHour = tier.unitsPerHour(),
      .units = tier.units,
      .periodS = secondsOf(tier.period),
      .accelerators = tier.accelerators,
      .unitsPerAcceleratorHour = tier.unitsPerAcceleratorHour};
}

Task<Result<QuotaView>> QuotaApi::get(accounts::Caller caller) {
  CO_TRY(const auto standing, co_await ledger_.standingOf(caller.account));
  const auto& [tier, grant, balance, budgetUsed] = standing;
  QuotaView view{.tier = viewOf(tier),
      .budget = {},
      .tierUntil = {},
      .tierReason = {},
      .used = balance.used,
      .since = balance.since,
      .refillsAt = {},
      .days = {}};
  if (grant) {
    view.tierUntil = grant->expiresAt;
    view.tierReason = grant->reason;
  }
  if (grant && grant->group) {
    CO_TRY(auto title, co_await groups_.titleOf(*grant->group));
    view.budget = BudgetView{.group = *grant->group, .title = std::move(title), .units = grant->budget, .used = budgetUsed};
  }
  for (const auto& runtime : runtimes_.list(caller.account)) view.used += care_.unwritten(runtime.id);
  CO_TRY(const auto days, co_await ledger_.days(caller.account, kDaysShown));
  for (const auto& day : days) view.days.push_back({day.begins, day.units});
  if (!balance.unlimited()) view.refillsAt = balance.refillsAt;
  co_return view;
}

Task<Result<std::vector<UsageView>>> QuotaApi::list(accounts::Caller caller) {
  CO_TRY(const auto entries, co_await ledger_.list(caller.account, Instant{}, kMostEntries));
  std::vector<UsageView> views;
  for (const auto& entry : entries) views.push_back(viewOf(entry));
  co_return views;
}

Task<net::Response> QuotaApi::csv(Call call) {
  const auto entries = co_await ledger_.list(call.account(), Instant{}, kMostEntries);
  if (!entries) co_return net::errorResponse(entries.error());
  std::string text = "began_at,ended_at,units,cpu_s,tier,runtime,reason\r\n";
  for (const auto& entry : *entries) {
    const auto view = viewOf(entry);
    text += fmt::format("{},{},{:.3f},{:.3f},{},{},{}\r\n", formatUtc(view.began), formatUtc(view.ended), view.units, view.cpuS,
        cellOf(view.tier), view.runtime.value_or(""), cellOf(entry.reason));
  }
  net::Response response{200, {}, std::move(text)};
  response.headers.add("Content-Type", "text/csv; charset=utf-8");
  response.headers.add("Content-Disposition", "attachment; filename=\"usage.csv\"");
  co_return response;
}

// ---- types of runtimes ----

Task<Result<RuntimeTypes>> QuotaApi::types(accounts::Caller caller) {
  CO_TRY(const auto standing, co_await ledger_.standingOf(caller.account));
  const auto& tier = standing.tier;
  RuntimeTypes types;
  if (!tier.accelerators.empty()) {
    CO_TRY(const auto kinds, co_await runtimes_.accelerators().list());
    for (const auto& [kind, count, free] : kinds) {
      if (std::ranges::find(tier.accelerators, kind) == tier.accelerators.end()) continue;
      types.accelerators.push_back({.kind = kind, .count = count, .free = free, .unitsPerHour = tier.unitsPerHour(1)});
    }
  }
  CO_TRY(const auto wishes, co_await runtimes_.accelerators().wishes(caller.account));
  for (const auto& [name, kind] : wishes) types.runtimes.push_back({.name = name, .accelerator = kind});
  co_return types;
}

Task<Result<>> QuotaApi::chooseType(accounts::Caller caller, RuntimeType wish) {
  CO_TRY(runtimes::Runtimes::checkName(wish.name));
  CO_TRY(auto standing, co_await ledger_.standingOf(caller.account));
  co_return co_await runtimes_.accelerators().wish(
      caller.account, std::move(wish.name), std::move(wish.accelerator), std::move(standing.tier));
}

}  // namespace allmende::api
