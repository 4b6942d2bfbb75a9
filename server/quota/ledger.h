#pragma once
// Who has which tier, and what was used of it. Part of the door server/quota/quota.h.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/result.h"
#include "lib/base/task.h"
#include "lib/store/store.h"
#include "server/groups/groups.h"
#include "server/journal/journal.h"
#include "server/quota/tiers.h"

namespace allmende::quota {

// What a runtime used between two moments. Never changed once written.
struct UsageEntry {
  AccountId account;
  std::optional<std::string> runtime;  // absent in a correction
  std::string tier;
  Instant began;
  Instant ended;
  std::int64_t milliunits = 0;    // less than nothing when units are given
  std::int64_t cpuMs = 0;         // of processor time, as the node measured it
  std::optional<GroupId> paidBy;  // the group whose budget it was taken from
  std::string reason;             // of a correction
};

struct Balance {
  double units = 0;  // in each period; 0 = as many as one likes
  double used = 0;   // in this one
  Instant since;     // the period's beginning
  Instant refillsAt;

  bool unlimited() const { return units <= 0; }
  double left() const { return units - used; }
};

struct Grant {
  std::string tier;
  Instant grantedAt;
  std::optional<Instant> expiresAt;
  std::string reason;
  std::optional<GroupId> group;  // it was given to; none = to the account itself
  std::optional<double> budget;  // compute units that the group's people may use of it together; none = as many as the tier allows each
};

// What an account has at the moment.
struct Standing {
  Tier tier;
  std::optional<Grant> grant;  // by which it has it; none = everybody's tier
  Balance balance;
  double budgetUsed = 0;  // of the grant's budget, by all of its group

  // Whose budget pays for what the account uses.
  std::optional<GroupId> paidBy() const { return grant ? grant->group : std::nullopt; }
};

class Ledger {
 public:
  Ledger(store::Database& database, groups::Groups& groups, journal::Journal& journal, const Clock& clock, TierBook book)
      : database_(database), groups_(groups), journal_(journal), clock_(clock), book_(std::move(book)) {}

  const TierBook& book() const { return book_; }
  // Holds from then on: for what runs, its idle time and its units within minutes, the rest of its limits when it is started anew.
  void setBook(TierBook book) { book_ = std::move(book); }

  // ---- tiers ----

  // Why no new runtimes are let in, kept for the next start; nothing = they are.
  Task<Result<>> keepPause(std::optional<std::string> why);
  Task<Result<std::optional<std::string>>> findPause();
  // The tier of the account's own last grant that holds; else that of its groups' which goes ahead fastest in the queue, as long as its
  // budget is not used up; else the free one. A tier that is no longer in the book is passed over.
  Task<Result<Standing>> standingOf(AccountId of);
  Task<Result<Tier>> tierOf(AccountId of);
  // Fails with NotFound when there is no such tier or group, InvalidInput for an end that has passed, a budget of less than nothing, or an
  // empty reason.
  // `by` is who gave it, for the journal.
  Task<Result<>> grant(AccountId to, std::string tier, std::optional<Instant> expiresAt, std::string reason, std::string by = "operator");
  // The same for an order that may come again, as long as kOrdersKept: it is carried out once.
  static constexpr Duration kOrdersKept{std::chrono::hours{24 * 90}};
  Task<Result<>> grantOnce(
      std::string order, AccountId to, std::string tier, std::optional<Instant> expiresAt, std::string reason, std::string by);
  Task<Result<>> grantGroup(GroupId to, std::string tier, std::optional<Instant> expiresAt, std::optional<double> budget,
      std::string reason, std::string by = "operator");

  // ---- use ----

  Task<Result<>> write(UsageEntry entry);
  // Gives units (takes them, when less than 0). Fails with InvalidInput without a reason.
  Task<Result<>> correct(AccountId of, double units, std::string reason, std::string by = "operator");
  // Gives back what a runtime has used, and says how many units that was; none when it has used none.
  Task<Result<double>> refund(AccountId of, std::string runtime, std::string reason);
  // How far a runtime has been written down: until when, and how much processor time.
  struct Counted {
    Instant to;
    std::int64_t cpuMs = 0;
  };
  Task<Result<std::optional<Counted>>> findCounted(std::string runtime);
  // Compute units used, those of a day ago counting half, of two days a quarter: what the queue judges by.
  Task<Result<double>> usedLately(AccountId of);
  struct Day {
    Instant begins;  // at midnight UTC
    double units = 0;
  };
  // What was used on each of the last days, today last; days without any are there too.
  Task<Result<std::vector<Day>>> days(AccountId of, int count);
  // Newest first.
  Task<Result<std::vector<UsageEntry>>> list(AccountId of, Instant since, int most);

 private:
  // The same as standingOf() without its balance.
  Task<Result<Standing>> findStanding(AccountId of);
  // What holds of what the account and its groups were given last, the account's own first, then as standingOf() takes them.
  Task<Result<std::vector<Grant>>> grantsOf(AccountId of);
  // Does nothing when `order` was carried out before.
  Task<Result<>> add(std::string subject, Grant grant, std::string by, std::optional<std::string> order = {});
  Task<Result<>> give(AccountId of, double units, std::string reason, std::optional<GroupId> paidBy, std::string by);
  Task<Result<Balance>> balance(AccountId of, Tier tier, std::optional<GroupId> paidBy);

  store::Database& database_;
  groups::Groups& groups_;
  journal::Journal& journal_;
  const Clock& clock_;
  TierBook book_;
};

}  // namespace allmende::quota
