#include "server/accounts/known_callers.h"

namespace allmende::accounts {

std::optional<Caller> KnownCallers::find(const std::string& hash) const {
  const auto found = known_.find(hash);
  if (found == known_.end()) return std::nullopt;
  const auto& known = found->second;
  const bool expired = known.expiresAt && *known.expiresAt <= clock_.now();
  if (expired || clock_.sinceStart() - known.readAt >= kKept) return std::nullopt;
  return known.caller;
}

void KnownCallers::keep(const std::string& hash, const Caller& caller, std::optional<Instant> expiresAt, std::uint64_t mark) {
  if (mark != forgotten_) return;
  if (known_.size() >= kMost) known_.clear();
  known_.insert_or_assign(hash, Known{caller, clock_.sinceStart(), expiresAt});
}

void KnownCallers::forget(const std::string& hash) {
  ++forgotten_;
  known_.erase(hash);
}

void KnownCallers::forgetAccount(const AccountId& id) {
  ++forgotten_;
  std::erase_if(known_, [&](const auto& entry) { return entry.second.caller.account == id; });
}

}  // namespace allmende::accounts
