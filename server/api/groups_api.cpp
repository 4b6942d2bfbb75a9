#include "server/api/groups_api.h"

namespace allmende::api {
namespace {

constexpr std::chrono::seconds kUsualInvitation{std::chrono::hours{28 * 24}};

GroupView viewOf(groups::Group group) {
  return {.id = std::move(group.id),
      .title = std::move(group.title),
      .part = std::string(groups::nameOf(group.part)),
      .members = group.members,
      .madeAt = group.madeAt,
      .invitationEndsAt = group.invitationEndsAt};
}

std::vector<GroupView> viewsOf(std::vector<groups::Group> groups) {
  std::vector<GroupView> views;
  for (auto& group : groups) views.push_back(viewOf(std::move(group)));
  return views;
}

}  // namespace

Task<Result<std::vector<GroupView>>> GroupsApi::list(accounts::Caller caller) {
  CO_TRY(auto found, co_await groups_.list(std::move(caller.account)));
  co_return viewsOf(std::move(found));
}

Task<Result<Created<GroupView>>> GroupsApi::create(accounts::Caller caller, GroupBody wish) {
  CO_TRY(auto made, co_await groups_.create(std::move(caller.account), std::move(wish.title)));
  co_return Created<GroupView>{viewOf(std::move(made))};
}

Task<Result<GroupView>> GroupsApi::get(accounts::Caller caller, GroupId id) {
  CO_TRY(auto group, co_await groups_.get(std::move(caller.account), std::move(id)));
  co_return viewOf(std::move(group));
}

Task<Result<GroupView>> GroupsApi::rename(accounts::Caller caller, GroupId id, GroupBody wish) {
  CO_TRY(auto group, co_await groups_.rename(std::move(caller.account), std::move(id), std::move(wish.title)));
  co_return viewOf(std::move(group));
}

Task<Result<>> GroupsApi::remove(accounts::Caller caller, GroupId id) {
  co_return co_await groups_.remove(std::move(caller.account), std::move(id));
}

Task<Result<std::vector<MemberView>>> GroupsApi::listMembers(accounts::Caller caller, GroupId id) {
  People people(accounts_);
  CO_TRY(auto members, co_await groups_.listMembers(std::move(caller.account), std::move(id)));
  std::vector<MemberView> views;
  for (auto& member : members) {
    CO_TRY(auto person, co_await people.get(std::move(member.account)));
    views.push_back({.person = std::move(person), .part = std::string(groups::nameOf(member.part)), .joinedAt = member.joinedAt});
  }
  co_return views;
}

Task<Result<>> GroupsApi::putMember(accounts::Caller caller, GroupId id, MemberBody wish) {
  People people(accounts_);
  CO_TRY(const auto part, groups::parsePart(wish.part.value_or("member")));
  CO_TRY(auto who, co_await people.named(std::move(wish.account)));
  CO_TRY(co_await groups_.put(caller.account, id, who, part));
  co_await teller_.added(std::move(id), std::move(caller.account), std::move(who));
  co_return Result<>{};
}

Task<Result<>> GroupsApi::takeMember(accounts::Caller caller, GroupId id, AccountId who) {
  co_return co_await groups_.take(std::move(caller.account), std::move(id), std::move(who));
}

Task<Result<Created<InvitationView>>> GroupsApi::invite(accounts::Caller caller, GroupId id, InvitationBody wish) {
  constexpr auto kMost = std::chrono::seconds(groups::Groups::kLongestInvitation).count();
  const auto seconds = wish.expiresInS.value_or(kUsualInvitation.count());
  if (seconds < 60 || seconds > kMost)
    co_return fail(Code::InvalidInput, "expires_in_s is {}; allowed are 60 to {} (a year)", seconds, kMost);
  CO_TRY(auto made, co_await groups_.invite(std::move(caller.account), std::move(id), std::chrono::seconds(seconds)));
  co_return Created<InvitationView>{{.code = std::move(made.code), .endsAt = made.endsAt}};
}

Task<Result<>> GroupsApi::endInvitation(accounts::Caller caller, GroupId id) {
  co_return co_await groups_.endInvitation(std::move(caller.account), std::move(id));
}

Task<Result<InvitedView>> GroupsApi::readInvitation(accounts::Caller caller, std::string code) {
  People people(accounts_);
  CO_TRY(auto invited, co_await groups_.readInvitation(std::move(code)));
  InvitedView view{.title = std::move(invited.title), .managers = {}, .joined = false};
  for (auto& manager : invited.managers) {
    CO_TRY(view.managers.emplace_back(), co_await people.get(std::move(manager)));
  }
  view.joined = (co_await groups_.get(std::move(caller.account), std::move(invited.group))).has_value();
  co_return view;
}

Task<Result<GroupView>> GroupsApi::join(accounts::Caller caller, std::string code) {
  CO_TRY(auto group, co_await groups_.join(std::move(caller.account), std::move(code)));
  co_return viewOf(std::move(group));
}

Task<Result<GroupsView>> OperatorGroups::list() {
  CO_TRY(auto all, co_await groups_.listAll());
  co_return GroupsView{viewsOf(std::move(all))};
}

}  // namespace allmende::api
