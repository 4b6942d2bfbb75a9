#pragma once
// For tests of rooms whose calls are coroutines.

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <filesystem>
#include <optional>
#include <string>

#include "lib/base/id.h"
#include "lib/base/task.h"

namespace allmende::testing {

// Runs `task` on a loop of its own until it is done, and returns what it returned.
template <class T>
T await(Task<T> task) {
  asio::io_context loop;
  std::optional<T> value;
  std::exception_ptr failure;
  asio::co_spawn(loop, std::move(task), [&](std::exception_ptr thrown, T result) {
    failure = thrown;
    if (!failure) value.emplace(std::move(result));
  });
  loop.run();
  if (failure) std::rethrow_exception(failure);
  return *std::move(value);
}

// A folder of its own, gone with the object.
class TemporaryFolder {
 public:
  TemporaryFolder() : path_(std::filesystem::temp_directory_path() / ("allmende-test-" + randomHex(8))) {
    std::filesystem::create_directories(path_);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace allmende::testing
