#include "server/runtimes/accelerators.h"

#include <algorithm>

namespace allmende::runtimes {

Task<Result<std::vector<Accelerators::Kind>>> Accelerators::list() {
  CO_TRY(const auto there, co_await engine_.listDevices());
  std::map<std::string, std::int64_t> totals;
  for (const auto& one : there) totals[one.kind] += one.count;
  admission_.setDevices(totals);
  std::vector<Kind> kinds;
  for (const auto& [kind, count] : totals)
    kinds.push_back({.kind = kind, .count = count, .free = std::max<std::int64_t>(0, admission_.freeDevices(kind))});
  co_return kinds;
}

Task<Result<std::map<std::string, std::string>>> Accelerators::wishes(AccountId of) {
  CO_TRY(const auto rows, co_await database_.query("SELECT name, kind FROM runtime_accelerators WHERE account_id = ?", {of.text()}));
  std::map<std::string, std::string> wishes;
  for (const auto& row : rows) wishes.emplace(row.text(0), row.text(1));
  co_return wishes;
}

Task<Result<>> Accelerators::check(std::string kind, quota::Tier tier) {
  if (std::ranges::find(tier.accelerators, kind) == tier.accelerators.end()) {
    co_return fail(Code::InvalidInput, "your tier \"{}\" has no accelerator '{}'; {}", tier.title, kind.substr(0, 128),
        tier.accelerators.empty() ? "it has none" : fmt::format("it has {}", fmt::join(tier.accelerators, ", ")));
  }
  CO_TRY(const auto kinds, co_await list());
  if (std::ranges::find(kinds, kind, &Kind::kind) == kinds.end())
    co_return fail(Code::InvalidInput, "this machine has no {} (any more); choose another type of runtime", kind);
  co_return Result<>{};
}

Task<Result<>> Accelerators::wish(AccountId of, std::string name, std::string kind, quota::Tier tier) {
  if (kind.empty()) {
    CO_TRY(co_await database_.change("DELETE FROM runtime_accelerators WHERE account_id = ? AND name = ?", {of.text(), name}));
    co_return Result<>{};
  }
  CO_TRY(co_await check(kind, std::move(tier)));
  CO_TRY(const auto kept, co_await wishes(of));
  if (!kept.contains(name) && kept.size() >= kMostWishes)
    co_return fail(Code::OverLimit, "{} runtimes have an accelerator already; take it from one first", kMostWishes);
  CO_TRY(
      co_await database_.change("INSERT INTO runtime_accelerators (account_id, name, kind) VALUES (?, ?, ?) "
                                "ON CONFLICT (account_id, name) DO UPDATE SET kind = excluded.kind",
          {of.text(), name, kind}));
  co_return Result<>{};
}

Task<Result<std::string>> Accelerators::demanded(AccountId of, std::string name, quota::Tier tier) {
  CO_TRY(const auto kept, co_await wishes(of));
  const auto wanted = kept.find(name);
  if (wanted == kept.end()) co_return std::string();
  CO_TRY(co_await check(wanted->second, std::move(tier)));
  co_return wanted->second;
}

Task<Result<>> Accelerators::rename(AccountId of, std::string from, std::string to) {
  co_return co_await database_.transaction([of, from, to](store::Transaction& on) -> Result<> {
    TRY(on.change("DELETE FROM runtime_accelerators WHERE account_id = ? AND name = ?", {of.text(), to}));
    TRY(on.change("UPDATE runtime_accelerators SET name = ? WHERE account_id = ? AND name = ?", {to, of.text(), from}));
    return {};
  });
}

std::string kindOf(const std::string& device) { return device.substr(0, device.find('=')); }

}  // namespace allmende::runtimes
