#pragma once
// Behind the door: fork and exec.

#include "agent/processes/processes.h"

namespace allmende::processes {

// Blocks until the program runs or could not be executed: a millisecond.
Result<pid_t> startProgram(const Program& program, const User& user);

}  // namespace allmende::processes
