#include "node/sandbox/drive.h"

#include <dirent.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <vector>

namespace allmende::sandbox {
namespace {

constexpr std::size_t kDeepest = 256;
constexpr std::int64_t kMostEntries = 5'000'000;
constexpr std::int64_t kLeastOfOne = 4096;
constexpr std::int64_t kTooMuch = std::numeric_limits<std::int64_t>::max();

bool isAccount(std::string_view name) {
  return name.starts_with("acc_") && name.size() <= 64 &&
         std::ranges::all_of(name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

Result<Fd> openFolder(int parent, const std::string& name) {
  Fd folder(::openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!folder.open()) return failErrno("opening the folder {}", name);
  return folder;
}

Result<> checkOwner(const Fd& folder, uid_t owner, const std::string& name) {
  struct stat status{};
  if (::fstat(folder.get(), &status) != 0) return failErrno("reading the folder {}", name);
  if (status.st_uid == owner) return {};
  return fail(Code::Denied, "the folder {} belongs to user {}, not to the server's, {}", name, status.st_uid, owner);
}

using Listing = std::unique_ptr<DIR, int (*)(DIR*)>;

Listing list(int parent, const char* name) {
  const int folder = ::openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  Listing listing(folder < 0 ? nullptr : ::fdopendir(folder), ::closedir);
  if (folder >= 0 && !listing) ::close(folder);
  return listing;
}

}  // namespace

Result<Fd> openDrive(const Places& places, const std::string& account) {
  if (!isAccount(account)) return fail(Code::InvalidInput, "'{}' is no account's name", account.substr(0, 64));
  const Fd data(::open(places.demand.data.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!data.open()) return failErrno("opening {}", places.demand.data);
  TRY(const auto drives, openFolder(data.get(), "drives"));
  TRY(checkOwner(drives, places.serverUser, "drives"));
  if (::mkdirat(drives.get(), account.c_str(), 0700) == 0) {
    if (::fchownat(drives.get(), account.c_str(), places.serverUser, places.serverGroup, AT_SYMLINK_NOFOLLOW) != 0)
      return failErrno("giving the folder {} to the server", account);
  } else if (errno != EEXIST) {
    return failErrno("making the folder {}", account);
  }
  TRY(auto drive, openFolder(drives.get(), account));
  TRY(checkOwner(drive, places.serverUser, account));
  return drive;
}

Result<> mountDrive(const Places& places, const Fd& drive, const IdMap& ids, int pid) {
  const auto inside = ids.outsideOf(kKernelUser);
  TRY(const auto owners, makeUserNamespace({{{places.serverUser, inside, 1}}}, {{{places.serverGroup, inside, 1}}}));
  TRY(const auto mount, takeUpMapped(machine::pathOf(drive), owners, Writing::Allowed));
  const Fd mounts(::open(fmt::format("/proc/{}/ns/mnt", pid).c_str(), O_RDONLY | O_CLOEXEC));
  if (!mounts.open()) return failErrno("opening the mounts of process {}", pid);
  return mountInside(mount, mounts, "/content/drive/MyDrive");
}

std::int64_t measureTree(const Fd& folder) {
  std::vector<Listing> open;
  open.push_back(list(folder.get(), "."));
  std::int64_t sum = 0;
  std::int64_t entries = 0;
  while (!open.empty()) {
    auto* here = open.back().get();
    const auto* entry = here == nullptr ? nullptr : ::readdir(here);
    if (entry == nullptr) {
      open.pop_back();
      continue;
    }
    const std::string_view name(entry->d_name);
    if (name == "." || name == "..") continue;
    struct stat status{};
    if (::fstatat(::dirfd(here), entry->d_name, &status, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) != 0) continue;
    sum += std::max<std::int64_t>(kLeastOfOne, S_ISREG(status.st_mode) ? std::min<std::int64_t>(status.st_size, kTooMuch >> 1U) : 0);
    if (++entries > kMostEntries || sum >= kTooMuch >> 1U || open.size() > kDeepest) return kTooMuch;
    if (S_ISDIR(status.st_mode)) open.push_back(list(::dirfd(here), entry->d_name));
  }
  return sum;
}

Result<> setWriting(const Fd& space, const Fd& mounted, Writing writing) {
  struct mount_attr attributes{};
  (writing == Writing::Allowed ? attributes.attr_clr : attributes.attr_set) = MOUNT_ATTR_RDONLY;
  // Only who is in a mount namespace may change its mounts.
  TRY(const auto holder, machine::Holder::start([&] {
    return ::setns(space.get(), CLONE_NEWNS) == 0 && ::mount_setattr(mounted.get(), "", AT_EMPTY_PATH, &attributes, sizeof attributes) == 0;
  }));
  if (!holder.went()) return fail(Code::Conflict, "something is open for writing");
  return {};
}

}  // namespace allmende::sandbox
