#pragma once
// What the rooms below give to this one, by its own words.

#include "node/machine/machine.h"

namespace allmende::sandbox {

using machine::failErrno;
using machine::Fd;
using machine::readFile;
using machine::runProgram;
using machine::runToSuccess;
using machine::writeFile;

}  // namespace allmende::sandbox
