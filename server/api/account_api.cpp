#include "server/api/account_api.h"

#include "server/api/access.h"
#include "server/api/reply.h"

namespace allmende::api {

MadeToken madeTokenOf(accounts::NewToken made) {
  auto& token = made.token;
  return {std::move(token.id), std::move(made.secret), std::move(token.name), std::move(token.scopes), token.createdAt, token.expiresAt};
}

Task<Result<Prepared<SignedInReply>>> AccountApi::signIn(Visit visit, SignInWish wish) {
  std::expected<accounts::SignedIn, accounts::SignInFailure> signedIn = std::unexpected(accounts::SignInFailure{});
  if (wish.link) {
    signedIn = co_await accounts_.signInByLink(*wish.link, visit.peer);
  } else if (wish.name && wish.password) {
    signedIn = co_await accounts_.signIn(*wish.name, *wish.password, visit.peer);
  } else {
    co_return fail(Code::InvalidInput, "signing in takes 'name' and 'password', or 'link'");
  }
  if (!signedIn) {
    auto refused = net::errorResponse(signedIn.error().error);
    if (const auto wait = signedIn.error().retryAfter) refused.headers.add("Retry-After", std::to_string(wait->count()));
    co_return Prepared<SignedInReply>{std::move(refused)};
  }
  auto response = jsonReply(200, SignedInReply{signedIn->account});
  response.headers.add("Set-Cookie", cookieText({.name = kSessionCookie,
                                         .value = signedIn->cookie,
                                         .path = baseUrl_,
                                         .maxAge = std::chrono::seconds(accounts::kCookieLifetime).count(),
                                         .secure = visit.secure}));
  if (const auto device = co_await enforcement_.signedIn(signedIn->account.id, visit.device))
    response.headers.add("Set-Cookie", cookieText({.name = kDeviceCookie,
                                           .value = *device,
                                           .path = baseUrl_,
                                           .maxAge = std::chrono::seconds(enforcement::Devices::kKept).count(),
                                           .secure = visit.secure}));
  co_return Prepared<SignedInReply>{std::move(response)};
}

Task<net::Response> AccountApi::signOut(Call call) {
  if (!call.visit.cookie.empty()) {
    if (call.caller) previews_.signedOut(call.account());
    auto signedOut = co_await accounts_.signOut(call.visit.cookie);
    if (!signedOut) co_return net::errorResponse(signedOut.error());
  }
  auto response = emptyReply(204);
  response.headers.add(
      "Set-Cookie", cookieText({.name = kSessionCookie, .value = "", .path = baseUrl_, .maxAge = 0, .secure = call.visit.secure}));
  co_return response;
}

Task<Result<accounts::Account>> AccountApi::get(accounts::Caller caller) { co_return co_await accounts_.get(caller.account); }

Task<Result<accounts::Account>> AccountApi::change(accounts::Caller caller, accounts::AccountChange change) {
  co_return co_await accounts_.change(caller.account, std::move(change));
}

Task<Result<>> AccountApi::changePassword(accounts::Caller caller, Visit visit, PasswordWish wish) {
  co_return co_await accounts_.changePassword(caller.account, std::move(wish.current), std::move(wish.next), visit.cookie);
}

Task<Result<JsonText>> AccountApi::getPreferences(accounts::Caller caller) {
  CO_TRY(auto text, co_await accounts_.getPreferences(caller.account));
  co_return JsonText{std::move(text)};
}

Task<Result<>> AccountApi::setPreferences(accounts::Caller caller, json::object preferences) {
  co_return co_await accounts_.setPreferences(caller.account, json::serialize(preferences));
}

Task<Result<std::vector<accounts::Token>>> AccountApi::listTokens(accounts::Caller caller) {
  co_return co_await accounts_.listTokens(caller.account);
}

Task<Result<Created<MadeToken>>> AccountApi::createToken(accounts::Caller caller, accounts::TokenWish wish) {
  CO_TRY(auto made, co_await accounts_.createToken(caller, std::move(wish)));
  co_return Created<MadeToken>{madeTokenOf(std::move(made))};
}

Task<Result<>> AccountApi::revokeToken(accounts::Caller caller, accounts::TokenId token) {
  co_return co_await accounts_.revokeToken(caller.account, std::move(token));
}

}  // namespace allmende::api
