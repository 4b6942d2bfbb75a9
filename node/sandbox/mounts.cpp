#include "node/sandbox/mounts.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/vfs.h>

namespace allmende::sandbox {
namespace {

constexpr long kTmpfsMagic = 0x01021994;

}  // namespace

Result<> enterMountNamespace() {
  if (::unshare(CLONE_NEWNS) != 0) return failErrno("making a mount namespace of our own (are we root?)");
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_SLAVE, nullptr) != 0) return failErrno("keeping our mounts to ourselves");
  return {};
}

Result<> hideUnifiedHierarchy() {
  struct statfs base{};
  if (::statfs("/sys/fs/cgroup", &base) != 0 || base.f_type != kTmpfsMagic) return {};
  const auto controllers = readFile("/sys/fs/cgroup/unified/cgroup.controllers");
  if (!controllers || controllers->find_first_not_of(" \n") == std::string::npos) return {};
  if (::umount2("/sys/fs/cgroup/unified", MNT_DETACH) != 0) return failErrno("unmounting /sys/fs/cgroup/unified for ourselves");
  return {};
}

Result<> bindMount(const std::string& source, const std::string& target) {
  if (::mount(source.c_str(), target.c_str(), nullptr, MS_BIND | MS_REC, nullptr) != 0)
    return failErrno("mounting {} on {}", source, target);
  return {};
}

Result<> bindMapped(const std::string& source, const std::string& target, const Fd& space, Writing writing) {
  TRY(const auto tree, takeUpMapped(source, space, writing));
  if (::move_mount(tree.get(), "", AT_FDCWD, target.c_str(), MOVE_MOUNT_F_EMPTY_PATH) != 0) return failErrno("mounting on {}", target);
  return {};
}

Result<Fd> takeUpMapped(const std::string& source, const Fd& space, Writing writing) {
  Fd tree(::open_tree(AT_FDCWD, source.c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
  if (!tree.open()) return failErrno("taking up {}", source);
  struct mount_attr attributes{};
  attributes.attr_set = MOUNT_ATTR_IDMAP | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOSUID | (writing == Writing::Allowed ? 0 : MOUNT_ATTR_RDONLY);
  attributes.userns_fd = static_cast<std::uint64_t>(space.get());
  if (::mount_setattr(tree.get(), "", AT_EMPTY_PATH, &attributes, sizeof attributes) != 0)
    return failErrno("mapping the owners of {} (Linux 5.19 or newer is needed)", source);
  return tree;
}

Result<> mountInside(const Fd& mount, const Fd& mounts, const char* target) {
  // Only who is in a mount namespace may add to it.
  TRY(const auto holder, machine::Holder::start([&] {
    return ::setns(mounts.get(), CLONE_NEWNS) == 0 && ::move_mount(mount.get(), "", AT_FDCWD, target, MOVE_MOUNT_F_EMPTY_PATH) == 0;
  }));
  if (!holder.went()) return fail(Code::Internal, "mounting on {} inside a sandbox was refused", target);
  return {};
}

Result<> mountOverlay(const std::string& lower, const std::string& upper, const std::string& work, const std::string& target) {
  const auto options = fmt::format("lowerdir={},upperdir={},workdir={}", lower, upper, work);
  if (::mount("overlay", target.c_str(), "overlay", MS_NODEV | MS_NOSUID, options.c_str()) != 0)
    return failErrno("mounting an overlay on {} (Linux 5.19 or newer is needed)", target);
  return {};
}

void unmount(const std::string& target) {
  while (::umount2(target.c_str(), UMOUNT_NOFOLLOW) == 0) {
  }
  if (errno == EBUSY) ::umount2(target.c_str(), MNT_DETACH | UMOUNT_NOFOLLOW);
}

}  // namespace allmende::sandbox
