#pragma once
// Looks after running runtimes: counts what they use, and ends those in which nothing runs or whose units are used up, announced before.
// Part of the door server/runtimes/runtimes.h.

#include <deque>
#include <map>
#include <optional>

#include "server/runtimes/idle_clock.h"
#include "server/runtimes/lifecycle.h"

namespace allmende::runtimes {

struct CareSettings {
  Duration look = 15s;      // between two looks at one runtime
  Duration write = 5min;    // between two entries of the ledger
  Duration notice = 2min;   // at least, before one ends because others wait
  Duration patience = 30s;  // of those who wait, before others are asked to go
};

// What is coming for a runtime.
struct Outlook {
  std::optional<Instant> idleEndsAt;  // unless something runs in it; absent while something does
  bool neededByOthers = false;        // others wait: that end is sooner than it would be
  std::optional<Instant> unitsEndAt;  // absent where units are not counted
};

// What a runtime used at a look.
struct Use {
  Instant at;
  std::int64_t memoryBytes = 0;
  double cpus = 0;  // processors, on average since the look before
};

class Care {
 public:
  Care(Executor executor, Runtimes& runtimes, quota::Ledger& ledger, quota::Admission& admission, Clock& clock, CareSettings settings = {});
  Task<> close();

  // What Runtimes tells.
  Task<> found(std::shared_ptr<Agent> agent, AccountId of);
  void ended(const Runtime& runtime, std::optional<double> cpuSeconds);

  Outlook outlookOf(const RuntimeId& id) const;
  Duration idleFor(const RuntimeId& id) const;
  // Its person wants it kept: the idle time begins anew. NotFound when it does not run.
  Result<> keep(const AccountId& of, const RuntimeId& id);
  // Its looks of the last hour, oldest first; none when it is not theirs or does not run.
  std::vector<Use> lastHour(const AccountId& of, const RuntimeId& id) const;
  // Somebody uses a web app in it: the idle time begins anew.
  void touch(const RuntimeId& id);
  // What it has used since the ledger's last entry, in compute units.
  double unwritten(const RuntimeId& id) const;

 private:
  struct Cared {
    AccountId of;
    std::shared_ptr<Agent> agent;
    quota::Tier tier;
    std::size_t accelerators = 0;
    quota::Balance balance;         // as the ledger had it at `counted`
    std::optional<GroupId> paidBy;  // the same
    IdleClock idle;
    quota::Ledger::Counted counted;
    Duration countedAt{0};  // the same moment, of Clock::sinceStart()
    double cpuSeconds = 0;
    std::optional<Duration> lookedAt;
    std::deque<Use> looks;  // at most an hour
    std::optional<Duration> neededSince;

    double unitsPerHour() const { return tier.unitsPerHour(accelerators); }
    void takeUp(quota::Standing standing) {
      paidBy = standing.paidBy();
      tier = std::move(standing.tier);
      balance = standing.balance;
    }
  };

  Task<> lookAfter(RuntimeId id);
  Task<Result<>> lookAt(RuntimeId id);
  void noteUse(Cared& cared, const Usage& usage) const;
  Task<> write(RuntimeId id);
  quota::UsageEntry take(const RuntimeId& id, Cared& cared) const;
  Task<> writeLast(quota::UsageEntry entry);
  bool isNeeded(const RuntimeId& id) const;
  std::optional<Duration> idleEnd(const Cared& cared) const;
  // Compute units of all runtimes of an account: not written down yet, and what they cost in an hour.
  struct Together {
    double unwritten = 0;
    double perHour = 0;
  };
  Together together(const AccountId& of) const;
  Task<> judge(RuntimeId id);

  Runtimes& runtimes_;
  quota::Ledger& ledger_;
  quota::Admission& admission_;
  Clock& clock_;
  CareSettings settings_;
  std::map<RuntimeId, Cared> cared_;
  TaskScope scope_;
};

}  // namespace allmende::runtimes
