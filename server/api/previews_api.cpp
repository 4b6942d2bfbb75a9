#include "server/api/previews_api.h"

#include "server/api/reply.h"

namespace allmende::api {

Task<Result<PreviewView>> PreviewsApi::viewOf(AccountId reader, previews::Preview preview) {
  People people(accounts_);
  CO_TRY(auto owner, co_await people.get(preview.owner));
  PreviewView view{.id = std::move(preview.id),
      .owner = std::move(owner),
      .runtime = std::move(preview.runtime),
      .port = preview.port,
      .viewers = {},
      .madeAt = preview.madeAt};
  if (reader != preview.owner) co_return view;
  for (auto& viewer : preview.viewers) {
    CO_TRY(view.viewers.emplace_back(), co_await people.get(std::move(viewer)));
  }
  co_return view;
}

Task<Result<std::vector<PortView>>> PreviewsApi::ports(accounts::Caller caller, runtimes::RuntimeId runtime) {
  CO_TRY(auto ports, co_await previews_.listPorts(std::move(caller.account), std::move(runtime)));
  std::vector<PortView> views;
  for (auto& one : ports) views.push_back({one.port, std::move(one.program)});
  co_return views;
}

Task<Result<std::vector<PreviewView>>> PreviewsApi::list(accounts::Caller caller) {
  std::vector<PreviewView> views;
  for (auto& preview : previews_.list(caller.account)) {
    CO_TRY(views.emplace_back(), co_await viewOf(caller.account, std::move(preview)));
  }
  co_return views;
}

Task<Result<Created<PreviewView>>> PreviewsApi::open(accounts::Caller caller, PreviewWish wish) {
  CO_TRY(auto preview, co_await previews_.open(caller.account, std::move(wish.runtime), wish.port));
  CO_TRY(auto view, co_await viewOf(caller.account, std::move(preview)));
  co_return Created<PreviewView>{std::move(view)};
}

Task<Result<>> PreviewsApi::end(accounts::Caller caller, previews::PreviewId id) {
  co_return co_await previews_.end(std::move(caller.account), std::move(id));
}

Task<Result<>> PreviewsApi::show(accounts::Caller caller, previews::PreviewId id, ViewerWish wish) {
  CO_TRY(auto who, co_await People(accounts_).named(std::move(wish.account)));
  co_return co_await previews_.show(std::move(caller.account), std::move(id), std::move(who));
}

Task<Result<>> PreviewsApi::hide(accounts::Caller caller, previews::PreviewId id, std::string account) {
  CO_TRY(auto who, co_await People(accounts_).named(std::move(account)));
  co_return co_await previews_.hide(std::move(caller.account), std::move(id), std::move(who));
}

Task<Result<LinkView>> PreviewsApi::link(accounts::Caller caller, Visit visit, previews::PreviewId id, PreviewLinkWish wish) {
  CO_TRY(auto url, previews_.makeLink(caller.account, id, visit.host, visit.secure, wish.path.value_or("/")));
  co_return LinkView{std::move(url)};
}

Task<net::Response> PreviewsApi::lead(Call call) {
  if (!call.caller) {
    net::Response response{302, {}, {}};
    response.headers.add("Location", signInUrl(baseUrl_, call.request.target));
    co_return response;
  }
  const auto id = previews::PreviewId::parse(call.param(0));
  if (!id) co_return previews::Previews::gonePage(call.request);
  const std::string to(call.request.query.find("to").value_or("/"));
  auto link = previews_.makeLink(call.account(), *id, call.visit.host, call.visit.secure, to);
  if (!link && link.error().code == Code::NotFound) co_return previews::Previews::gonePage(call.request);
  if (!link) co_return net::errorResponse(link.error());
  net::Response response{302, {}, {}};
  response.headers.add("Location", *std::move(link));
  co_return response;
}

}  // namespace allmende::api
