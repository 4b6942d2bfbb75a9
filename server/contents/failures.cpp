#include "server/contents/failures.h"

#include <cerrno>
#include <cstring>

#include "server/contents/paths.h"

namespace allmende::contents {

std::unexpected<Error> failSystem(int error, std::string_view doing, std::string_view path) {
  const auto name = shown(path);
  switch (error) {
    case ENOENT:
    case ENOTDIR: return failMissing(path);
    case EXDEV:  // what openat2 says of a path that leads out
    case ELOOP:
      return fail(Code::NotFound, "{} is outside root contents directory: a link in it leads out of the drive, or in a circle", name);
    case EACCES:
    case EPERM: return fail(Code::Denied, "Permission denied: {}", name);
    case EEXIST: return fail(Code::Conflict, "File already exists: {}", name);
    case ENOSPC:
    case EDQUOT:
      return fail(Code::DiskFull,
          "Cannot {} '{}': the disk is full; what was there before is kept. Delete what is no longer needed and empty the trash, or ask "
          "the operator for space",
          doing, name);
    case EFBIG:
      return fail(
          Code::OverLimit, "Cannot {} '{}': it is larger than the disk allows a file to be; what was there before is kept", doing, name);
    case ENAMETOOLONG:
      return fail(Code::InvalidInput, "Cannot {} '{}': a name may have {} bytes; choose a shorter one", doing, name, kLongestName);
    case EROFS: return fail(Code::Unavailable, "Cannot {} '{}': the disk is read-only at the moment; tell the operator", doing, name);
    case EMFILE:
    case ENFILE:
    case ENOMEM: return fail(Code::Unavailable, "Cannot {} '{}': the server has too much open; try again in a moment", doing, name);
    default: return fail(Code::Internal, "Cannot {} '{}': {}", doing, name, std::strerror(error));
  }
}

std::unexpected<Error> failMissing(std::string_view path) {
  return fail(Code::NotFound, "file or directory does not exist: '{}'", shown(path));
}

}  // namespace allmende::contents
