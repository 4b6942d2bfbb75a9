#pragma once
// Behind the door: opening a pty and telling it its size.

#include "agent/processes/processes.h"
#include "agent/terminals/messages.h"

namespace allmende::terminals {

struct Pty {
  int master = -1;  // ours; non-blocking
  int slave = -1;   // the shell's; the user owns it
};
// Fails with Unavailable when there is none left.
Result<Pty> openPty(const processes::User& user);

// Whoever runs in the foreground there is told by SIGWINCH.
void setSize(int master, Size size);

}  // namespace allmende::terminals
