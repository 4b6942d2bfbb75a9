#pragma once
// Programs that rules go by, among those that run in a runtime. Behind the door of node/observe.
//
// Of a program there is told its name and the names of its flags, as far as the rules name them, and for how long it has been running.
// Never what it was given: no value, no path, no text. Of all other programs nothing is told at all.

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

#include "lib/base/clock.h"
#include "lib/link/link.h"

namespace allmende::observe {

struct Program {
  std::string name;
  std::vector<std::string> flags;
  double seconds = 0;     // since it was started
  double cpuSeconds = 0;  // of all its threads
  bool operator==(const Program&) const = default;
};

// What is told of a process with these arguments, whose file is `file`; name is empty where nothing is.
Program tellOf(const std::string& file, const std::vector<std::string>& arguments, const link::Observe& what);

// Of one runtime. Looks at a process's arguments once only.
class Programs {
 public:
  static constexpr std::size_t kMostTold = 16;  // at a look
  static constexpr std::size_t kMostProcesses = 4096;

  // Processes that have ended are forgotten.
  std::vector<Program> look(const std::vector<pid_t>& processes, const link::Observe& what, Duration now);
  // Others are looked for from now on.
  void forget() { seen_.clear(); }

 private:
  struct Seen {
    std::string startTime;  // a pid may come again
    std::string file;       // a process becomes another program by exec
    Duration since{0};
    Program program;  // without a name where there is nothing to tell
  };
  std::map<pid_t, Seen> seen_;
};

}  // namespace allmende::observe
