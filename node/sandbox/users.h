#pragma once
// Which user ids of the machine a runtime is made of: every runtime has some of its own, and a user namespace that maps those inside to
// them.

#include <sys/types.h>

#include <mutex>
#include <set>
#include <vector>

#include "node/sandbox/uses.h"

namespace allmende::sandbox {

// Who is who inside. The agent is 0; kernels and shells are this one, which owns /content and its home.
inline constexpr uid_t kKernelUser = 1000;
inline constexpr const char* kKernelUserName = "allmende";
inline constexpr const char* kKernelHome = "/home/allmende";

// Root has 65,536 ids for each runtime. The first one: 0x70000000 to 0x7FFDFFFF is handed out by nobody, not by adduser, not by
// /etc/subuid, not by systemd.
inline constexpr std::uint32_t kFirstId = 0x70000000;
inline constexpr std::uint32_t kIdsPerRuntime = 65536;

// Without root there are 65,536 ids for all runtimes together: then each has the few that something inside belongs to.
inline constexpr std::uint32_t kFewInside[] = {0, 5, kKernelUser, 65534};  // agent, group of terminals, kernels, nobody

// The ids of one runtime, inside and outside; users and groups alike.
struct IdMap {
  struct Piece {
    std::uint32_t inside = 0;
    std::uint32_t outside = 0;
    std::uint32_t size = 0;
  };
  std::vector<Piece> pieces;  // in the order of both

  std::uint32_t first() const { return pieces.front().outside; }
  // The id outside of one inside; of 65534, nobody, when it is none.
  std::uint32_t outsideOf(std::uint32_t inside) const;
  // As /proc/PID/uid_map takes it.
  std::string text() const;
};

// The ranges in use. Safe to use from several threads.
class UserRanges {
 public:
  // `few`: see kFewInside; they are taken from 1 to 65535, as this process' user namespace has them.
  explicit UserRanges(bool few = false) : few_(few) {}
  // Ids that no other runtime has. Fails with OverLimit when all are taken.
  Result<IdMap> take();
  void giveBack(const IdMap& ids);
  // Those that begin with `first` and are in use already. Fails with InvalidInput when that is not how ranges begin, or they are taken.
  Result<IdMap> takeAgain(std::uint32_t first);
  // How many can be taken.
  std::uint32_t most() const;

 private:
  IdMap mapOf(std::uint32_t slot) const;
  std::uint32_t slotOf(std::uint32_t first) const;

  bool few_;
  std::mutex mutex_;
  std::set<std::uint32_t> returned_;  // slots
  std::uint32_t used_ = 0;            // slots ever given out
};

// A user namespace with that map; it lives as long as the descriptor. It belongs to the user who is 0 inside: what the kernel counts by
// user (inotify, message queues, pending signals) is also charged to the owner, and what root owns would be used up for the whole machine.
Result<Fd> makeUserNamespace(const IdMap& ids);
// The same where groups are mapped otherwise than users.
Result<Fd> makeUserNamespace(const IdMap& users, const IdMap& groups);

}  // namespace allmende::sandbox
