#include "agent/terminals/pty.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

namespace allmende::terminals {

Result<Pty> openPty(const processes::User& user) {
  const processes::ActingAs them(user);  // whoever opens the master owns the slave
  Pty pty;
  pty.master = ::open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
  if (pty.master >= 0 && ::unlockpt(pty.master) == 0) pty.slave = ::ioctl(pty.master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (pty.slave >= 0) return pty;
  const auto why = errno;
  if (pty.master >= 0) ::close(pty.master);
  return fail(Code::Unavailable, "no terminal can be opened: {}", std::strerror(why));
}

void setSize(int master, Size size) {
  const winsize window{.ws_row = size.rows, .ws_col = size.columns, .ws_xpixel = 0, .ws_ypixel = 0};
  ::ioctl(master, TIOCSWINSZ, &window);
}

}  // namespace allmende::terminals
