#pragma once
// Talks to a server's admin socket; starts a server for the admin socket alone when none runs.

#include "cli/verbs.h"
#include "lib/base/json.h"

namespace allmende::cli {

// Sends one request to the admin socket of the data directory's server and returns the reply's body.
// Fails with the server's own code and sentence; Unavailable when no server can be reached or started.
Result<json::object> askAdmin(Context context, std::string path, json::object body);
// The same of a server that runs already: for what it holds in memory.
Result<json::object> askRunning(Context context, std::string path, json::object body);

// A text of a reply; empty when it holds none of that name.
std::string textOf(const json::object& reply, std::string_view key);
// A number of a reply; 0 when it holds none of that name.
double numberOf(const json::object& reply, std::string_view key);

}  // namespace allmende::cli
