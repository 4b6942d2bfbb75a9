#pragma once
// Behind the door: a nameless file that takes what memory should not hold.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "lib/base/result.h"

namespace allmende::kernels {

// Made with the first write, without a name: nobody else can open it, and it goes with the agent whatever happens.
class Spool {
 public:
  explicit Spool(std::filesystem::path directory) : directory_(std::move(directory)) {}
  ~Spool();
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;

  // Where it was written. Fails with DiskFull when it is, Unavailable when there is no file to be had.
  Result<std::uint64_t> write(std::string_view bytes);
  // Empty when the disk failed.
  std::string read(std::uint64_t offset, std::size_t size) const;
  // Gives the disk's space back.
  void release(std::uint64_t offset, std::size_t size);
  std::uint64_t used() const { return used_; }

 private:
  Result<> open();
  std::filesystem::path directory_;
  int fd_ = -1;
  std::uint64_t end_ = 0;
  std::uint64_t used_ = 0;
};

}  // namespace allmende::kernels
