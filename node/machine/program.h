#pragma once
// Running another program to its end, within a bound.

#include <span>
#include <string>
#include <vector>

#include "lib/base/clock.h"
#include "node/machine/fd.h"

namespace allmende::machine {

struct ProgramDemand {
  std::vector<std::string> arguments;  // the first is the program, sought in the system's directories
  int output = -1;                     // becomes standard output and error; -1 = collected into Ended::output
  std::string input;                   // what it reads from standard input
  int handedIn = -1;                   // becomes descriptor 3; -1 = none
  Duration patience{10'000};
};

struct ProgramEnded {
  int status = 0;      // exit code; 128 + signal when killed
  std::string output;  // at most 64 KB
};

// Fails with Unavailable when the program is not installed, TimedOut (the program is then killed) when it outlasts its patience.
Result<ProgramEnded> runProgram(const ProgramDemand& demand);

// The same, and Internal with the program's own words when its status is not 0.
Result<std::string> runToSuccess(const ProgramDemand& demand);

}  // namespace allmende::machine
