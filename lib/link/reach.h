#pragma once
// Where a runtime may go in the network beyond what everybody may. Part of the door lib/link/link.h.

#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"

namespace allmende::link {

// Words for Network::access.
inline constexpr std::string_view kNoNetwork = "none";
inline constexpr std::string_view kEgress = "egress";         // the public internet, and what `reach` names
inline constexpr std::string_view kAllowList = "allow-list";  // what `reach` names and nothing else
// Fails with InvalidInput for any other word.
Result<> checkAccess(std::string_view word);

struct Reach {
  std::vector<std::string> networks;  // "10.1.0.0/16", "198.51.100.7": IPv4; may be private
  std::vector<std::string> names;     // "packages.example.org", "*.example.org" for all names below; lower case
};

// Reads "10.1.0.0/16", "198.51.100.7", "packages.example.org" or "*.example.org" each; at most 100. Fails with InvalidInput naming the one.
Result<Reach> readReach(const std::vector<std::string>& places);

// Whether the list has that name, or all names below one of its ends.
bool namesReach(const std::vector<std::string>& names, std::string_view name);

}  // namespace allmende::link
