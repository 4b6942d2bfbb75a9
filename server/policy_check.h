#pragma once
// `allmende-server --check-policy` and `--replay-policy`: rules tried out without a server. One JSON object a line, for `allmende policy`.

#include <functional>
#include <istream>
#include <string>

#include "lib/base/json.h"

namespace allmende {

using Say = std::function<void(const json::object&)>;

// Reads the rules of FOLDER/rules and runs the scenarios of FOLDER/scenarios: says {"rules", "detectors"}, then {"scenario",
// "expectations", "failures"} for each. False when something is wrong, which is said as {"failure"}.
bool checkPolicy(const std::string& folder, const Say& say);

// Has the rules of FOLDER/rules, all in force, decide over a stream of evidence: a JSON object a line, each with "at" in seconds and one of
//   "began": {"runtime", "account", "tier"}   "observed": {"runtime", "facts"}   "ended": {"runtime"}
// and says each verdict: {"at", "turn", "step", "rule", "runtime", "account", "detectors"}. The same stream gives the same verdicts again.
bool replayPolicy(const std::string& folder, std::istream& evidence, const Say& say);

}  // namespace allmende
