#include "server/api/sharing_api.h"

#include "server/api/documents_api.h"

namespace allmende::api {
namespace {

constexpr std::int64_t kLongestShare = std::int64_t{10} * 366 * 24 * 3600;  // seconds
}  // namespace

Task<Result<JoinedView>> SharingApi::join(MaybeCaller caller, documents::DocumentId id) {
  People people(accounts_);
  CO_TRY(auto joined, co_await documents_.join(std::move(id), visitorOf(caller)));
  CO_TRY(auto owner, co_await people.get(std::move(joined.owner)));
  JoinedView view{.document = std::move(joined.id),
      .session = std::move(joined.session),
      .name = documents::fileNameOf(joined.path),
      .role = std::string(documents::nameOf(joined.role)),
      .owner = std::move(owner),
      .path = {},
      .sessionPath = {},
      .inRuntime = joined.mayUseRuntime};
  if (caller && view.owner.id == caller->account) view.path = std::move(joined.path);
  if (!joined.sessionPath.empty()) view.sessionPath = std::move(joined.sessionPath);
  co_return view;
}

Task<Result<std::vector<SharedView>>> SharingApi::listShared(accounts::Caller caller) {
  People people(accounts_);
  CO_TRY(auto found, co_await documents_.listShared(caller.account));
  std::vector<SharedView> views;
  for (auto& one : found) {
    CO_TRY(auto owner, co_await people.get(std::move(one.owner)));
    views.push_back({.document = std::move(one.id),
        .share = std::move(one.share),
        .name = documents::fileNameOf(one.path),
        .owner = std::move(owner),
        .role = std::string(documents::nameOf(one.role)),
        .visitedAt = one.visitedAt});
  }
  co_return views;
}

// ---- what is given ----

Task<Result<ShareView>> SharingApi::viewOf(People& people, documents::Share share) {
  ShareView view{.id = std::move(share.id),
      .whom = std::string(documents::nameOf(share.whom)),
      .person = {},
      .group = {},
      .role = std::string(documents::nameOf(share.role)),
      .inRuntime = share.inRuntime,
      .expiresAt = share.expiresAt,
      .madeAt = share.madeAt};
  if (share.account) {
    CO_TRY(view.person, co_await people.get(*std::move(share.account)));
  }
  if (share.group) {
    auto title = co_await groups_.titleOf(*share.group);  // nothing when it was deleted a moment ago
    view.group = SharedGroup{*std::move(share.group), title ? *std::move(title) : std::string()};
  }
  co_return view;
}

Task<Result<std::vector<ShareView>>> SharingApi::list(accounts::Caller caller, documents::DocumentId id) {
  People people(accounts_);
  CO_TRY(auto shares, co_await documents_.listShares(std::move(id), visitorOf(std::move(caller))));
  std::vector<ShareView> views;
  for (auto& share : shares) {
    CO_TRY(views.emplace_back(), co_await viewOf(people, std::move(share)));
  }
  co_return views;
}

Task<Result<Created<ShareView>>> SharingApi::share(accounts::Caller caller, documents::DocumentId id, ShareBody body) {
  People people(accounts_);
  CO_TRY(const auto whom, documents::parseWhom(body.whom));
  CO_TRY(const auto role, documents::parseSharedRole(body.role));
  documents::ShareWish wish{
      .whom = whom, .account = {}, .group = {}, .role = role, .inRuntime = body.inRuntime.value_or(false), .lasts = {}};
  if ((whom == documents::Whom::Account) != body.account.has_value())
    co_return fail(Code::InvalidInput, "'account' is the name of who shall have it; it goes with whom = account, and only with that");
  if ((whom == documents::Whom::Group) != body.group.has_value())
    co_return fail(Code::InvalidInput, "'group' is the id of a group of one's own; it goes with whom = group, and only with that");
  if (body.group) {
    CO_TRY(wish.group, GroupId::parse(*body.group));
  }
  if (body.account) {
    CO_TRY(wish.account, co_await people.named(*std::move(body.account)));
  }
  if (body.expiresInS) {
    if (*body.expiresInS < 1 || *body.expiresInS > kLongestShare)
      co_return fail(Code::InvalidInput, "expires_in_s {} is not between 1 and {}", *body.expiresInS, kLongestShare);
    wish.lasts = std::chrono::seconds(*body.expiresInS);
  }
  CO_TRY(auto made, co_await documents_.share(id, visitorOf(caller), std::move(wish)));
  co_await teller_.shared(std::move(id), std::move(caller.account), made);
  CO_TRY(auto view, co_await viewOf(people, std::move(made)));
  co_return Created<ShareView>{std::move(view)};
}

Task<Result<>> SharingApi::stopSharing(accounts::Caller caller, documents::DocumentId id, documents::ShareId share) {
  co_return co_await documents_.stopSharing(std::move(id), visitorOf(std::move(caller)), std::move(share));
}

// ---- asking for it ----

Task<Result<>> SharingApi::requestAccess(accounts::Caller caller, documents::DocumentId id, AccessBody wish) {
  CO_TRY(const auto role, documents::parseSharedRole(wish.role));
  CO_TRY(co_await documents_.requestAccess(id, visitorOf(caller), role, wish.message.value_or("")));
  co_await teller_.asked(std::move(id), std::move(caller.account), wish.message.value_or(""));
  co_return Result<>{};
}

Task<Result<std::vector<AccessRequestView>>> SharingApi::listAccessRequests(accounts::Caller caller, documents::DocumentId id) {
  People people(accounts_);
  CO_TRY(auto requests, co_await documents_.listAccessRequests(std::move(id), visitorOf(std::move(caller))));
  std::vector<AccessRequestView> views;
  for (auto& request : requests) {
    CO_TRY(auto who, co_await people.get(std::move(request.account)));
    views.push_back({.person = std::move(who),
        .role = std::string(documents::nameOf(request.role)),
        .message = std::move(request.message),
        .madeAt = request.madeAt});
  }
  co_return views;
}

Task<Result<>> SharingApi::refuseAccess(accounts::Caller caller, documents::DocumentId id, AccountId who) {
  co_return co_await documents_.refuseAccess(std::move(id), visitorOf(std::move(caller)), std::move(who));
}

// ---- giving away and copying ----

Task<Result<>> SharingApi::transfer(accounts::Caller caller, documents::DocumentId id, OwnerBody to) {
  People people(accounts_);
  CO_TRY(auto account, co_await people.named(std::move(to.account)));
  CO_TRY(co_await documents_.transfer(id, visitorOf(caller), account));
  co_await teller_.given(std::move(id), std::move(caller.account), std::move(account));
  co_return Result<>{};
}

Task<Result<Created<JsonText>>> SharingApi::copy(accounts::Caller caller, documents::DocumentId id, CopyBody wish) {
  const auto outputs = wish.outputs.value_or(true) ? documents::Outputs::Keep : documents::Outputs::LeaveOut;
  CO_TRY(auto model, co_await documents_.copy(std::move(id), visitorOf(std::move(caller)), outputs));
  co_return Created<JsonText>{{std::move(model.json)}};
}

}  // namespace allmende::api
