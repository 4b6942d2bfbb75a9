#include "agent/files/beneath.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <memory>

namespace allmende::files {
namespace {

constexpr std::size_t kLongestPath = 2048;

Code codeOf(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
    case ELOOP:
    case EXDEV: return Code::NotFound;
    case EEXIST: return Code::Conflict;
    case EACCES:
    case EPERM:
    case EROFS: return Code::Denied;
    case ENOSPC:
    case EDQUOT: return Code::DiskFull;
    case EFBIG: return Code::OverLimit;
    case EINVAL:
    case EISDIR:
    case ENAMETOOLONG:
    case ENOTEMPTY:
    case ENXIO: return Code::InvalidInput;
    default: return Code::Internal;
  }
}

int openBeneath(int root, const std::string& path, int flags) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  for (int tries = 0; tries < 8; ++tries) {  // EAGAIN: somebody renamed something on the way
    const auto fd = ::syscall(SYS_openat2, root, path.empty() ? "." : path.c_str(), &how, sizeof how);
    if (fd >= 0 || (errno != EAGAIN && errno != EINTR)) return static_cast<int>(fd);
  }
  return -1;
}

std::optional<std::string> realPath(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr), &std::free);
  return real ? std::optional<std::string>(real.get()) : std::nullopt;
}

// `path` as seen from `root`; nullopt when it is not below.
std::optional<std::string> below(std::string_view root, std::string_view path) {
  if (path == root) return "";
  if (!path.starts_with(root)) return std::nullopt;
  path.remove_prefix(root.size());
  if (root != "/" && !path.starts_with('/')) return std::nullopt;
  return std::string(path.substr(path.starts_with('/') ? 1 : 0));
}

}  // namespace

Fd::~Fd() {
  if (fd_ >= 0) ::close(fd_);
}

std::unexpected<Error> failErrno(std::string_view doing, std::string_view path) {
  const auto error = errno;
  if (error == ENOSPC || error == EDQUOT)
    return fail(Code::DiskFull, "{} '{}': the runtime's disk is full; delete something first", doing, path);
  if (error == EXDEV || error == ELOOP)
    return fail(Code::NotFound, "{} '{}': a link on the way leads out of the runtime's files", doing, path);
  return fail(codeOf(error), "{} '{}': {}", doing, path, std::strerror(error));
}

Result<std::string> cleanPath(std::string_view path) {
  if (path.size() > kLongestPath) return fail(Code::NotFound, "a path has {} bytes at most", kLongestPath);
  std::string clean;
  for (auto rest = path; !rest.empty();) {
    const auto end = std::min(rest.find('/'), rest.size());
    const auto part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (part.empty()) continue;
    if (part.starts_with('.')) return fail(Code::NotFound, "'{}' is hidden, or leads elsewhere", path);
    if (part.size() > NAME_MAX) return fail(Code::NotFound, "a name has {} bytes at most", NAME_MAX);
    clean.append(clean.empty() ? "" : "/").append(part);
  }
  return clean;
}

Result<Fd> Beneath::open(const std::string& path, int flags) const {
  const Fd root(::open(root_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (root.get() < 0) return failErrno("opening", root_.string());
  Fd fd(openBeneath(root.get(), path, flags));
  if (fd.get() >= 0) return fd;
  if (errno != EXDEV) return failErrno("opening", path);
  // An absolute link that leads back to below is as good as a relative one.
  const auto base = realPath(root_.string());
  const auto real = realPath((root_ / path).string());
  const auto inside = base && real ? below(*base, *real) : std::nullopt;
  errno = EXDEV;
  if (!inside) return failErrno("opening", path);
  fd = Fd(openBeneath(root.get(), *inside, flags | O_NOFOLLOW));
  if (fd.get() < 0) return failErrno("opening", path);
  return fd;
}

Result<struct stat> Beneath::look(const std::string& path) const {
  TRY(const auto fd, open(path, O_PATH));
  struct stat status{};
  if (::fstat(fd.get(), &status) != 0) return failErrno("looking at", path);
  return status;
}

Result<Place> Beneath::place(const std::string& path) const {
  const auto slash = path.rfind('/');
  const auto folder = slash == std::string::npos ? std::string{} : path.substr(0, slash);
  if (path.empty()) return fail(Code::InvalidInput, "the folder of all files cannot be replaced or removed");
  auto fd = open(folder, O_PATH | O_DIRECTORY);
  if (!fd && fd.error().code == Code::NotFound) return fail(Code::NotFound, "No such directory: {}", folder);
  if (!fd) return std::unexpected(fd.error());
  return Place{*std::move(fd), slash == std::string::npos ? path : path.substr(slash + 1)};
}

Result<std::string> Beneath::resolve(const std::string& path) const {
  TRY(const auto fd, open(path, O_PATH));
  return pathOf(fd);
}

Result<std::string> Beneath::pathOf(const Fd& fd) const {
  std::array<char, PATH_MAX> name{};
  const auto size = ::readlink(fmt::format("/proc/self/fd/{}", fd.get()).c_str(), name.data(), name.size());
  const auto base = realPath(root_.string());
  const auto inside = size > 0 && base ? below(*base, {name.data(), static_cast<std::size_t>(size)}) : std::nullopt;
  if (!inside) return fail(Code::NotFound, "a link leads out of the runtime's files");
  return *inside;
}

}  // namespace allmende::files
