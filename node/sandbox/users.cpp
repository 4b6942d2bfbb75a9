#include "node/sandbox/users.h"

#include <linux/securebits.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

namespace allmende::sandbox {
namespace {

// Becomes that user, without losing what root may: not every machine lets others make user namespaces.
bool become(uid_t user) {
  return ::prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP) == 0 && ::syscall(SYS_setresgid, user, user, user) == 0 &&
         ::syscall(SYS_setresuid, user, user, user) == 0;
}

// Stays in a new user namespace until the pipe to its parent closes. Between fork and _exit nothing may allocate.
[[noreturn]] void holdUserNamespace(std::uint32_t owner, int tell, int wait) {
  const char made = become(owner) && ::unshare(CLONE_NEWUSER) == 0 ? 'y' : 'n';
  char ignored = 0;
  if (::write(tell, &made, 1) == 1) {
    while (::read(wait, &ignored, 1) < 0 && errno == EINTR) {
    }
  }
  ::_exit(0);
}

Result<Fd> openMapped(pid_t holder, std::uint32_t first) {
  const auto map = fmt::format("0 {} {}\n", first, kIdsPerRuntime);
  TRY(writeFile(fmt::format("/proc/{}/uid_map", holder), map));
  TRY(writeFile(fmt::format("/proc/{}/gid_map", holder), map));
  Fd space(::open(fmt::format("/proc/{}/ns/user", holder).c_str(), O_RDONLY | O_CLOEXEC));
  if (!space.open()) return failErrno("opening a user namespace");
  return space;
}

}  // namespace

Result<std::uint32_t> UserRanges::take() {
  const std::lock_guard lock(mutex_);
  if (!returned_.empty()) {
    const auto first = *returned_.begin();
    returned_.erase(returned_.begin());
    return first;
  }
  if (used_ == kMostRanges) return fail(Code::OverLimit, "all {} ranges of user ids are in use; stop a runtime first", kMostRanges);
  return kFirstId + used_++ * kIdsPerRuntime;
}

void UserRanges::giveBack(std::uint32_t first) {
  const std::lock_guard lock(mutex_);
  returned_.insert(first);
}

Result<Fd> makeUserNamespace(std::uint32_t first) {
  int up[2];
  int down[2];
  if (::pipe2(up, O_CLOEXEC) != 0) return failErrno("making a pipe");
  const Fd upRead(up[0]);
  Fd upWrite(up[1]);
  if (::pipe2(down, O_CLOEXEC) != 0) return failErrno("making a pipe");
  const Fd downRead(down[0]);
  Fd downWrite(down[1]);
  const auto holder = ::fork();
  if (holder < 0) return failErrno("starting a process for a user namespace");
  if (holder == 0) {
    ::close(down[1]);
    holdUserNamespace(first, up[1], down[0]);
  }
  upWrite.reset();
  char made = 0;
  while (::read(upRead.get(), &made, 1) < 0 && errno == EINTR) {
  }
  auto space = made == 'y' ? openMapped(holder, first)
                           : Result<Fd>(fail(Code::Unavailable,
                                 "the kernel refuses user namespaces; allow them with sysctl user.max_user_namespaces=10000"));
  downWrite.reset();
  ::kill(holder, SIGKILL);
  while (::waitpid(holder, nullptr, 0) < 0 && errno == EINTR) {
  }
  return space;
}

}  // namespace allmende::sandbox
