#pragma once
// Tiers, compute units, and everybody's runtimes, for who runs the server and for the staff. Behind the door of server/api.

#include "server/api/quota_api.h"
#include "server/runtimes/runtimes.h"

namespace allmende::api {

struct GrantWish {
  std::optional<std::string> account;
  std::optional<std::string> group;
  std::string tier;
  std::optional<double> units;
  std::optional<std::int64_t> forS;
  std::string reason;
};
constexpr auto fieldsOf(Type<GrantWish>) {
  using G = GrantWish;
  return record("GrantWish", field("account", &G::account, "Its name; either this or a group."), field("group", &G::group, "Its id."),
      field("tier", &G::tier),
      field("units", &G::units, "For a group: the compute units that its people may use of it together; absent = no such limit."),
      field("for_s", &G::forS, "Seconds until it ends; absent = until another is given."),
      field("reason", &G::reason, "The person can read it."));
}

struct UnitsWish {
  std::string account;
  double units = 0;
  std::string reason;
};
constexpr auto fieldsOf(Type<UnitsWish>) {
  using U = UnitsWish;
  return record("UnitsWish", field("account", &U::account, "Its name."),
      field("units", &U::units, "How many are given; less than 0 takes some."), field("reason", &U::reason, "The person can read it."));
}

struct StopWish {
  std::string runtime;
  std::string reason;
};
constexpr auto fieldsOf(Type<StopWish>) {
  return record("StopWish", field("runtime", &StopWish::runtime), field("reason", &StopWish::reason, "A sentence for its person."));
}

struct OperatorRuntimeView {
  std::string id;
  std::string account;
  std::string name;
  std::string state;
  std::string tier;
  Instant startedAt;
  std::int64_t memoryBytes = 0;
  std::optional<std::int64_t> idleS;
  std::optional<std::int64_t> place;
};
constexpr auto fieldsOf(Type<OperatorRuntimeView>) {
  using R = OperatorRuntimeView;
  return record("OperatorRuntime", field("id", &R::id), field("account", &R::account, "Its name."),
      field("name", &R::name, "Of the runtime; most have none."), field("state", &R::state), field("tier", &R::tier),
      field("started_at", &R::startedAt), field("memory_bytes", &R::memoryBytes, "That it may use."),
      field("idle_s", &R::idleS, "How long nothing has run in it."), field("place", &R::place, "In the queue; 1 = next."));
}

struct OperatorRuntimes {
  std::vector<OperatorRuntimeView> runtimes;
  std::int64_t memoryPromised = 0;
  std::int64_t memoryOfAll = 0;
  std::int64_t waiting = 0;
  std::optional<std::string> paused;
};

struct PauseWish {
  std::string reason;
};
constexpr auto fieldsOf(Type<PauseWish>) {
  return record("PauseWish", field("reason", &PauseWish::reason, "1 to 500 bytes; who waits reads it."));
}
constexpr auto fieldsOf(Type<OperatorRuntimes>) {
  using R = OperatorRuntimes;
  return record("OperatorRuntimes", field("runtimes", &R::runtimes),
      field("memory_promised", &R::memoryPromised, "Bytes, to those that run."),
      field("memory_of_all", &R::memoryOfAll, "Bytes that may be promised."), field("waiting", &R::waiting, "In the queue."),
      field("paused", &R::paused, "Why no new ones are let in; absent = they are."));
}

struct OperatorTiers {
  std::vector<TierView> tiers;
};
constexpr auto fieldsOf(Type<OperatorTiers>) { return record("Tiers", field("tiers", &OperatorTiers::tiers)); }

class OperatorQuota {
 public:
  OperatorQuota(quota::Ledger& ledger, quota::Admission& admission, runtimes::Runtimes& runtimes, runtimes::Care& care,
      accounts::Accounts& accounts, journal::Journal& journal, const Clock& clock, std::function<Result<>()> readTiers)
      : ledger_(ledger),
        admission_(admission),
        runtimes_(runtimes),
        care_(care),
        accounts_(accounts),
        journal_(journal),
        clock_(clock),
        readTiers_(std::move(readTiers)) {}

  Task<Result<OperatorTiers>> tiers();
  // The file's tiers hold from then on; those there are go on to hold when the file cannot be used.
  Task<Result<OperatorTiers>> readTiers();
  Task<Result<>> grant(GrantWish wish) { return grantBy("operator", std::move(wish)); }
  Task<Result<>> correct(UnitsWish wish) { return correctBy("operator", std::move(wish)); }
  Task<Result<OperatorRuntimes>> runtimes();
  Task<Result<>> stop(StopWish wish) { return stopBy("operator", std::move(wish)); }
  // No new runtimes are let in, also after a restart, until they are again; those that run go on.
  Task<Result<>> pause(PauseWish wish) { return pauseBy("operator", std::move(wish)); }
  Task<Result<>> resume() { return resumeBy("operator"); }

  // The same for people of the staff, whose names the journal keeps.
  Task<Result<>> grantAs(accounts::Caller caller, GrantWish wish) { return grantBy(std::move(caller.name), std::move(wish)); }
  Task<Result<>> correctAs(accounts::Caller caller, UnitsWish wish) { return correctBy(std::move(caller.name), std::move(wish)); }
  Task<Result<>> stopAs(accounts::Caller caller, StopWish wish) { return stopBy(std::move(caller.name), std::move(wish)); }
  Task<Result<>> pauseAs(accounts::Caller caller, PauseWish wish) { return pauseBy(std::move(caller.name), std::move(wish)); }
  Task<Result<>> resumeAs(accounts::Caller caller) { return resumeBy(std::move(caller.name)); }

 private:
  Task<Result<>> grantBy(std::string by, GrantWish wish);
  Task<Result<>> correctBy(std::string by, UnitsWish wish);
  Task<Result<>> stopBy(std::string by, StopWish wish);
  Task<Result<>> pauseBy(std::string by, PauseWish wish);
  Task<Result<>> resumeBy(std::string by);

  quota::Ledger& ledger_;
  quota::Admission& admission_;
  runtimes::Runtimes& runtimes_;
  runtimes::Care& care_;
  accounts::Accounts& accounts_;
  journal::Journal& journal_;
  const Clock& clock_;
  std::function<Result<>()> readTiers_;
};

}  // namespace allmende::api
