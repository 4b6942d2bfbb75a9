#pragma once
// What names, passwords and settings of an account must look like; each refusal says the rule. Behind the door of server/accounts.

#include <string>
#include <string_view>

#include "lib/base/result.h"
#include "server/accounts/account.h"

namespace allmende::accounts {

Result<> checkName(std::string_view name);
Result<> checkDisplayName(std::string_view name);
Result<> checkPassword(std::string_view password);
Result<> checkChange(const AccountChange& change);

// A name as somebody typed it: without blanks around it, in lower case.
std::string normalName(std::string_view typed);

// "read_contents run_code" and back. Fails with InvalidInput naming the scope that does not exist and those that do.
std::string textOf(ScopeSet scopes);
Result<ScopeSet> parseScopes(const std::vector<std::string>& names);
std::vector<std::string> namesOf(ScopeSet scopes);
ScopeSet storedScopes(std::string_view text);  // leaves out what this version does not know

}  // namespace allmende::accounts
