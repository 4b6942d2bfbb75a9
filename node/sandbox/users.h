#pragma once
// Which user ids of the machine a runtime is made of: every runtime has 65,536 of its own, and a user namespace that maps 0… to them.

#include <sys/types.h>

#include <mutex>
#include <set>

#include "node/sandbox/fd.h"

namespace allmende::sandbox {

inline constexpr std::uint32_t kIdsPerRuntime = 65536;
// The first id. 0x70000000 to 0x7FFDFFFF is handed out by nobody: not by adduser, not by /etc/subuid, not by systemd.
inline constexpr std::uint32_t kFirstId = 0x70000000;
inline constexpr std::uint32_t kMostRanges = (0x7FFE0000 - kFirstId) / kIdsPerRuntime;

// Who is who inside. The agent is 0; kernels and shells are this one, which owns /content and its home.
inline constexpr uid_t kKernelUser = 1000;
inline constexpr const char* kKernelUserName = "allmende";
inline constexpr const char* kKernelHome = "/home/allmende";

// The ranges in use. Safe to use from several threads.
class UserRanges {
 public:
  // The first id of a range that nobody else has. Fails with OverLimit when all are taken.
  Result<std::uint32_t> take();
  void giveBack(std::uint32_t first);

 private:
  std::mutex mutex_;
  std::set<std::uint32_t> returned_;
  std::uint32_t used_ = 0;  // ranges ever given out
};

// A user namespace that maps 0… to `first`…; it lives as long as the descriptor. It belongs to the user `first`: what the kernel counts by
// user (inotify, message queues, pending signals) is also charged to the owner, and what root owns would be used up for the whole machine.
Result<Fd> makeUserNamespace(std::uint32_t first);

}  // namespace allmende::sandbox
