#include "server/api/audit_api.h"

namespace allmende::api {
namespace {

constexpr std::int64_t kMostEvents = 1000;

}  // namespace

Task<Result<AuditEvents>> AuditApi::listAll(AuditFilter filter) {
  if (filter.limit && (*filter.limit < 1 || *filter.limit > kMostEvents))
    co_return fail(Code::InvalidInput, "limit is {}; allowed are 1 to {}", *filter.limit, kMostEvents);
  if (filter.account && filter.subject) co_return fail(Code::InvalidInput, "account and subject are both given; allowed is one of them");
  journal::EventFilter wanted{.subject = filter.subject, .name = filter.name};
  if (filter.account) {
    CO_TRY(const auto account, co_await accounts_.named(*filter.account));
    wanted.subject = account.id.text();
  }
  if (filter.before) wanted.before = *filter.before;
  if (filter.limit) wanted.limit = static_cast<int>(*filter.limit);
  CO_TRY(auto events, co_await journal_.list(std::move(wanted)));
  AuditEvents all;
  for (auto& event : events)
    all.events.push_back({.number = event.number,
        .at = event.at,
        .name = std::move(event.name),
        .subjects = std::move(event.subjects),
        .detail = json::serialize(event.detail)});
  co_return all;
}

Task<Result<AuditVerification>> AuditApi::verifyAll(AuditVerificationWish wish) {
  std::optional<journal::Head> kept;
  if (wish.head) {
    CO_TRY(kept, journal::Head::parse(*wish.head));
  }
  CO_TRY(auto found, co_await seals_.verify(std::move(kept)));
  co_return AuditVerification{.events = found.head.place,
      .head = found.head.place == 0 ? "" : found.head.text(),
      .unsealed = found.unsealed,
      .broken = std::move(found.broken)};
}

Task<Result<AuditEvents>> AuditApi::list(accounts::Caller, InQuery<AuditFilter> filter) {
  co_return co_await listAll(std::move(filter.value));
}

Task<Result<AuditVerification>> AuditApi::verify(accounts::Caller, InQuery<AuditVerificationWish> wish) {
  co_return co_await verifyAll(std::move(wish.value));
}

}  // namespace allmende::api
