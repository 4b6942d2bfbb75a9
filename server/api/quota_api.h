#pragma once
// What a person may use, has used, and when it is full again. Behind the door of server/api.

#include "server/api/typed.h"
#include "server/quota/quota.h"
#include "server/runtimes/runtimes.h"

namespace allmende::api {

struct TierView {
  std::string name;
  std::string title;
  std::int64_t memoryBytes = 0;
  double cpus = 0;
  std::int64_t diskBytes = 0;
  std::int64_t driveBytes = 0;
  std::int64_t processes = 0;
  std::int64_t runtimes = 0;
  std::int64_t lifetimeS = 0;
  std::int64_t idleS = 0;
  std::string network;
  std::vector<std::string> reach;
  double weight = 1;
  double unitsPerHour = 0;
  double units = 0;
  std::int64_t periodS = 0;
  std::vector<std::string> accelerators;
  double unitsPerAcceleratorHour = 0;
};
constexpr auto fieldsOf(Type<TierView>) {
  using T = TierView;
  return record("Tier", field("name", &T::name), field("title", &T::title, "What people read."),
      field("memory_bytes", &T::memoryBytes, "Of a runtime."), field("cpus", &T::cpus, "Processors of a runtime."),
      field("disk_bytes", &T::diskBytes, "Of a runtime."),
      field("drive_bytes", &T::driveBytes, "Of an account's files, the trash included; 0 = no limit."),
      field("processes", &T::processes, "And threads of a runtime."),
      field("runtimes", &T::runtimes, "How many an account may have at once."),
      field("lifetime_s", &T::lifetimeS, "A runtime ends after this time."),
      field("idle_s", &T::idleS, "A runtime in which nothing runs ends after this time; 0 = never."),
      field("network", &T::network, "none, egress (the public internet) or allow-list (what reach names and nothing else)."),
      field("reach", &T::reach, "What may be reached beside that."),
      field("weight", &T::weight, "How much faster than others it goes ahead in the queue."),
      field("units_per_hour", &T::unitsPerHour, "Compute units that an hour of a runtime costs."),
      field("units", &T::units, "Compute units in each period; 0 = as many as one likes."),
      field("period_s", &T::periodS, "After this time they are full again."),
      field("accelerators", &T::accelerators, "Kinds of which a runtime may have one."),
      field("units_per_accelerator_hour", &T::unitsPerAcceleratorHour, "What a runtime with one costs beside that."));
}
TierView viewOf(const quota::Tier& tier);

struct DayView {
  Instant begins;
  double units = 0;
};
constexpr auto fieldsOf(Type<DayView>) {
  return record("DayOfUse", field("begins", &DayView::begins, "Midnight UTC."), field("units", &DayView::units, "Compute units."));
}

// Compute units that a group's people use together.
struct BudgetView {
  GroupId group;
  std::string title;
  std::optional<double> units;
  double used = 0;
};
constexpr auto fieldsOf(Type<BudgetView>) {
  using B = BudgetView;
  return record("GroupBudget", field("group", &B::group, "Begins with grp_."), field("title", &B::title, "The group's."),
      field("units", &B::units, "For all of the group together; absent = no such limit."),
      field("used", &B::used, "Of them, by all of the group since it was given; written down every few minutes."));
}

struct QuotaView {
  TierView tier;
  std::optional<BudgetView> budget;
  std::optional<Instant> tierUntil;
  std::optional<std::string> tierReason;
  double used = 0;
  Instant since;
  std::optional<Instant> refillsAt;
  std::vector<DayView> days;
};
constexpr auto fieldsOf(Type<QuotaView>) {
  using Q = QuotaView;
  return record("Quota", field("tier", &Q::tier),
      field("budget", &Q::budget, "The group that the tier comes from, and what it has; absent = the tier is one's own."),
      field("tier_until", &Q::tierUntil, "When another tier holds; absent = no end."),
      field("tier_reason", &Q::tierReason, "Why it was given."), field("used", &Q::used, "Compute units of this period, up to now."),
      field("since", &Q::since, "When the period began."),
      field("refills_at", &Q::refillsAt, "When the units are full again; absent where they are not counted."),
      field("days", &Q::days, "The last 14, today last; what a runtime uses is written down every few minutes."));
}

struct UsageView {
  Instant began;
  Instant ended;
  double units = 0;
  double cpuS = 0;
  std::string tier;
  std::optional<std::string> runtime;
  std::optional<std::string> reason;
};
constexpr auto fieldsOf(Type<UsageView>) {
  using U = UsageView;
  return record("UsageEntry", field("began_at", &U::began), field("ended_at", &U::ended),
      field("units", &U::units, "Compute units; less than 0 when some were given."),
      field("cpu_s", &U::cpuS, "Seconds of processor time, measured from outside."), field("tier", &U::tier),
      field("runtime", &U::runtime, "Absent in a correction."), field("reason", &U::reason, "Of a correction."));
}

struct AcceleratorView {
  std::string kind;
  std::int64_t count = 0;
  std::int64_t free = 0;
  double unitsPerHour = 0;
};
constexpr auto fieldsOf(Type<AcceleratorView>) {
  using A = AcceleratorView;
  return record("Accelerator", field("kind", &A::kind, "As the Container Device Interface spells it, such as nvidia.com/gpu."),
      field("count", &A::count, "How many the machine has."), field("free", &A::free, "How many of them nobody has just now."),
      field("units_per_hour", &A::unitsPerHour, "Compute units that an hour of a runtime with one costs."));
}

struct RuntimeType {
  std::string name;
  std::string accelerator;
};
constexpr auto fieldsOf(Type<RuntimeType>) {
  return record("RuntimeType", field("name", &RuntimeType::name, "Of the runtime; empty: the one without a name."),
      field("accelerator", &RuntimeType::accelerator, "The kind that it has from its next start on; empty: none."));
}

struct RuntimeTypes {
  std::vector<AcceleratorView> accelerators;
  std::vector<RuntimeType> runtimes;
};
constexpr auto fieldsOf(Type<RuntimeTypes>) {
  return record("RuntimeTypes",
      field("accelerators", &RuntimeTypes::accelerators, "What the machine has and one's tier allows a runtime to have one of."),
      field("runtimes", &RuntimeTypes::runtimes, "The runtimes that are to have one."));
}

class QuotaApi {
 public:
  QuotaApi(quota::Ledger& ledger, groups::Groups& groups, runtimes::Runtimes& runtimes, runtimes::Care& care)
      : ledger_(ledger), groups_(groups), runtimes_(runtimes), care_(care) {}

  Task<Result<QuotaView>> get(accounts::Caller caller);
  Task<Result<std::vector<UsageView>>> list(accounts::Caller caller);
  Task<net::Response> csv(Call call);
  Task<Result<RuntimeTypes>> types(accounts::Caller caller);
  Task<Result<>> chooseType(accounts::Caller caller, RuntimeType wish);

 private:
  quota::Ledger& ledger_;
  groups::Groups& groups_;
  runtimes::Runtimes& runtimes_;
  runtimes::Care& care_;
};

}  // namespace allmende::api
