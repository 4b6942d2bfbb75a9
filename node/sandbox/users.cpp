#include "node/sandbox/users.h"

#include <linux/securebits.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <algorithm>
#include <iterator>

namespace allmende::sandbox {
namespace {

// Becomes that user, without losing what root may: not every machine lets others make user namespaces.
bool become(uid_t user) {
  return ::prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP) == 0 && ::syscall(SYS_setresgid, user, user, user) == 0 &&
         ::syscall(SYS_setresuid, user, user, user) == 0 &&
         ::prctl(PR_SET_DUMPABLE, 1) == 0;  // else /proc/PID/uid_map is the machine's root's
}

Result<Fd> openMapped(pid_t holder, const std::string& users, const std::string& groups) {
  TRY(writeFile(fmt::format("/proc/{}/uid_map", holder), users));
  TRY(writeFile(fmt::format("/proc/{}/gid_map", holder), groups));
  Fd space(::open(fmt::format("/proc/{}/ns/user", holder).c_str(), O_RDONLY | O_CLOEXEC));
  if (!space.open()) return failErrno("opening a user namespace");
  return space;
}

}  // namespace

std::uint32_t IdMap::outsideOf(std::uint32_t inside) const {
  for (const auto& piece : pieces) {
    if (inside >= piece.inside && inside - piece.inside < piece.size) return piece.outside + (inside - piece.inside);
  }
  return inside == 65534 ? first() : outsideOf(65534);
}

std::string IdMap::text() const {
  std::string text;
  for (const auto& piece : pieces) text += fmt::format("{} {} {}\n", piece.inside, piece.outside, piece.size);
  return text;
}

std::uint32_t UserRanges::most() const {
  return few_ ? 65535 / static_cast<std::uint32_t>(std::size(kFewInside)) : (0x7FFE0000 - kFirstId) / kIdsPerRuntime;
}

IdMap UserRanges::mapOf(std::uint32_t slot) const {
  if (!few_) return {{{0, kFirstId + slot * kIdsPerRuntime, kIdsPerRuntime}}};
  IdMap ids;
  auto next = 1 + slot * static_cast<std::uint32_t>(std::size(kFewInside));
  for (const auto inside : kFewInside) ids.pieces.push_back({inside, next++, 1});
  return ids;
}

Result<IdMap> UserRanges::take() {
  const std::lock_guard lock(mutex_);
  if (!returned_.empty()) {
    const auto slot = *returned_.begin();
    returned_.erase(returned_.begin());
    return mapOf(slot);
  }
  if (used_ == most()) return fail(Code::OverLimit, "all {} ranges of user ids are in use; stop a runtime first", most());
  return mapOf(used_++);
}

std::uint32_t UserRanges::slotOf(std::uint32_t first) const {
  return few_ ? (first - 1) / static_cast<std::uint32_t>(std::size(kFewInside)) : (first - kFirstId) / kIdsPerRuntime;
}

void UserRanges::giveBack(const IdMap& ids) {
  const std::lock_guard lock(mutex_);
  returned_.insert(slotOf(ids.first()));
}

Result<IdMap> UserRanges::takeAgain(std::uint32_t first) {
  const std::lock_guard lock(mutex_);
  const auto slot = slotOf(first);
  if (first < (few_ ? 1 : kFirstId) || slot >= most() || mapOf(slot).first() != first)
    return fail(Code::InvalidInput, "{} is not how a range of user ids begins", first);
  for (; used_ <= slot; ++used_) returned_.insert(used_);
  if (returned_.erase(slot) == 0) return fail(Code::InvalidInput, "the user ids from {} on are in use", first);
  return mapOf(slot);
}

Result<Fd> makeUserNamespace(const IdMap& ids) { return makeUserNamespace(ids, ids); }

Result<Fd> makeUserNamespace(const IdMap& users, const IdMap& groups) {
  TRY(const auto holder, machine::Holder::start([owner = users.first()] { return become(owner) && ::unshare(CLONE_NEWUSER) == 0; }));
  if (!holder.went())
    return fail(Code::Unavailable, "the kernel refuses user namespaces; allow them with sysctl user.max_user_namespaces=10000");
  return openMapped(holder.pid(), users.text(), groups.text());
}

}  // namespace allmende::sandbox
