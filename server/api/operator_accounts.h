#pragma once
// Looking after accounts, for who runs the server and for its staff: who there is, closing, opening again, deleting. Behind the door of
// server/api.

#include "server/accounts/accounts.h"
#include "server/api/events.h"
#include "server/api/typed.h"
#include "server/contents/contents.h"
#include "server/documents/documents.h"
#include "server/groups/groups.h"
#include "server/notices/notices.h"
#include "server/previews/previews.h"
#include "server/runtimes/runtimes.h"
#include "server/shelf/shelf.h"

namespace allmende::api {

struct AccountsView {
  std::vector<accounts::Account> accounts;
  std::int64_t found = 0;
};
constexpr auto fieldsOf(Type<AccountsView>) {
  return record("Accounts", field("accounts", &AccountsView::accounts, "By name."),
      field("found", &AccountsView::found, "How many there are of that search, with those that were not asked for."));
}

// Which of them are told.
struct AccountsWish {
  std::string search;
  std::string after;
  std::int64_t limit = 50;
};
constexpr auto fieldsOf(Type<AccountsWish>) {
  using W = AccountsWish;
  return record("AccountsWish", field("search", &W::search, "Those with this in a name alone."),
      field("after", &W::after, "From behind the account of this name on."), field("limit", &W::limit, "How many at most: 1 to 200."));
}

struct AccountName {
  std::string account;
};
constexpr auto fieldsOf(Type<AccountName>) {
  return record("AccountName", field("account", &AccountName::account, "The name to sign in with."));
}

struct ClosingWish {
  std::string account;
  std::string reason;
};
constexpr auto fieldsOf(Type<ClosingWish>) {
  return record("ClosingWish", field("account", &ClosingWish::account, "The name to sign in with."),
      field("reason", &ClosingWish::reason, "1 to 500 bytes; the person reads it."));
}

class OperatorAccounts {
 public:
  // All of it outlives this.
  struct Rooms {
    accounts::Accounts& accounts;
    groups::Groups& groups;
    contents::Contents& contents;
    documents::Documents& documents;
    runtimes::Runtimes& runtimes;
    previews::Previews& previews;
    notices::Notices& notices;
    shelf::Shelf& shelf;
    Events& events;
  };
  explicit OperatorAccounts(Rooms rooms) : rooms_(rooms) {}

  Task<Result<AccountsView>> list();
  Task<Result<AccountsView>> search(InQuery<AccountsWish> wish);
  // Nobody signs in by it, its connections and runtimes end; what it has stays.
  Task<Result<>> close(ClosingWish wish) { return closeBy("operator", std::move(wish)); }
  Task<Result<>> reopen(AccountName which) { return reopenBy("operator", std::move(which)); }
  // One that is closed goes with its files and notebooks. What others have from it, a comment or a share, is of a "Deleted account".
  Task<Result<>> erase(AccountName which) { return eraseBy("operator", std::move(which)); }

  // The same for people of the staff, whose names the journal keeps.
  Task<Result<>> closeAs(accounts::Caller caller, ClosingWish wish) { return closeBy(std::move(caller.name), std::move(wish)); }
  Task<Result<>> reopenAs(accounts::Caller caller, AccountName which) { return reopenBy(std::move(caller.name), std::move(which)); }
  Task<Result<>> eraseAs(accounts::Caller caller, AccountName which) { return eraseBy(std::move(caller.name), std::move(which)); }

 private:
  Task<Result<>> closeBy(std::string by, ClosingWish wish);
  Task<Result<>> reopenBy(std::string by, AccountName which);
  Task<Result<>> eraseBy(std::string by, AccountName which);
  Task<> endRuntimes(AccountId of, std::string reason);

  Rooms rooms_;
};

}  // namespace allmende::api
