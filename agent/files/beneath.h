#pragma once
// Behind the door: opening what lies below one folder and nowhere else. Everything here blocks.

#include <sys/stat.h>
#include <sys/types.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "lib/base/result.h"

namespace allmende::files {

class Fd {
 public:
  explicit Fd(int fd = -1) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Fd();
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

// The failure that errno tells, about `path`.
std::unexpected<Error> failErrno(std::string_view doing, std::string_view path);

// "/a//b/" is "a/b". Fails with NotFound when a part is "." or "..", is longer than a name may be, or hidden.
Result<std::string> cleanPath(std::string_view path);

// Where something is, or will be: `name` in the open folder.
struct Place {
  Fd folder;
  std::string name;
};

class Beneath {
 public:
  explicit Beneath(std::filesystem::path root) : root_(std::move(root)) {}

  // `path` is clean. Links are followed as long as they stay below, absolute ones too.
  Result<Fd> open(const std::string& path, int flags) const;
  // What is at `path`, without opening it.
  Result<struct stat> look(const std::string& path) const;
  // Fails with NotFound when the folder is not there.
  Result<Place> place(const std::string& path) const;
  // The clean path behind all links.
  Result<std::string> resolve(const std::string& path) const;

 private:
  Result<std::string> pathOf(const Fd& fd) const;
  std::filesystem::path root_;
};

}  // namespace allmende::files
