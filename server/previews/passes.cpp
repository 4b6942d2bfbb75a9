#include "server/previews/passes.h"

#include "lib/base/sha256.h"

namespace allmende::previews {
namespace {

constexpr std::size_t kSecret = 16;  // bytes

}  // namespace

std::string Passes::Rights::add(Right right) {
  auto secret = randomHex(kSecret);
  order_.push_back(sha256Of(secret));
  rights_.emplace(order_.back(), std::move(right));
  while (order_.size() > kMost) {
    rights_.erase(order_.front());
    order_.pop_front();
  }
  return secret;
}

const Passes::Right* Passes::Rights::find(const std::string& secret) const {
  const auto found = rights_.find(sha256Of(secret));
  return found == rights_.end() ? nullptr : &found->second;
}

void Passes::Rights::remove(const std::string& secret) { rights_.erase(sha256Of(secret)); }

void Passes::Rights::forget(const AccountId& account) {
  std::erase_if(rights_, [&](const auto& one) { return one.second.of == account; });
}

std::string Passes::makeTicket(const PreviewId& to, const AccountId& of, Instant now) {
  return tickets_.add({.to = to, .of = of, .until = now + kTicketLifetime});
}

std::optional<std::string> Passes::redeem(const std::string& ticket, const PreviewId& to, Instant now) {
  const auto* found = tickets_.find(ticket);
  if (found == nullptr || found->to != to) return std::nullopt;
  const auto right = *found;
  tickets_.remove(ticket);
  if (right.until < now) return std::nullopt;
  return passes_.add({.to = to, .of = right.of, .until = now + kPassLifetime});
}

std::optional<AccountId> Passes::whose(const std::string& pass, const PreviewId& to, Instant now) const {
  const auto* found = passes_.find(pass);
  if (found == nullptr || found->to != to || found->until < now) return std::nullopt;
  return found->of;
}

void Passes::forget(const AccountId& account) {
  tickets_.forget(account);
  passes_.forget(account);
}

}  // namespace allmende::previews
