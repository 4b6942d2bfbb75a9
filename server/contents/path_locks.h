#pragma once
// One writer of a path at a time. Behind the door of server/contents.

#include <condition_variable>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include "server/contents/paths.h"
#include "server/journal/journal.h"

namespace allmende::contents {

// For threads of the pool: the second writer of a path waits until the first is done.
class PathLocks {
 public:
  using Key = std::pair<AccountId, DrivePath>;

  class Held {
   public:
    Held(PathLocks& locks, Key key) : locks_(locks), key_(std::move(key)) {
      std::unique_lock lock(locks_.mutex_);
      locks_.freed_.wait(lock, [this] { return !locks_.held_.contains(key_); });
      locks_.held_.insert(key_);
    }
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;
    ~Held() {
      const std::scoped_lock lock(locks_.mutex_);
      locks_.held_.erase(key_);
      locks_.freed_.notify_all();
    }

   private:
    PathLocks& locks_;
    Key key_;
  };

 private:
  std::mutex mutex_;
  std::condition_variable freed_;
  std::set<Key> held_;  // guarded by mutex_
};

}  // namespace allmende::contents
