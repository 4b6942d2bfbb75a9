#include "server/contents/root.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <memory>

#include "server/contents/failures.h"

namespace allmende::contents {
namespace {

constexpr int kMostTries = 32;  // the kernel asks for another try when a folder is renamed just then

int openat2(int folder, const char* path, std::uint64_t flags, std::uint64_t resolve) {
  open_how how{};
  how.flags = flags | O_CLOEXEC;
  how.resolve = resolve;
  long fd = -1;
  for (int tries = 0; tries < kMostTries; ++tries) {
    fd = ::syscall(SYS_openat2, folder, path, &how, sizeof how);
    if (fd >= 0 || (errno != EAGAIN && errno != EINTR)) break;
  }
  return static_cast<int>(fd);
}

Instant instantOf(const statx_timestamp& at) {
  constexpr std::int64_t kYear9999 =
      253'402'300'799;  // a time that cannot be written as four digits is shown as the epoch, as Jupyter does
  if (at.tv_sec < 0 || at.tv_sec > kYear9999) return {};
  return Instant{std::chrono::seconds(at.tv_sec) + std::chrono::milliseconds(at.tv_nsec / 1'000'000)};
}

Facts factsOf(const struct statx& raw) {
  Facts facts;
  if (S_ISREG(raw.stx_mode)) facts.kind = Facts::Kind::File;
  if (S_ISDIR(raw.stx_mode)) facts.kind = Facts::Kind::Folder;
  if (S_ISLNK(raw.stx_mode)) facts.kind = Facts::Kind::Link;
  facts.size = raw.stx_size;
  facts.modified = instantOf(raw.stx_mtime);
  facts.created = instantOf((raw.stx_mask & STATX_BTIME) != 0 ? raw.stx_btime : raw.stx_ctime);
  facts.inode = raw.stx_ino;
  facts.mode = raw.stx_mode & 07777U;
  facts.owner = raw.stx_uid;
  facts.group = raw.stx_gid;
  return facts;
}

// "" when the disk no longer knows it by a name.
std::string realPathOf(int fd) {
  std::array<char, PATH_MAX> buffer{};
  const auto length = ::readlink(fmt::format("/proc/self/fd/{}", fd).c_str(), buffer.data(), buffer.size());
  return length <= 0 ? "" : std::string(buffer.data(), static_cast<std::size_t>(length));
}

}  // namespace

Descriptor Root::openBeneath(const DrivePath& path, std::uint64_t flags) const {
  return Descriptor(openat2(fd_.get(), path.isRoot() ? "." : path.text().c_str(), flags, RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS));
}

Result<Descriptor> Root::openFolder(const DrivePath& path) const {
  auto folder = openBeneath(path, O_RDONLY | O_DIRECTORY);
  if (folder) return folder;
  if (errno == ENOENT || errno == ENOTDIR) return fail(Code::NotFound, "No such directory: {}", shown(path.text()));
  return failSystem(errno, "open", path.text());
}

Result<OpenedFile> Root::openFile(const DrivePath& path) const {
  TRY(auto facts, stat(path));
  if (facts.isFolder()) return fail(Code::InvalidInput, "{} is a directory, not a file", shown(path.text()));
  if (!facts.isFile()) return fail(Code::InvalidInput, "Cannot read non-file {}", shown(path.text()));
  auto fd = openBeneath(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (!fd) return failSystem(errno, "read", path.text());
  TRY(facts, contents::factsOf(fd, path));
  if (!facts.isFile()) return fail(Code::InvalidInput, "Cannot read non-file {}", shown(path.text()));  // exchanged just now
  return OpenedFile{std::move(fd), facts};
}

Result<Facts> Root::stat(const DrivePath& path) const {
  const auto fd = openBeneath(path, O_PATH);
  if (!fd) return failSystem(errno, "look at", path.text());
  return contents::factsOf(fd, path);
}

Result<std::optional<Facts>> Root::find(const DrivePath& path) const {
  if (path.isRoot()) return std::optional(Facts{.kind = Facts::Kind::Folder});
  const auto folder = openBeneath(path.folder(), O_PATH | O_DIRECTORY);
  if (!folder && (errno == ENOENT || errno == ENOTDIR || errno == EXDEV || errno == ELOOP)) return std::optional<Facts>();
  if (!folder) return failSystem(errno, "look at", path.text());
  auto facts = findFacts(folder.get(), std::string(path.name()).c_str());
  if (!facts && errno != ENOENT) return failSystem(errno, "look at", path.text());
  return facts;
}

Result<DrivePath> Root::resolve(DrivePath path) const {
  TRY(const auto found, find(path));
  if (!found || found->kind != Facts::Kind::Link) return path;
  const auto target = openBeneath(path, O_PATH);
  const auto home = realPathOf(fd_.get()) + "/";
  const auto real = target ? realPathOf(target.get()) : std::string();
  if (!real.starts_with(home))
    return fail(
        Code::Denied, "'{}' is a link that leads nowhere or out of the drive; delete it or choose another name", shown(path.text()));
  return DrivePath::parse(real.substr(home.size()));
}

Result<Descriptor> Root::makeFolders(const DrivePath& path) const {
  if (auto folder = openFolder(path); folder || folder.error().code != Code::NotFound) return folder;
  if (!path.isRoot()) {
    TRY(const auto parent, makeFolders(path.folder()));
    if (::mkdirat(parent.get(), std::string(path.name()).c_str(), 0755) != 0 && errno != EEXIST)
      return failSystem(errno, "make the folder", path.text());
  }
  return openFolder(path);
}

std::optional<Facts> findFacts(int folder, const char* name) {
  struct statx raw{};
  if (::statx(folder, name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_BASIC_STATS | STATX_BTIME, &raw) != 0) return std::nullopt;
  return factsOf(raw);
}

Result<Facts> factsOf(const Descriptor& fd, const DrivePath& path) {
  struct statx raw{};
  if (::statx(fd.get(), "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_BTIME, &raw) != 0) return failSystem(errno, "look at", path.text());
  return factsOf(raw);
}

Result<std::vector<std::string>> namesIn(int folder) {
  Descriptor own(::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!own) return failSystem(errno, "list", "a folder");
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(own.get()), ::closedir);
  if (!stream) return failSystem(errno, "list", "a folder");
  own.release();
  std::vector<std::string> names;
  errno = 0;
  while (const auto* entry = ::readdir(stream.get())) {
    const std::string_view name(entry->d_name);
    if (name != "." && name != "..") names.emplace_back(name);
    errno = 0;
  }
  if (errno != 0) return failSystem(errno, "list", "a folder");
  std::ranges::sort(names);
  return names;
}

Result<Descriptor> openOrMakeFolder(int parent, const std::string& name, unsigned mode) {
  constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW;
  Descriptor folder(::openat(parent, name.c_str(), kFlags));
  if (folder || errno != ENOENT) {
    if (!folder) return failSystem(errno, "open", name);
    return folder;
  }
  if (::mkdirat(parent, name.c_str(), mode) != 0 && errno != EEXIST) return failSystem(errno, "make the folder", name);
  folder = Descriptor(::openat(parent, name.c_str(), kFlags));
  if (!folder) return failSystem(errno, "open", name);
  return folder;
}

Result<> checkConfinement() {
  const Descriptor here(openat2(AT_FDCWD, ".", O_PATH | O_DIRECTORY, RESOLVE_BENEATH));
  if (here) return {};
  return fail(Code::Unavailable,
      "this kernel cannot confine paths to a drive (openat2: {}); Linux 5.6 or newer is needed, and a container's filter must allow "
      "openat2",
      std::strerror(errno));
}

}  // namespace allmende::contents
