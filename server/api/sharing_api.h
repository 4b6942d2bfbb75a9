#pragma once
// Notebooks of others, and one's own in others' hands. Behind the door of server/api.

#include "server/api/notices_api.h"
#include "server/api/people.h"
#include "server/api/typed.h"
#include "server/documents/documents.h"

namespace allmende::api {

struct JoinedView {
  documents::DocumentId document;
  std::string session;
  std::string name;
  std::string role;
  Person owner;
  std::optional<std::string> path;
  std::optional<std::string> sessionPath;
  bool inRuntime = false;
};
constexpr auto fieldsOf(Type<JoinedView>) {
  using J = JoinedView;
  return record("JoinedDocument", field("document", &J::document, "Begins with doc_."),
      field("session", &J::session, "To be shown to its room: the log that a copy of it belongs to."),
      field("name", &J::name, "The file's name."), field("role", &J::role, "viewer, commenter, editor or owner."),
      field("owner", &J::owner, "Whose drive it is on."), field("path", &J::path, "On the drive; the owner's alone."),
      field("session_path", &J::sessionPath, "By which one's own kernel session of it is known; absent when one cannot run it."),
      field("in_runtime", &J::inRuntime, "Whether one may run it in the owner's runtime."));
}

struct SharedGroup {
  GroupId id;
  std::string title;
};
constexpr auto fieldsOf(Type<SharedGroup>) {
  return record("SharedGroup", field("id", &SharedGroup::id, "Begins with grp_."), field("title", &SharedGroup::title));
}

struct ShareView {
  documents::ShareId id;
  std::string whom;
  std::optional<Person> person;
  std::optional<SharedGroup> group;
  std::string role;
  bool inRuntime = false;
  std::optional<Instant> expiresAt;
  Instant madeAt;
};
constexpr auto fieldsOf(Type<ShareView>) {
  using S = ShareView;
  return record("DocumentShare", field("id", &S::id, "Begins with shr_."),
      field("whom", &S::whom,
          "account, group, everyone (with an account here) or link (whoever has the link; without an account only to read)."),
      field("person", &S::person, "Of an account."), field("group", &S::group, "Of a group."),
      field("role", &S::role, "viewer, commenter or editor."),
      field("in_runtime", &S::inRuntime, "Whether they may run it in the owner's runtime, which the owner's units pay for."),
      field("expires_at", &S::expiresAt, "When it ends; absent = never."), field("made_at", &S::madeAt, "When it was given."));
}

struct ShareBody {
  std::string whom;
  std::optional<std::string> account;
  std::optional<std::string> group;
  std::string role;
  std::optional<bool> inRuntime;
  std::optional<std::int64_t> expiresInS;
};
constexpr auto fieldsOf(Type<ShareBody>) {
  using S = ShareBody;
  return record("ShareWish", field("whom", &S::whom, "account, group, everyone or link."),
      field("account", &S::account, "The name of an account, for whom = account."),
      field("group", &S::group, "The id of a group that one belongs to, for whom = group."),
      field("role", &S::role, "viewer, commenter or editor."),
      field("in_runtime", &S::inRuntime, "For editors who do not come by a link: whether they may run it in the owner's runtime."),
      field("expires_in_s", &S::expiresInS, "Seconds until it ends; absent = never."));
}

struct SharedView {
  documents::DocumentId document;
  std::optional<documents::ShareId> share;
  std::string name;
  Person owner;
  std::string role;
  std::optional<Instant> visitedAt;
};
constexpr auto fieldsOf(Type<SharedView>) {
  using S = SharedView;
  return record("SharedDocument", field("document", &S::document, "Begins with doc_."),
      field("share", &S::share, "That which was given to oneself, of which one can take leave; absent when it is everybody's."),
      field("name", &S::name, "The file's name."), field("owner", &S::owner, "Whose it is."),
      field("role", &S::role, "What one may do: viewer, commenter or editor."),
      field("visited_at", &S::visitedAt, "When one has last opened it; absent = never."));
}

struct AccessBody {
  std::string role;
  std::optional<std::string> message;
};
constexpr auto fieldsOf(Type<AccessBody>) {
  return record("AccessWish", field("role", &AccessBody::role, "viewer, commenter or editor."),
      field("message", &AccessBody::message, "To the owner; at most 1000 bytes."));
}

struct AccessRequestView {
  Person person;
  std::string role;
  std::string message;
  Instant madeAt;
};
constexpr auto fieldsOf(Type<AccessRequestView>) {
  using A = AccessRequestView;
  return record("AccessRequest", field("person", &A::person, "Who asks."), field("role", &A::role, "For what."),
      field("message", &A::message, "What they say."), field("made_at", &A::madeAt, "When."));
}

struct OwnerBody {
  std::string account;
};
constexpr auto fieldsOf(Type<OwnerBody>) {
  return record("NewOwner", field("account", &OwnerBody::account, "The name of the account that it shall belong to."));
}

struct CopyBody {
  std::optional<bool> outputs;
};
constexpr auto fieldsOf(Type<CopyBody>) {
  return record("CopyWish", field("outputs", &CopyBody::outputs, "Whether what cells have printed is copied too; absent = yes."));
}

class SharingApi {
 public:
  SharingApi(documents::Documents& documents, groups::Groups& groups, accounts::Accounts& accounts, Teller& teller)
      : documents_(documents), groups_(groups), accounts_(accounts), teller_(teller) {}

  using MaybeCaller = std::optional<accounts::Caller>;
  Task<Result<JoinedView>> join(MaybeCaller caller, documents::DocumentId id);
  Task<Result<std::vector<SharedView>>> listShared(accounts::Caller caller);
  Task<Result<std::vector<ShareView>>> list(accounts::Caller caller, documents::DocumentId id);
  Task<Result<Created<ShareView>>> share(accounts::Caller caller, documents::DocumentId id, ShareBody wish);
  Task<Result<>> stopSharing(accounts::Caller caller, documents::DocumentId id, documents::ShareId share);
  Task<Result<>> requestAccess(accounts::Caller caller, documents::DocumentId id, AccessBody wish);
  Task<Result<std::vector<AccessRequestView>>> listAccessRequests(accounts::Caller caller, documents::DocumentId id);
  Task<Result<>> refuseAccess(accounts::Caller caller, documents::DocumentId id, AccountId who);
  Task<Result<>> transfer(accounts::Caller caller, documents::DocumentId id, OwnerBody to);
  Task<Result<Created<JsonText>>> copy(accounts::Caller caller, documents::DocumentId id, CopyBody wish);

 private:
  Task<Result<ShareView>> viewOf(People& people, documents::Share share);

  documents::Documents& documents_;
  groups::Groups& groups_;
  accounts::Accounts& accounts_;
  Teller& teller_;
};

}  // namespace allmende::api
