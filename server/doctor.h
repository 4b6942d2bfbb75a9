#pragma once
// What the server needs of this machine, looked at without serving.

#include <map>
#include <string>
#include <vector>

#include "lib/base/finding.h"

namespace allmende {

// Takes what loadSettings() takes. Looks at the settings, the port, the runtimes' Python environment and the built page. A port that the
// Allmende of the same data directory listens on is as it should be.
std::vector<Finding> examineServer(std::map<std::string, std::string> environment, std::vector<std::string> arguments);

}  // namespace allmende
