#pragma once
// What the rules of the commons have server and node say to each other. Part of the door lib/link/link.h.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/json.h"
#include "lib/link/runtime_id.h"

namespace allmende::link {

// ---- asks ----

// What to look for in running programs, until the next of these; a node that was not told looks for nothing. Nothing else of a program is
// ever told. Answered by Done.
struct Observe {
  std::vector<std::string> programs;  // file names
  std::vector<std::string> flags;     // "-R", "--donate-level": told of those programs, by their names alone
  std::vector<std::string> telling;   // such as are told of any program; a word that an argument begins with, or a script's file name
  std::vector<std::string> names;     // of servers, with all that end with a dot and them: told when they are asked for or connected to
  bool operator==(const Observe&) const = default;
};
struct Done {
  bool operator==(const Done&) const = default;
};

// Slows a runtime down until the next of these for it. Answered by Done; NotFound when it does not run.
struct Restrain {
  RuntimeId id;
  double cpus = 0;                        // 0 = what its limits say
  std::int64_t uploadBytesPerSecond = 0;  // 0 = what its limits say
  std::string connections;                // see kHoldNone
  bool operator==(const Restrain&) const = default;
};
inline constexpr std::string_view kHoldNone = "";
inline constexpr std::string_view kHoldNew = "new";                // opens no connection; what is open stays
inline constexpr std::string_view kHoldAllButWeb = "all_but_web";  // nothing leaves but to TCP ports 80 and 443

// ---- an event ----

// What was seen of a runtime, by the names of facts. Sent every ten seconds while there is something to tell, and not kept for later.
struct Observed {
  RuntimeId id;
  json::object facts;
  bool operator==(const Observed&) const = default;
};

}  // namespace allmende::link
