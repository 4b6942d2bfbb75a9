#include "node/machine/holder.h"

#include <signal.h>
#include <sys/wait.h>

namespace allmende::machine {
namespace {

[[noreturn]] void hold(const std::function<bool()>& go, int tell, int wait) {
  const char went = go() ? 'y' : 'n';
  char ignored = 0;
  if (::write(tell, &went, 1) == 1) {
    while (::read(wait, &ignored, 1) < 0 && errno == EINTR) {
    }
  }
  ::_exit(0);
}

}  // namespace

Result<Holder> Holder::start(const std::function<bool()>& go) {
  int up[2];
  int down[2];
  if (::pipe2(up, O_CLOEXEC) != 0) return failErrno("making a pipe");
  const Fd upRead(up[0]);
  Fd upWrite(up[1]);
  if (::pipe2(down, O_CLOEXEC) != 0) return failErrno("making a pipe");
  const Fd downRead(down[0]);
  Fd downWrite(down[1]);
  const auto pid = ::fork();
  if (pid < 0) return failErrno("starting a process for a namespace");
  if (pid == 0) {
    ::close(down[1]);
    hold(go, up[1], down[0]);
  }
  upWrite.reset();
  char went = 0;
  while (::read(upRead.get(), &went, 1) < 0 && errno == EINTR) {
  }
  return Holder(pid, went == 'y', std::move(downWrite));
}

Holder::~Holder() {
  if (pid_ == 0) return;
  wait_.reset();
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace allmende::machine
