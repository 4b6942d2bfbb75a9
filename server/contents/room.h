#pragma once
// How much more an account may keep. Behind the door of server/contents.

#include <map>
#include <mutex>

#include "server/contents/places.h"

namespace allmende::contents {

// What an account has, measured from time to time and counted in between. Safe to use from several threads.
class Room {
 public:
  // Bytes that may still be written when `limit` (0 = none) is what it may keep, trash included. Measuring blocks. Fails with OverLimit
  // when nothing is left.
  Result<std::int64_t> left(const AccountId& of, const Space& space, std::int64_t limit, Duration now);
  // Counts what was written since.
  void wrote(const AccountId& of, std::int64_t bytes);

 private:
  struct Measured {
    std::int64_t bytes = 0;
    Duration at{0};
  };
  std::mutex mutex_;
  std::map<AccountId, Measured> measured_;  // of those who wrote lately
};

}  // namespace allmende::contents
