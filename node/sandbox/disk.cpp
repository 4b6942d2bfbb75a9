#include "node/sandbox/disk.h"

#include <linux/loop.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include <algorithm>
#include <filesystem>

#include "node/sandbox/uses.h"

namespace allmende::sandbox {
namespace {

namespace fs = std::filesystem;

// EXT4_IOC_SHUTDOWN and EXT4_GOING_FLAGS_NOLOGFLUSH, which no installed header names.
constexpr unsigned long kShutDown = _IOR('X', 125, std::uint32_t);
constexpr std::uint32_t kWithoutWritingBack = 2;

// The node file of loop device `number`. Where /dev is no devtmpfs, the kernel makes none: then we do.
Result<Fd> openLoopDevice(int number) {
  const auto path = fmt::format("/dev/loop{}", number);
  Fd device(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  if (device.open() || errno != ENOENT) return device;
  if (::mknod(path.c_str(), S_IFBLK | 0600, ::makedev(7, static_cast<unsigned>(number))) != 0 && errno != EEXIST)
    return failErrno("making {}", path);
  return Fd(::open(path.c_str(), O_RDWR | O_CLOEXEC));
}

// A loop device for the image. Somebody else may take the free one between our two calls: then the next is tried.
Result<std::pair<Fd, std::string>> attachLoop(const std::string& image) {
  const Fd file(::open(image.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
  if (!file.open()) return failErrno("opening {}", image);
  const Fd control(::open("/dev/loop-control", O_RDWR | O_CLOEXEC));
  if (!control.open()) return failErrno("opening /dev/loop-control (the kernel module 'loop' is needed)");
  struct loop_config config{};
  config.fd = static_cast<unsigned>(file.get());
  config.info.lo_flags = LO_FLAGS_AUTOCLEAR;
  const auto name = std::string_view(image).substr(0, sizeof config.info.lo_file_name - 1);
  std::ranges::copy(name, config.info.lo_file_name);
  for (int attempt = 0; attempt < 64; ++attempt) {
    const int number = ::ioctl(control.get(), LOOP_CTL_GET_FREE);
    if (number < 0) return failErrno("finding a free loop device");
    TRY(auto device, openLoopDevice(number));
    if (!device.open()) return failErrno("opening /dev/loop{}", number);
    if (::ioctl(device.get(), LOOP_CONFIGURE, &config) == 0) return std::pair(std::move(device), fmt::format("/dev/loop{}", number));
    if (errno != EBUSY) return failErrno("attaching {} to /dev/loop{}", image, number);
  }
  return fail(Code::Unavailable, "64 times the free loop device was taken by somebody else");
}

Result<> copyPiece(const Fd& from, const Fd& to, off_t at, off_t end) {
  off_t target = at;
  while (at < end) {
    const auto done = ::copy_file_range(from.get(), &at, to.get(), &target, static_cast<std::size_t>(end - at), 0);
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return failErrno("copying a disk image");
    if (done == 0) return fail(Code::Internal, "copying a disk image: it ended early");
  }
  return {};
}

}  // namespace

Result<> makeDiskTemplate(const std::string& image, std::int64_t bytes, const std::string& content) {
  const auto unfinished = image + ".new";
  {
    const Fd file(::open(unfinished.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!file.open()) return failErrno("making {}", unfinished);
    if (::ftruncate(file.get(), bytes) != 0) return failErrno("sizing {}", unfinished);
  }
  const auto files = std::min<std::int64_t>(bytes >> 14, 200'000);  // more of them than bytes / 16 KB would only cost room
  std::vector<std::string> arguments{"mkfs.ext4", "-q", "-F", "-m0", "-O", "^has_journal", "-N", std::to_string(files), "-E",
      "lazy_itable_init=1,lazy_journal_init=1,nodiscard,root_owner=0:0"};
  if (!content.empty()) arguments.insert(arguments.end(), {"-d", content});
  arguments.push_back(unfinished);
  TRY(runToSuccess({.arguments = std::move(arguments), .patience = 60s}));
  if (::rename(unfinished.c_str(), image.c_str()) != 0) return failErrno("naming {}", image);
  return {};
}

Result<> copySparse(const std::string& from, const std::string& to) {
  const Fd source(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
  if (!source.open()) return failErrno("opening {}", from);
  struct stat status{};
  if (::fstat(source.get(), &status) != 0) return failErrno("reading {}", from);
  const Fd target(::open(to.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!target.open()) return failErrno("making {}", to);
  if (::ftruncate(target.get(), status.st_size) != 0) return failErrno("sizing {}", to);
  off_t end = 0;
  while (end < status.st_size) {
    const auto begin = ::lseek(source.get(), end, SEEK_DATA);
    if (begin < 0 && errno == ENXIO) return {};  // only a hole is left
    if (begin < 0) return failErrno("reading {}", from);
    end = ::lseek(source.get(), begin, SEEK_HOLE);
    TRY(copyPiece(source, target, begin, end));
  }
  return {};
}

Result<> mountDisk(const std::string& image, const std::string& on) {
  TRY(const auto loop, attachLoop(image));
  if (::mount(loop.second.c_str(), on.c_str(), "ext4", MS_NOSUID | MS_NODEV | MS_NOATIME, "discard") != 0)
    return failErrno("mounting {} from {}", on, loop.second);
  return {};
}

void abandonDisk(const std::string& on) {
  const Fd directory(::open(on.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  struct statfs status{};
  if (!directory.open() || ::fstatfs(directory.get(), &status) != 0 || status.f_type != EXT4_SUPER_MAGIC) return;
  struct stat here{};
  struct stat above{};
  // Only a mount of its own: never the file system that holds the data directory.
  if (::fstat(directory.get(), &here) != 0 || ::fstatat(directory.get(), "..", &above, 0) != 0 || here.st_dev == above.st_dev) return;
  std::uint32_t how = kWithoutWritingBack;
  ::ioctl(directory.get(), kShutDown, &how);
}

Result<> mountMemoryDisk(std::int64_t bytes, const std::string& on) {
  const auto options = fmt::format("size={},mode=0711", bytes);
  if (::mount("tmpfs", on.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, options.c_str()) != 0) return failErrno("mounting {}", on);
  return {};
}

Result<> mapOwners(const std::string& directory, const IdMap& ids) {
  const auto shift = [&](const std::string& path) -> Result<> {
    struct stat status{};
    if (::lstat(path.c_str(), &status) != 0) return failErrno("reading {}", path);
    if (::lchown(path.c_str(), ids.outsideOf(status.st_uid), ids.outsideOf(status.st_gid)) != 0) return failErrno("giving away {}", path);
    return {};
  };
  TRY(shift(directory));
  std::error_code error;
  for (fs::recursive_directory_iterator at(directory, error), end; !error && at != end; at.increment(error)) {
    TRY(shift(at->path().string()));
  }
  if (error) return fail(Code::Internal, "reading {}: {}", directory, error.message());
  return {};
}

std::vector<std::string> openImages(const std::string& directory) {
  std::vector<std::string> found;
  std::error_code error;
  for (fs::directory_iterator at("/sys/block", error), end; !error && at != end; at.increment(error)) {
    const auto backing = readFile(at->path().string() + "/loop/backing_file");
    if (backing && backing->starts_with(directory + "/")) found.push_back(backing->substr(0, backing->find('\n')));
  }
  return found;
}

}  // namespace allmende::sandbox
