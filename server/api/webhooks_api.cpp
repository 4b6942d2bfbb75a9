#include "server/api/webhooks_api.h"

#include "server/api/reply.h"
#include "server/api/webhook_signature.h"

namespace allmende::api {

Task<net::Response> WebhooksApi::giveTier(Call call) {
  auto done = co_await carryOut(std::move(call));
  if (!done) co_return net::errorResponse(done.error());
  co_return emptyReply(204);
}

Task<Result<>> WebhooksApi::carryOut(Call call) {
  if (secret_.empty()) co_return fail(Code::NotFound, "this server takes no webhooks: its operator has set no webhook_secret");
  CO_TRY(const auto secret, readWebhookSecret(secret_));
  CO_TRY(auto id, checkWebhook(call.request, call.request.body, secret, clock_.now()));
  CO_TRY(auto body, parseJsonObject(call.request.body));
  TierOrder order;
  CO_TRY(fromJson(json::value(std::move(body)), order));
  CO_TRY(const auto to, co_await accounts_.named(std::move(order.account)));
  co_return co_await ledger_.grantOnce(std::move(id), to.id, std::move(order.tier), order.until, std::move(order.reason), "webhook");
}

}  // namespace allmende::api
