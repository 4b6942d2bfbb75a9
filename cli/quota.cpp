// `allmende runtime`, `allmende group`, `allmende tier`, `allmende units`: through the admin socket.

#include <cstdio>

#include "cli/admin_client.h"
#include "cli/verbs.h"

namespace allmende::cli {
namespace {

std::string sizeOf(double bytes) { return fmt::format("{:.1f} GB", bytes / (1 << 30)); }

void printTiersIn(const json::object& reply) {
  for (const auto& one : reply.at("tiers").as_array()) {
    const auto& tier = one.as_object();
    const auto units = numberOf(tier, "units");
    std::printf("%-12s %-16s %8s  %4g cpus  disk %8s  idle %5.0f min  lifetime %5.1f h  weight %g  %g units/h  %s\n",
        textOf(tier, "name").c_str(), textOf(tier, "title").c_str(), sizeOf(numberOf(tier, "memory_bytes")).c_str(), numberOf(tier, "cpus"),
        sizeOf(numberOf(tier, "disk_bytes")).c_str(), numberOf(tier, "idle_s") / 60, numberOf(tier, "lifetime_s") / 3600,
        numberOf(tier, "weight"), numberOf(tier, "units_per_hour"),
        units > 0 ? fmt::format("{} units each {:.0f} days", units, numberOf(tier, "period_s") / 86'400).c_str() : "no limit of units");
  }
}

}  // namespace

Result<> printRuntimes(Context context) {
  TRY(const auto reply, askRunning(context, "/admin/runtimes", {}));
  for (const auto& one : reply.at("runtimes").as_array()) {
    const auto& runtime = one.as_object();
    const auto place = numberOf(runtime, "place");
    std::printf("%s  %-16s %-9s %-10s %8s  since %s  %s\n", textOf(runtime, "id").c_str(), textOf(runtime, "account").c_str(),
        textOf(runtime, "state").c_str(), textOf(runtime, "tier").c_str(), sizeOf(numberOf(runtime, "memory_bytes")).c_str(),
        textOf(runtime, "started_at").substr(0, 19).c_str(),
        place > 0 ? fmt::format("place {:.0f} in the queue", place).c_str()
                  : fmt::format("idle {:.0f} min", numberOf(runtime, "idle_s") / 60).c_str());
  }
  if (const auto why = textOf(reply, "paused"); !why.empty()) std::printf("No new runtimes are let in: %s\n", why.c_str());
  std::printf("%s of %s promised; %.0f waiting\n", sizeOf(numberOf(reply, "memory_promised")).c_str(),
      sizeOf(numberOf(reply, "memory_of_all")).c_str(), numberOf(reply, "waiting"));
  return {};
}

Result<> stopRuntime(Context context, std::string id, std::string reason) {
  TRY(askRunning(context, "/admin/runtimes/stop", {{"runtime", id}, {"reason", reason}}));
  std::printf("%s is stopped; its person reads: %s\n", id.c_str(), reason.c_str());
  return {};
}

Result<> printGroups(Context context) {
  TRY(const auto reply, askRunning(context, "/admin/groups", {}));
  for (const auto& one : reply.at("groups").as_array()) {
    const auto& group = one.as_object();
    std::printf("%s  %5.0f people  since %s  %s\n", textOf(group, "id").c_str(), numberOf(group, "members"),
        textOf(group, "made_at").substr(0, 10).c_str(), textOf(group, "title").c_str());
  }
  return {};
}

Result<> printTiers(Context context) {
  TRY(const auto reply, askRunning(context, "/admin/tiers", {}));
  printTiersIn(reply);
  return {};
}

Result<> readTiers(Context context) {
  TRY(const auto reply, askRunning(context, "/admin/tiers/read", {}));
  printTiersIn(reply);
  return {};
}

Result<> grantTier(Context context, TierGrant grant) {
  const auto& who = grant.group.empty() ? grant.account : grant.group;
  json::object wish{{grant.group.empty() ? "account" : "group", who}, {"tier", grant.tier}, {"reason", grant.reason}};
  if (grant.units > 0) wish["units"] = grant.units;
  if (grant.days > 0) wish["for_s"] = grant.days * 86'400;
  TRY(askAdmin(context, "/admin/tiers/grant", std::move(wish)));
  std::printf(
      "%s has the tier %s%s\n", who.c_str(), grant.tier.c_str(), grant.days > 0 ? fmt::format(" for {} days", grant.days).c_str() : "");
  return {};
}

Result<> giveUnits(Context context, std::string account, double units, std::string reason) {
  TRY(askAdmin(context, "/admin/units", {{"account", account}, {"units", units}, {"reason", reason}}));
  std::printf("%s was given %g compute units\n", account.c_str(), units);
  return {};
}

Result<> pauseQueue(Context context, std::string reason) {
  TRY(askRunning(context, "/admin/queue/pause", {{"reason", reason}}));
  std::puts("No new runtimes are let in; those that run go on. `allmende queue resume` lets them in again.");
  return {};
}

Result<> resumeQueue(Context context) {
  TRY(askRunning(context, "/admin/queue/resume", {}));
  return {};
}

}  // namespace allmende::cli
