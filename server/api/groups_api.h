#pragma once
// Groups of people: making them, who is in them, invitations. Behind the door of server/api.

#include "server/api/notices_api.h"
#include "server/api/people.h"
#include "server/api/typed.h"
#include "server/groups/groups.h"

namespace allmende::api {

struct GroupView {
  GroupId id;
  std::string title;
  std::string part;
  std::int64_t members = 0;
  Instant madeAt;
  std::optional<Instant> invitationEndsAt;
};
constexpr auto fieldsOf(Type<GroupView>) {
  using G = GroupView;
  return record("Group", field("id", &G::id, "Begins with grp_."), field("title", &G::title, "1 to 100 bytes."),
      field("part", &G::part, "One's own: member, or manager, who changes it and sees who is in it."),
      field("members", &G::members, "How many belong to it, managers included."), field("made_at", &G::madeAt, "When it was made."),
      field("invitation_ends_at", &G::invitationEndsAt,
          "For managers: until when others can come by its invitation; absent = there is none."));
}

struct GroupBody {
  std::string title;
};
constexpr auto fieldsOf(Type<GroupBody>) {
  return record("GroupWish", field("title", &GroupBody::title, "1 to 100 bytes, no line breaks."));
}

struct MemberView {
  Person person;
  std::string part;
  Instant joinedAt;
};
constexpr auto fieldsOf(Type<MemberView>) {
  using M = MemberView;
  return record("GroupMember", field("person", &M::person, "Who."), field("part", &M::part, "member or manager."),
      field("joined_at", &M::joinedAt, "Since when."));
}

struct MemberBody {
  std::string account;
  std::optional<std::string> part;
};
constexpr auto fieldsOf(Type<MemberBody>) {
  return record("MemberWish", field("account", &MemberBody::account, "The name of an account."),
      field("part", &MemberBody::part, "member or manager; absent = member."));
}

struct InvitationBody {
  std::optional<std::int64_t> expiresInS;
};
constexpr auto fieldsOf(Type<InvitationBody>) {
  return record("InvitationWish",
      field("expires_in_s", &InvitationBody::expiresInS, "Seconds until nobody comes by it any more; absent = four weeks."));
}

struct InvitationView {
  std::string code;
  Instant endsAt;
};
constexpr auto fieldsOf(Type<InvitationView>) {
  return record("Invitation", field("code", &InvitationView::code, "Whoever has it can join, on the page /join/CODE; shown this once."),
      field("ends_at", &InvitationView::endsAt, "Until when it holds."));
}

struct InvitedView {
  std::string title;
  std::vector<Person> managers;
  bool joined = false;
};
constexpr auto fieldsOf(Type<InvitedView>) {
  return record("Invited", field("title", &InvitedView::title, "The group's."),
      field("managers", &InvitedView::managers, "Who looks after it; at most ten."),
      field("joined", &InvitedView::joined, "Whether one is in it already."));
}

class GroupsApi {
 public:
  GroupsApi(groups::Groups& groups, accounts::Accounts& accounts, Teller& teller) : groups_(groups), accounts_(accounts), teller_(teller) {}

  Task<Result<std::vector<GroupView>>> list(accounts::Caller caller);
  Task<Result<Created<GroupView>>> create(accounts::Caller caller, GroupBody wish);
  Task<Result<GroupView>> get(accounts::Caller caller, GroupId id);
  Task<Result<GroupView>> rename(accounts::Caller caller, GroupId id, GroupBody wish);
  Task<Result<>> remove(accounts::Caller caller, GroupId id);
  Task<Result<std::vector<MemberView>>> listMembers(accounts::Caller caller, GroupId id);
  Task<Result<>> putMember(accounts::Caller caller, GroupId id, MemberBody wish);
  Task<Result<>> takeMember(accounts::Caller caller, GroupId id, AccountId who);
  Task<Result<Created<InvitationView>>> invite(accounts::Caller caller, GroupId id, InvitationBody wish);
  Task<Result<>> endInvitation(accounts::Caller caller, GroupId id);
  Task<Result<InvitedView>> readInvitation(accounts::Caller caller, std::string code);
  Task<Result<GroupView>> join(accounts::Caller caller, std::string code);

 private:
  groups::Groups& groups_;
  accounts::Accounts& accounts_;
  Teller& teller_;
};

// The same for who runs the server, whom no group refuses.
struct GroupsView {
  std::vector<GroupView> groups;
};
constexpr auto fieldsOf(Type<GroupsView>) { return record("Groups", field("groups", &GroupsView::groups)); }

class OperatorGroups {
 public:
  explicit OperatorGroups(groups::Groups& groups) : groups_(groups) {}
  Task<Result<GroupsView>> list();

 private:
  groups::Groups& groups_;
};

}  // namespace allmende::api
