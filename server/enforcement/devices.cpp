#include "server/enforcement/devices.h"

#include <algorithm>

#include "lib/base/sha256.h"

namespace allmende::enforcement {
namespace {

constexpr std::size_t kIdBytes = 16;

bool couldBeOurs(std::string_view device) {
  return device.size() == 2 * kIdBytes && device.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

Task<Result<std::string>> Devices::signedIn(AccountId who, std::string device) {
  if (!couldBeOurs(device)) device = randomHex(kIdBytes);
  CO_TRY(
      co_await database_.change("INSERT INTO device_sign_ins (device, account_id, signed_in_at) VALUES (?, ?, ?) "
                                "ON CONFLICT (device, account_id) DO UPDATE SET signed_in_at = excluded.signed_in_at",
          {sha256Of(device), who.text(), clock_.now()}));
  co_return device;
}

Task<Result<std::vector<AccountId>>> Devices::others(AccountId who) {
  const auto since = clock_.now() - kShared;
  CO_TRY(const auto rows,
      co_await database_.query("SELECT DISTINCT account_id FROM device_sign_ins WHERE signed_in_at >= ? AND account_id <> ? "
                               "AND device IN (SELECT device FROM device_sign_ins WHERE account_id = ? AND signed_in_at >= ?)",
          {since, who.text(), who.text(), since}));
  std::vector<AccountId> all;
  for (const auto& row : rows) {
    if (auto id = AccountId::parse(row.text(0))) all.push_back(*std::move(id));
  }
  co_return all;
}

Task<Result<>> Devices::handOver(AccountId from, AccountId to) {
  CO_TRY(co_await database_.change(
      "INSERT INTO account_hand_overs (from_account, to_account, handed_at) VALUES (?, ?, ?)", {from.text(), to.text(), clock_.now()}));
  co_return Result<>{};
}

Task<Result<std::int64_t>> Devices::handOversTo(AccountId to) {
  CO_TRY(const auto rows, co_await database_.query("SELECT COUNT(*) FROM account_hand_overs WHERE to_account = ? AND handed_at >= ?",
                              {to.text(), clock_.now() - kKept}));
  co_return rows.front().number(0);
}

Task<Result<>> Devices::sweep() {
  const auto before = clock_.now() - kKept;
  CO_TRY(co_await database_.change("DELETE FROM device_sign_ins WHERE signed_in_at < ?", {before}));
  CO_TRY(co_await database_.change("DELETE FROM account_hand_overs WHERE handed_at < ?", {before}));
  co_return Result<>{};
}

LastCells::LastCells() : key_(randomHex(kIdBytes)) {}

std::string LastCells::hashOf(std::string_view source) const { return sha256Of(key_ + std::string(source)).substr(0, 2 * kIdBytes); }

void LastCells::ran(const AccountId& who, std::string_view source, Duration now) {
  if (source.size() < kLeastCell) return;
  if (!people_.contains(who) && people_.size() >= kMostAccounts)
    people_.erase(std::ranges::min_element(people_, {}, [](const auto& one) { return one.second.at; }));
  auto& person = people_[who];
  person.at = now;
  auto hash = hashOf(source);
  if (std::ranges::find(person.cells, hash) != person.cells.end()) return;
  person.cells.push_back(std::move(hash));
  if (person.cells.size() > kMostCells) person.cells.pop_front();
}

void LastCells::usedUp(const AccountId& who, Duration now) {
  if (const auto found = people_.find(who); found != people_.end()) found->second.usedUpAt = now;
}

bool LastCells::hasAnybodyUsedUp(Duration now) {
  return std::ranges::any_of(people_, [&](const auto& one) { return one.second.usedUpAt && now - *one.second.usedUpAt <= kTakenUp; });
}

std::optional<AccountId> LastCells::handedOver(std::string_view source, const std::vector<AccountId>& others, Duration now) {
  if (source.size() < kLeastCell) return std::nullopt;
  const auto hash = hashOf(source);
  for (const auto& other : others) {
    const auto found = people_.find(other);
    if (found == people_.end()) continue;
    auto& [cells, at, usedUpAt] = found->second;
    if (!usedUpAt || now - *usedUpAt > kTakenUp || std::ranges::find(cells, hash) == cells.end()) continue;
    usedUpAt.reset();
    return other;
  }
  return std::nullopt;
}

}  // namespace allmende::enforcement
