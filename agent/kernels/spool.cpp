#include "agent/kernels/spool.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

namespace allmende::kernels {

Spool::~Spool() {
  if (fd_ >= 0) ::close(fd_);
}

Result<> Spool::open() {
  if (fd_ >= 0) return {};
  fd_ = ::open(directory_.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd_ < 0) {  // a file system without nameless files
    auto name = (directory_ / "output-XXXXXX").string();
    fd_ = ::mkostemp(name.data(), O_CLOEXEC);
    if (fd_ >= 0) ::unlink(name.c_str());
  }
  if (fd_ < 0) return fail(Code::Unavailable, "no file for output can be made in {}: {}", directory_.string(), std::strerror(errno));
  return {};
}

Result<std::uint64_t> Spool::write(std::string_view bytes) {
  TRY(open());
  for (std::size_t done = 0; done < bytes.size();) {
    const auto got = ::pwrite(fd_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(end_ + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      ::fallocate(fd_, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(end_), static_cast<off_t>(bytes.size()));
      return fail(Code::DiskFull, "writing output to the disk failed: {}", std::strerror(errno));
    }
    done += static_cast<std::size_t>(got);
  }
  used_ += bytes.size();
  return std::exchange(end_, end_ + bytes.size());
}

std::string Spool::read(std::uint64_t offset, std::size_t size) const {
  std::string bytes(size, '\0');
  for (std::size_t done = 0; done < size;) {
    const auto got = ::pread(fd_, bytes.data() + done, size - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return {};
    done += static_cast<std::size_t>(got);
  }
  return bytes;
}

void Spool::release(std::uint64_t offset, std::size_t size) {
  used_ -= size;
  if (used_ == 0) {
    end_ = 0;
    if (::ftruncate(fd_, 0) == 0) return;
  }
  ::fallocate(fd_, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(offset), static_cast<off_t>(size));
}

}  // namespace allmende::kernels
