#pragma once
// Web apps that people start in their runtimes, shown in a browser. Behind the door of server/api.

#include "server/api/people.h"
#include "server/api/typed.h"
#include "server/previews/previews.h"

namespace allmende::api {

struct PortView {
  std::int64_t port = 0;
  std::string program;
};
constexpr auto fieldsOf(Type<PortView>) {
  return record("ListeningPort", field("port", &PortView::port),
      field("program", &PortView::program, "What listens there, as it was started; empty when that cannot be seen."));
}

struct PreviewWish {
  runtimes::RuntimeId runtime;
  std::int64_t port = 0;
};
constexpr auto fieldsOf(Type<PreviewWish>) {
  return record("PreviewWish", field("runtime", &PreviewWish::runtime, "One of theirs that runs."),
      field("port", &PreviewWish::port, "1 to 65535; nothing need listen there yet."));
}

struct PreviewView {
  previews::PreviewId id;
  Person owner;
  runtimes::RuntimeId runtime;
  std::int64_t port = 0;
  std::vector<Person> viewers;
  Instant madeAt;
};
constexpr auto fieldsOf(Type<PreviewView>) {
  using P = PreviewView;
  return record("Preview", field("id", &P::id, "Begins with app-; /preview/ID is a link for all who may see it."),
      field("owner", &P::owner, "Whose runtime it is in."), field("runtime", &P::runtime), field("port", &P::port),
      field("viewers", &P::viewers, "Who else sees it; told to its owner alone."), field("made_at", &P::madeAt, "When."));
}

struct ViewerWish {
  std::string account;
};
constexpr auto fieldsOf(Type<ViewerWish>) {
  return record("ViewerWish", field("account", &ViewerWish::account, "The name to sign in with."));
}

struct PreviewLinkWish {
  std::optional<std::string> path;
};
constexpr auto fieldsOf(Type<PreviewLinkWish>) {
  return record("PreviewLinkWish", field("path", &PreviewLinkWish::path, "Where in the web app it leads; absent = /."));
}

struct LinkView {
  std::string url;
};
constexpr auto fieldsOf(Type<LinkView>) {
  return record("PreviewLink", field("url", &LinkView::url, "For one browser, once, within a minute."));
}

class PreviewsApi {
 public:
  PreviewsApi(previews::Previews& previews, accounts::Accounts& accounts, std::string baseUrl)
      : previews_(previews), accounts_(accounts), baseUrl_(std::move(baseUrl)) {}

  Task<Result<std::vector<PortView>>> ports(accounts::Caller caller, runtimes::RuntimeId runtime);
  Task<Result<std::vector<PreviewView>>> list(accounts::Caller caller);
  Task<Result<Created<PreviewView>>> open(accounts::Caller caller, PreviewWish wish);
  Task<Result<>> end(accounts::Caller caller, previews::PreviewId id);
  Task<Result<>> show(accounts::Caller caller, previews::PreviewId id, ViewerWish wish);
  Task<Result<>> hide(accounts::Caller caller, previews::PreviewId id, std::string account);
  Task<Result<LinkView>> link(accounts::Caller caller, Visit visit, previews::PreviewId id, PreviewLinkWish wish);
  // A person who follows a link, or whose browser has no pass (any more).
  Task<net::Response> lead(Call call);

 private:
  Task<Result<PreviewView>> viewOf(AccountId reader, previews::Preview preview);

  previews::Previews& previews_;
  accounts::Accounts& accounts_;
  std::string baseUrl_;
};

}  // namespace allmende::api
