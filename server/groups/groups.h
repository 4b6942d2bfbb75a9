#pragma once
// Groups: people who are given something together, a class or a team. Whoever has an account makes one and becomes its manager; the others
// are added by a manager or come by an invitation. What a group is given (notebooks, a tier, an exemption) is known to the rooms that give
// it, which ask here who belongs to whom.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/result.h"
#include "lib/base/task.h"
#include "lib/store/store.h"
#include "server/journal/journal.h"

namespace allmende::groups {

// A manager changes the group and sees who is in it; a member sees that they are.
enum class Part : std::uint8_t { Member, Manager };
std::string_view nameOf(Part part);
// InvalidInput for anything but member and manager.
Result<Part> parsePart(std::string_view name);

struct Group {
  GroupId id;
  std::string title;
  Part part = Part::Member;  // of who asks
  std::int64_t members = 0;  // managers included
  Instant madeAt;
  std::optional<Instant> invitationEndsAt;  // for managers: until when others come by the code that was made last
};

struct Member {
  AccountId account;
  Part part = Part::Member;
  Instant joinedAt;
};

struct Invitation {
  std::string code;  // shown this once, stored as its hash
  Instant endsAt;
};

// What an invitation says before it is taken up.
struct Invited {
  GroupId group;
  std::string title;
  std::vector<AccountId> managers;
};

class Groups {
 public:
  static constexpr std::int64_t kMostGroups = 100;     // that one account belongs to
  static constexpr std::int64_t kMostMembers = 2'000;  // of one group
  static constexpr std::size_t kLongestTitle = 100;    // bytes
  static constexpr std::chrono::hours kLongestInvitation{366 * 24};

  Groups(store::Database& database, journal::Journal& journal, const Clock& clock)
      : database_(database), journal_(journal), clock_(clock) {}

  // Told when somebody has come to a group or left it, and when it is no more.
  using OnChange = std::function<Task<>(GroupId, bool isGone)>;
  void onChange(OnChange onChange) { onChange_ = std::move(onChange); }

  // Fails with InvalidInput for a title that is empty, too long or has line breaks, OverLimit when the account is in too many.
  Task<Result<Group>> create(AccountId by, std::string title);
  // By title.
  Task<Result<std::vector<Group>>> list(AccountId of);
  // All of them, for who runs the server; `part` means nothing.
  Task<Result<std::vector<Group>>> listAll();

  // Below, NotFound when there is no such group or `by` does not belong to it, and Denied when they are no manager of it.

  Task<Result<Group>> get(AccountId by, GroupId id);
  Task<Result<Group>> rename(AccountId by, GroupId id, std::string title);
  // What it was given is its people's no longer.
  Task<Result<>> remove(AccountId by, GroupId id);
  // Managers first, then in the order they came.
  Task<Result<std::vector<Member>>> listMembers(AccountId by, GroupId id);
  // Adds somebody, or changes their part. OverLimit when the group or the person has too many; Conflict when no manager would be left.
  Task<Result<>> put(AccountId by, GroupId id, AccountId who, Part part);
  // Takes somebody out of all groups. Where they alone were manager, who has been there longest becomes one; a group of nobody else goes.
  Task<Result<>> forgetAccount(AccountId who);
  // Takes somebody out; oneself without being a manager. Conflict when no manager would be left.
  Task<Result<>> take(AccountId by, GroupId id, AccountId who);

  // The code that was made before holds no longer.
  Task<Result<Invitation>> invite(AccountId by, GroupId id, Duration validFor);
  Task<Result<>> endInvitation(AccountId by, GroupId id);
  // NotFound for a code that does not hold (any more).
  Task<Result<Invited>> readInvitation(std::string code);
  // As a member; who is in the group stays what they are.
  Task<Result<Group>> join(AccountId who, std::string code);

  // For rooms that give something to groups.
  Task<Result<std::vector<GroupId>>> idsOf(AccountId who);
  Task<Result<std::vector<AccountId>>> peopleOf(GroupId id);
  // NotFound when there is none.
  Task<Result<std::string>> titleOf(GroupId id);

 private:
  Task<> tell(GroupId id, bool isGone);

  store::Database& database_;
  journal::Journal& journal_;
  const Clock& clock_;
  OnChange onChange_;
};

}  // namespace allmende::groups
