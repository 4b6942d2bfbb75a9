#pragma once
// How the first person gets in: an administrator is made when there is none, and a link for them until somebody has signed in.

#include <optional>
#include <string>

#include "server/accounts/accounts.h"
#include "server/journal/journal.h"

namespace allmende {

class FirstSignIn {
 public:
  FirstSignIn(accounts::Accounts& accounts, journal::Journal& journal) : accounts_(accounts), journal_(journal) {}

  // The secret of a fresh link for the first administrator; nullopt once anybody has ever signed in.
  Task<Result<std::optional<std::string>>> prepare();
  Task<Result<bool>> hasAnybodySignedIn();

 private:
  Task<Result<accounts::Account>> getAdministrator();

  accounts::Accounts& accounts_;
  journal::Journal& journal_;
};

}  // namespace allmende
