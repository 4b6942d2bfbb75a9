#include "server/api/operator_quota.h"

namespace allmende::api {

Task<Result<OperatorTiers>> OperatorQuota::tiers() {
  OperatorTiers all;
  for (const auto& [name, tier] : ledger_.book().all()) all.tiers.push_back(viewOf(tier));
  co_return all;
}

Task<Result<OperatorTiers>> OperatorQuota::readTiers() {
  CO_TRY(readTiers_());
  co_return co_await tiers();
}

Task<Result<>> OperatorQuota::grantBy(std::string by, GrantWish wish) {
  if (wish.account.has_value() == wish.group.has_value())
    co_return fail(Code::InvalidInput, "a tier is given to an account or a group: name one of them");
  constexpr std::int64_t kMost = std::int64_t{100} * 366 * 86'400;
  if (wish.forS && (*wish.forS < 1 || *wish.forS > kMost))
    co_return fail(Code::InvalidInput, "for_s is {}; allowed are 1 to {}", *wish.forS, kMost);
  std::optional<Instant> until;
  if (wish.forS) until = clock_.now() + std::chrono::seconds(*wish.forS);
  if (wish.group) {
    CO_TRY(auto group, GroupId::parse(*wish.group));
    co_return co_await ledger_.grantGroup(std::move(group), wish.tier, until, wish.units, wish.reason, std::move(by));
  }
  if (wish.units) co_return fail(Code::InvalidInput, "units are a budget of a group; an account's stand in its tier");
  CO_TRY(const auto to, co_await accounts_.named(*wish.account));
  co_return co_await ledger_.grant(to.id, wish.tier, until, wish.reason, std::move(by));
}

Task<Result<>> OperatorQuota::correctBy(std::string by, UnitsWish wish) {
  CO_TRY(const auto to, co_await accounts_.named(wish.account));
  co_return co_await ledger_.correct(to.id, wish.units, wish.reason, std::move(by));
}

Task<Result<OperatorRuntimes>> OperatorQuota::runtimes() {
  CO_TRY(const auto accounts, co_await accounts_.list());
  std::map<AccountId, std::string> names;
  for (const auto& account : accounts) names.emplace(account.id, account.name);
  OperatorRuntimes all{.runtimes = {},
      .memoryPromised = admission_.promised(),
      .memoryOfAll = admission_.room(),
      .waiting = static_cast<std::int64_t>(admission_.waiting())};
  for (const auto& runtime : runtimes_.listAll()) {
    OperatorRuntimeView view{.id = runtime.id.text(),
        .account = names[runtime.owner],
        .name = runtime.name,
        .state = std::string(runtimes::nameOf(runtime.state)),
        .tier = runtime.tier,
        .startedAt = runtime.startedAt,
        .memoryBytes = runtime.limits.memoryBytes,
        .idleS = {},
        .place = {}};
    if (runtime.state == runtimes::RuntimeState::Ready) view.idleS = care_.idleFor(runtime.id).count() / 1000;
    if (const auto place = runtimes_.placeOf(runtime.id)) view.place = static_cast<std::int64_t>(place->number);
    all.runtimes.push_back(std::move(view));
  }
  if (!admission_.paused().empty()) all.paused = admission_.paused();
  co_return all;
}

Task<Result<>> OperatorQuota::stopBy(std::string by, StopWish wish) {
  if (wish.reason.empty() || wish.reason.size() > 500)
    co_return fail(Code::InvalidInput, "a reason of 1 to 500 bytes is needed; the person reads it");
  for (const auto& runtime : runtimes_.listAll()) {
    if (runtime.id.text() != wish.runtime) continue;
    CO_TRY(co_await journal_.record(
        journal::kRuntimeStopOrdered, {runtime.owner.text(), runtime.id.text()}, {{"by", by}, {"reason", wish.reason}}));
    co_return co_await runtimes_.stopBecause(runtime.owner, runtime.id, "stopped_by_operator", wish.reason);
  }
  co_return fail(Code::NotFound, "no runtime {} runs or waits", wish.runtime.substr(0, 64));
}

Task<Result<>> OperatorQuota::pauseBy(std::string by, PauseWish wish) {
  if (wish.reason.empty() || wish.reason.size() > 500)
    co_return fail(Code::InvalidInput, "a reason of 1 to 500 bytes is needed; who waits reads it");
  CO_TRY(co_await ledger_.keepPause(wish.reason));
  CO_TRY(co_await journal_.record(journal::kAdmissionPaused, {}, {{"by", by}, {"reason", wish.reason}}));
  admission_.pause(std::move(wish.reason));
  co_return Result<>{};
}

Task<Result<>> OperatorQuota::resumeBy(std::string by) {
  CO_TRY(co_await ledger_.keepPause({}));
  CO_TRY(co_await journal_.record(journal::kAdmissionResumed, {}, {{"by", by}}));
  admission_.resume();
  co_return Result<>{};
}

}  // namespace allmende::api
