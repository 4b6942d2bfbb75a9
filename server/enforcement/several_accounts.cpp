// Part of Enforcement: signs of one person with several accounts.

#include <algorithm>

#include "lib/base/log.h"
#include "server/enforcement/enforcement.h"

namespace allmende::enforcement {

Task<std::optional<std::string>> Enforcement::signedIn(AccountId who, std::string device) {
  if (!accountEvidence_) co_return std::nullopt;
  auto given = co_await devices_.signedIn(std::move(who), std::move(device));
  if (given) co_return *std::move(given);
  log::warning("device.not_noted", {{"error", given.error().message}});  // nobody is kept from signing in
  co_return std::nullopt;
}

Task<> Enforcement::tellOfAccount(AccountId of, std::string runtime) {
  if (!accountEvidence_) co_return;
  const auto others = co_await devices_.others(of);
  const auto handOvers = co_await devices_.handOversTo(of);
  if (!others || !handOvers || (others->empty() && *handOvers == 0)) co_return;
  policy::Facts facts{
      {"account.shared_device", static_cast<double>(others->size() + 1)}, {"account.hand_overs", static_cast<double>(*handOvers)}};
  feed(policy::Observed{std::move(runtime), std::move(facts)});
}

void Enforcement::noteRun(const AccountId& by, std::string_view source) {
  if (!accountEvidence_) return;
  const auto now = rooms_.clock.sinceStart();
  if (source.size() >= LastCells::kLeastCell && lastCells_.hasAnybodyUsedUp(now))
    scope_.spawn("look for a hand-over", lookForHandOver(by, std::string(source)));
  lastCells_.ran(by, source, now);
}

Task<> Enforcement::lookForHandOver(AccountId by, std::string source) {
  const auto others = co_await devices_.others(by);
  if (!others) co_return;
  const auto from = lastCells_.handedOver(source, *others, rooms_.clock.sinceStart());
  if (!from) co_return;
  if (const auto noted = co_await devices_.handOver(*from, by); !noted) {
    log::warning("hand_over.not_noted", {{"error", noted.error().message}});
    co_return;
  }
  const auto runtimes = people_[by].runtimes;
  for (const auto& runtime : runtimes) co_await tellOfAccount(by, runtime);
}

}  // namespace allmende::enforcement
