#pragma once
// The rooms of a server in the order of their graph, each given what it needs, and what opens and closes them.

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "server/accounts/accounts.h"
#include "server/api/api.h"
#include "server/contents/contents.h"
#include "server/documents/documents.h"
#include "server/enforcement/enforcement.h"
#include "server/engines/engines.h"
#include "server/first_sign_in.h"
#include "server/groups/groups.h"
#include "server/hourly_round.h"
#include "server/journal/journal.h"
#include "server/notices/notices.h"
#include "server/policy/policy.h"
#include "server/previews/previews.h"
#include "server/quota/quota.h"
#include "server/runtimes/runtimes.h"
#include "server/settings.h"
#include "server/shelf/shelf.h"
#include "server/stand_by.h"

namespace allmende {

// What a launcher is told once the server can be used.
struct Ready {
  std::string url;                        // empty when the operator's socket alone is served
  std::optional<std::string> signInLink;  // until somebody has signed in
};
constexpr auto fieldsOf(Type<Ready>) { return record("ready", field("url", &Ready::url), field("sign_in_link", &Ready::signInLink)); }

class House {
 public:
  // `stop` is called when an administrator asks the server to end. Builds only; nothing is read, written or listened to.
  // `database` outlives us.
  House(Executor executor, ServerSettings settings, store::Database& database, std::function<void()> stop);

  // Opens everything, the doors to the street last: `street`, or where host and port say. A failure names what is in the way; close() is
  // due all the same.
  Task<Result<Ready>> open(std::optional<Street> street);
  // Lets in what other servers forward. Returns what they have to know. After open().
  Result<net::ForwardTarget> openToForwarders();

  // Closes WebSockets with 1012, lets requests finish for a few seconds, and lets go of the runtimes without stopping them.
  Task<> close();

  const api::Api& api() const { return api_; }

 private:
  Task<Result<Ready>> openStreet(std::optional<Street> street);
  Task<> runtimeFound(std::shared_ptr<runtimes::Agent> agent, AccountId of);
  Task<Result<>> mayRun(AccountId by, std::vector<documents::CellToRun> cells);
  // Bytes that an account may keep in its files.
  Task<Result<std::int64_t>> allowanceOf(AccountId of);
  // Makes the file's book of tiers the one that holds; leaves the present one when the file cannot be used.
  Result<> readTiers();
  // Publishes what the folder of the rules says; leaves the present ones when it cannot be used.
  Task<Result<>> readRules();

  ServerSettings settings_;
  RealClock clock_;
  journal::Journal journal_;
  journal::Seals seals_;
  accounts::Accounts accounts_;
  groups::Groups groups_;
  contents::Contents contents_;
  notices::Notices notices_;
  shelf::Shelf shelf_;
  std::unique_ptr<engines::Engine> engine_;
  quota::Ledger ledger_;
  quota::Admission admission_;
  runtimes::Runtimes runtimes_;
  runtimes::Kernels kernels_;
  runtimes::Care care_;
  previews::Previews previews_;
  policy::Book book_;
  policy::Decisions decisions_;
  enforcement::Enforcement enforcement_;
  runtimes::Sessions sessions_;
  documents::Documents documents_;
  runtimes::Kernelspecs kernelspecs_;
  api::Api api_;
  net::HttpServer street_;     // for people and their programs
  net::HttpServer operators_;  // for `allmende` on this machine
  FirstSignIn firstSignIn_;
  HourlyRound round_;
};

}  // namespace allmende
