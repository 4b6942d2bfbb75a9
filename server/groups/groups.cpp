#include "server/groups/groups.h"

#include <algorithm>

#include "lib/base/sha256.h"
#include "lib/net/net.h"

namespace allmende::groups {
namespace {

constexpr std::string_view kMember = "member";
constexpr std::string_view kManager = "manager";
constexpr std::size_t kCodeBytes = 16;
constexpr std::string_view kGroupColumns =
    "g.id, g.title, g.made_at, g.invitation_ends_at, (SELECT COUNT(*) FROM group_members c WHERE c.group_id = g.id)";

Result<> checkTitle(std::string_view title) {
  const auto isControl = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (!title.empty() && title.size() <= Groups::kLongestTitle && net::isUtf8(title) && std::ranges::none_of(title, isControl)) return {};
  return fail(Code::InvalidInput, "a group's title has 1 to {} bytes and no line breaks", Groups::kLongestTitle);
}

Part partOf(std::string_view stored) { return stored == kManager ? Part::Manager : Part::Member; }

std::unexpected<Error> noSuchGroup(const GroupId& id) { return fail(Code::NotFound, "you are in no group {} (any more)", id.text()); }

// Of kGroupColumns.
Result<Group> groupOf(const store::Row& row, Part part) {
  TRY(auto id, GroupId::parse(row.text(0)));
  return Group{.id = std::move(id),
      .title = row.text(1),
      .part = part,
      .members = row.number(4),
      .madeAt = row.instant(2),
      .invitationEndsAt = part == Part::Manager ? row.findInstant(3) : std::nullopt};
}

// What `who` is in it; nullopt = nothing.
Result<std::optional<Part>> findPart(store::Transaction& on, const GroupId& id, const AccountId& who) {
  TRY(const auto rows, on.query("SELECT part FROM group_members WHERE group_id = ? AND account_id = ?", {id.text(), who.text()}));
  if (rows.empty()) return std::nullopt;
  return partOf(rows.front().text(0));
}

Result<Group> readGroup(store::Transaction& on, const GroupId& id, const AccountId& by) {
  TRY(const auto part, findPart(on, id, by));
  if (!part) return noSuchGroup(id);
  TRY(const auto rows, on.query(fmt::format("SELECT {} FROM account_groups g WHERE g.id = ?", kGroupColumns), {id.text()}));
  return groupOf(rows.front(), *part);
}

Result<Group> readAsManager(store::Transaction& on, const GroupId& id, const AccountId& by) {
  TRY(auto group, readGroup(on, id, by));
  if (group.part == Part::Manager) return group;
  return fail(Code::Denied, "only a manager of the group \"{}\" can do that", group.title);
}

Result<> checkRoomFor(store::Transaction& on, const AccountId& who) {
  TRY(const auto rows, on.query("SELECT COUNT(*) FROM group_members WHERE account_id = ?", {who.text()}));
  if (rows.front().number(0) < Groups::kMostGroups) return {};
  return fail(Code::OverLimit, "an account can belong to {} groups; leave one first", Groups::kMostGroups);
}

Result<> checkRoomIn(const Group& group) {
  if (group.members < Groups::kMostMembers) return {};
  return fail(Code::OverLimit, "a group has {} people at most; make another one", Groups::kMostMembers);
}

// That somebody is left to look after it when `who` no longer does.
Result<> checkManaged(store::Transaction& on, const GroupId& id, const AccountId& who) {
  TRY(const auto rows, on.query("SELECT COUNT(*) FROM group_members WHERE group_id = ? AND part = ? AND account_id <> ?",
                           {id.text(), kManager, who.text()}));
  if (rows.front().number(0) > 0) return {};
  return fail(Code::Conflict, "a group needs a manager: make somebody else one first, or delete the group");
}

Result<> insertMember(store::Transaction& on, const GroupId& id, const AccountId& who, Part part, Instant now) {
  TRY(on.change(
      "INSERT INTO group_members (group_id, account_id, part, joined_at) VALUES (?, ?, ?, ?)", {id.text(), who.text(), nameOf(part), now}));
  return {};
}

}  // namespace

std::string_view nameOf(Part part) { return part == Part::Manager ? kManager : kMember; }

Result<Part> parsePart(std::string_view name) {
  if (name == kMember || name == kManager) return partOf(name);
  return fail(Code::InvalidInput, "'{}' is no part in a group; there are member and manager", name.substr(0, 64));
}

Task<> Groups::tell(GroupId id, bool isGone) {
  if (onChange_) co_await onChange_(std::move(id), isGone);
}

// ---- groups ----

Task<Result<Group>> Groups::create(AccountId by, std::string title) {
  CO_TRY(checkTitle(title));
  Group group{.id = GroupId::make(),
      .title = std::move(title),
      .part = Part::Manager,
      .members = 1,
      .madeAt = clock_.now(),
      .invitationEndsAt = {}};
  const auto event = journal_.make(journal::kGroupMade, {by.text(), group.id.text()}, {{"title", group.title}});
  CO_TRY(co_await database_.transaction([=](store::Transaction& on) -> Result<> {
    TRY(checkRoomFor(on, by));
    TRY(on.change("INSERT INTO account_groups (id, title, made_by, made_at) VALUES (?, ?, ?, ?)",
        {group.id.text(), group.title, by.text(), group.madeAt}));
    TRY(insertMember(on, group.id, by, Part::Manager, group.madeAt));
    return journal::Journal::write(on, event);
  }));
  co_return group;
}

Task<Result<std::vector<Group>>> Groups::list(AccountId of) {
  CO_TRY(const auto rows, co_await database_.query(fmt::format("SELECT {}, m.part FROM account_groups g JOIN group_members m ON m.group_id "
                                                               "= g.id WHERE m.account_id = ? ORDER BY g.title, g.id",
                                                       kGroupColumns),
                              {of.text()}));
  std::vector<Group> groups;
  for (const auto& row : rows) {
    CO_TRY(groups.emplace_back(), groupOf(row, partOf(row.text(5))));
  }
  co_return groups;
}

Task<Result<std::vector<Group>>> Groups::listAll() {
  CO_TRY(
      const auto rows, co_await database_.query(fmt::format("SELECT {} FROM account_groups g ORDER BY g.title, g.id", kGroupColumns), {}));
  std::vector<Group> groups;
  for (const auto& row : rows) {
    CO_TRY(groups.emplace_back(), groupOf(row, Part::Manager));
  }
  co_return groups;
}

Task<Result<Group>> Groups::get(AccountId by, GroupId id) {
  co_return co_await database_.transaction([=](store::Transaction& on) { return readGroup(on, id, by); });
}

Task<Result<Group>> Groups::rename(AccountId by, GroupId id, std::string title) {
  CO_TRY(checkTitle(title));
  co_return co_await database_.transaction([=](store::Transaction& on) -> Result<Group> {
    TRY(auto group, readAsManager(on, id, by));
    TRY(on.change("UPDATE account_groups SET title = ? WHERE id = ?", {title, id.text()}));
    group.title = title;
    return group;
  });
}

Task<Result<>> Groups::remove(AccountId by, GroupId id) {
  const auto event = journal_.make(journal::kGroupRemoved, {by.text(), id.text()});
  CO_TRY(co_await database_.transaction([=](store::Transaction& on) -> Result<> {
    TRY(readAsManager(on, id, by));
    TRY(on.change("DELETE FROM group_members WHERE group_id = ?", {id.text()}));
    TRY(on.change("DELETE FROM account_groups WHERE id = ?", {id.text()}));
    return journal::Journal::write(on, event);
  }));
  co_await tell(std::move(id), true);
  co_return Result<>{};
}

// ---- who is in it ----

Task<Result<std::vector<Member>>> Groups::listMembers(AccountId by, GroupId id) {
  co_return co_await database_.transaction([=](store::Transaction& on) -> Result<std::vector<Member>> {
    TRY(readAsManager(on, id, by));
    TRY(const auto rows, on.query("SELECT account_id, part, joined_at FROM group_members WHERE group_id = ? "
                                  "ORDER BY CASE part WHEN 'manager' THEN 0 ELSE 1 END, joined_at, account_id",
                             {id.text()}));
    std::vector<Member> members;
    for (const auto& row : rows) {
      TRY(auto account, AccountId::parse(row.text(0)));
      members.push_back({.account = std::move(account), .part = partOf(row.text(1)), .joinedAt = row.instant(2)});
    }
    return members;
  });
}

Task<Result<>> Groups::put(AccountId by, GroupId id, AccountId who, Part part) {
  const auto event = journal_.make(journal::kGroupJoined, {by.text(), id.text(), who.text()}, {{"part", nameOf(part)}});
  const auto now = clock_.now();
  CO_TRY(co_await database_.transaction([=](store::Transaction& on) -> Result<> {
    TRY(const auto group, readAsManager(on, id, by));
    TRY(const auto before, findPart(on, id, who));
    if (before == part) return {};
    if (!before) {
      TRY(checkRoomIn(group));
      TRY(checkRoomFor(on, who));
      TRY(insertMember(on, id, who, part, now));
    } else {
      if (part == Part::Member) {
        TRY(checkManaged(on, id, who));
      }
      TRY(on.change("UPDATE group_members SET part = ? WHERE group_id = ? AND account_id = ?", {nameOf(part), id.text(), who.text()}));
    }
    return journal::Journal::write(on, event);
  }));
  co_await tell(std::move(id), false);
  co_return Result<>{};
}

Task<Result<>> Groups::take(AccountId by, GroupId id, AccountId who) {
  const auto event = journal_.make(journal::kGroupLeft, {by.text(), id.text(), who.text()});
  CO_TRY(co_await database_.transaction([=](store::Transaction& on) -> Result<> {
    if (by == who) {
      TRY(readGroup(on, id, by));
    } else {
      TRY(readAsManager(on, id, by));
    }
    TRY(checkManaged(on, id, who));
    TRY(const auto gone, on.change("DELETE FROM group_members WHERE group_id = ? AND account_id = ?", {id.text(), who.text()}));
    if (gone == 0) return fail(Code::NotFound, "{} is not in this group (any more)", who.text());
    return journal::Journal::write(on, event);
  }));
  co_await tell(std::move(id), false);
  co_return Result<>{};
}

Task<Result<>> Groups::forgetAccount(AccountId who) {
  CO_TRY(const auto all, co_await idsOf(who));
  for (const auto& id : all) {
    auto left = co_await take(who, id, who);
    if (left || left.error().code != Code::Conflict) {
      CO_TRY(std::move(left));
      continue;
    }
    CO_TRY(const auto others,
        co_await database_.query(
            "SELECT account_id FROM group_members WHERE group_id = ? AND account_id <> ? ORDER BY joined_at, account_id LIMIT 1",
            {id.text(), who.text()}));
    if (others.empty()) {
      CO_TRY(co_await remove(who, id));
      continue;
    }
    CO_TRY(co_await database_.change(
        "UPDATE group_members SET part = ? WHERE group_id = ? AND account_id = ?", {kManager, id.text(), others.front().text(0)}));
    CO_TRY(co_await take(who, id, who));
  }
  co_return Result<>{};
}

// ---- invitations ----

Task<Result<Invitation>> Groups::invite(AccountId by, GroupId id, Duration validFor) {
  if (validFor < 1min || validFor > kLongestInvitation)
    co_return fail(Code::InvalidInput, "an invitation holds between a minute and {} days, not {} seconds", kLongestInvitation.count() / 24,
        validFor.count() / 1000);
  Invitation made{.code = randomHex(kCodeBytes), .endsAt = clock_.now() + validFor};
  const auto event = journal_.make(journal::kGroupInvited, {by.text(), id.text()}, {{"ends_at", formatUtc(made.endsAt)}});
  CO_TRY(co_await database_.transaction([=](store::Transaction& on) -> Result<> {
    TRY(readAsManager(on, id, by));
    TRY(on.change("UPDATE account_groups SET invitation_hash = ?, invitation_ends_at = ? WHERE id = ?",
        {sha256Of(made.code), made.endsAt, id.text()}));
    return journal::Journal::write(on, event);
  }));
  co_return made;
}

Task<Result<>> Groups::endInvitation(AccountId by, GroupId id) {
  co_return co_await database_.transaction([=](store::Transaction& on) -> Result<> {
    TRY(readAsManager(on, id, by));
    TRY(on.change("UPDATE account_groups SET invitation_hash = NULL, invitation_ends_at = NULL WHERE id = ?", {id.text()}));
    return {};
  });
}

namespace {

Result<GroupId> findInvited(store::Transaction& on, const std::string& code, Instant now) {
  TRY(const auto rows,
      on.query("SELECT id FROM account_groups WHERE invitation_hash = ? AND invitation_ends_at > ?", {sha256Of(code), now}));
  if (rows.empty()) return fail(Code::NotFound, "this invitation does not hold (any more); ask who sent it for a new one");
  return GroupId::parse(rows.front().text(0));
}

}  // namespace

Task<Result<Invited>> Groups::readInvitation(std::string code) {
  const auto now = clock_.now();
  co_return co_await database_.transaction([=](store::Transaction& on) -> Result<Invited> {
    TRY(auto id, findInvited(on, code, now));
    TRY(const auto titles, on.query("SELECT title FROM account_groups WHERE id = ?", {id.text()}));
    TRY(const auto rows,
        on.query("SELECT account_id FROM group_members WHERE group_id = ? AND part = ? ORDER BY joined_at, account_id LIMIT 10",
            {id.text(), kManager}));
    Invited invited{.group = std::move(id), .title = titles.front().text(0), .managers = {}};
    for (const auto& row : rows) {
      TRY(invited.managers.emplace_back(), AccountId::parse(row.text(0)));
    }
    return invited;
  });
}

Task<Result<Group>> Groups::join(AccountId who, std::string code) {
  const auto now = clock_.now();
  auto* const journal = &journal_;
  CO_TRY(auto group, co_await database_.transaction([=](store::Transaction& on) -> Result<Group> {
    TRY(const auto id, findInvited(on, code, now));
    TRY(const auto part, findPart(on, id, who));
    if (part) return readGroup(on, id, who);
    TRY(checkRoomFor(on, who));
    TRY(insertMember(on, id, who, Part::Member, now));
    TRY(auto joined, readGroup(on, id, who));
    if (joined.members > kMostMembers) return fail(Code::OverLimit, "this group has {} people already, which is the most", kMostMembers);
    TRY(journal::Journal::write(on, journal->make(journal::kGroupJoined, {who.text(), id.text()}, {{"part", kMember}})));
    return joined;
  }));
  co_await tell(group.id, false);
  co_return group;
}

// ---- for rooms that give something to groups ----

Task<Result<std::vector<GroupId>>> Groups::idsOf(AccountId who) {
  CO_TRY(const auto rows, co_await database_.query("SELECT group_id FROM group_members WHERE account_id = ?", {who.text()}));
  std::vector<GroupId> ids;
  for (const auto& row : rows) {
    CO_TRY(ids.emplace_back(), GroupId::parse(row.text(0)));
  }
  co_return ids;
}

Task<Result<std::vector<AccountId>>> Groups::peopleOf(GroupId id) {
  CO_TRY(const auto rows, co_await database_.query("SELECT account_id FROM group_members WHERE group_id = ?", {id.text()}));
  std::vector<AccountId> people;
  for (const auto& row : rows) {
    CO_TRY(people.emplace_back(), AccountId::parse(row.text(0)));
  }
  co_return people;
}

Task<Result<std::string>> Groups::titleOf(GroupId id) {
  CO_TRY(const auto rows, co_await database_.query("SELECT title FROM account_groups WHERE id = ?", {id.text()}));
  if (rows.empty()) co_return fail(Code::NotFound, "there is no group {} (any more)", id.text());
  co_return rows.front().text(0);
}

}  // namespace allmende::groups
