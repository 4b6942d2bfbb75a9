#pragma once
// An owned file descriptor, and system calls' failures as sentences.

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "lib/base/result.h"

namespace allmende::machine {

class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    if (this != &other) {
      reset();
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }
  ~Fd() { reset(); }
  int get() const { return fd_; }
  bool open() const { return fd_ >= 0; }
  int release() { return std::exchange(fd_, -1); }
  void reset() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

 private:
  int fd_ = -1;
};

// Another descriptor of the same; not open when it cannot be made.
inline Fd duplicate(const Fd& fd) { return Fd(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 3)); }

// failErrno("mounting {}", path): the error half of a Result, with what errno says. A full machine is OverLimit, all else Internal.
template <class... Args>
std::unexpected<Error> failErrno(fmt::format_string<Args...> doing, Args&&... args) {
  const int code = errno;
  const bool full = code == ENOSPC || code == EDQUOT || code == ENOMEM || code == EMFILE || code == ENFILE;
  return std::unexpected(Error{full ? Code::OverLimit : Code::Internal,
      fmt::format("{}: {}", fmt::format(doing, std::forward<Args>(args)...), std::strerror(code)), {}});
}

// Small whole files: settings of the kernel, bundles. writeFile creates with mode 0600 and replaces.
Result<std::string> readFile(const std::string& path);
Result<> writeFile(const std::string& path, std::string_view text);

}  // namespace allmende::machine
