#pragma once
// The machine's room for runtimes, handed out in a fair order. Part of the door server/quota/quota.h.

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "lib/base/result.h"
#include "lib/base/task.h"
#include "server/quota/fair_queue.h"

namespace allmende::quota {

// Where somebody stands who waits.
struct Place {
  std::size_t number = 0;  // 1 = next
  std::size_t of = 0;
  std::optional<Duration> estimate;  // until it is one's turn; unknown until places have become free a few times
  std::string paused;                // why nobody is let in just now; empty = somebody is
};

class Admission {
 public:
  // `room`: bytes of memory that may be promised to runtimes together.
  Admission(Executor executor, const Clock& clock, std::int64_t room) : clock_(clock), room_(room), changed_(executor) {}

  // Done when `one` has its memory, which it keeps until leave(). Fails with OverLimit when it asks for more than there is at all or too
  // many wait, Cancelled when leave() comes first, Unavailable when closed.
  Task<Result<>> enter(Waiting one);
  // Takes memory, and an accelerator of that kind, without asking: for what runs already.
  void claim(const std::string& id, std::int64_t memoryBytes, const std::string& device = {});
  // Gives the memory back, or the place in the queue.
  void leave(const std::string& id);
  // Ends all waiting.
  void close();

  // Lets nobody in from now on: who comes waits. For a reason that they read.
  void pause(std::string why) { paused_ = std::move(why); }
  void resume();
  // The reason; empty when nothing is paused.
  const std::string& paused() const { return paused_; }

  // How many accelerators there are of each kind.
  void setDevices(std::map<std::string, std::int64_t> devices);
  // How many of that kind are nobody's; negative when there are fewer by now than are in use.
  std::int64_t freeDevices(const std::string& kind) const;

  // Whether who comes now need not wait.
  bool hasRoomFor(std::int64_t memoryBytes, const std::string& device = {}) const;
  std::optional<Place> placeOf(const std::string& id) const;
  std::size_t waiting() const { return queue_.size(); }
  Duration longestWait() const { return queue_.longestWait(clock_.sinceStart()); }
  std::int64_t room() const { return room_; }
  std::int64_t promised() const { return promised_; }

 private:
  void admit();

  const Clock& clock_;
  std::int64_t room_;
  std::int64_t promised_ = 0;
  bool closed_ = false;
  std::string paused_;
  struct Held {
    std::int64_t memoryBytes = 0;
    std::string device;
  };
  std::map<std::string, Held> inside_;           // what those have who were let in
  std::map<std::string, std::int64_t> devices_;  // how many there are
  std::map<std::string, std::int64_t> used_;     // how many of them somebody has
  FairQueue queue_;
  std::set<std::string> outside_;  // who is in queue_, to look up fast
  std::deque<Duration> freed_;     // when a place became free, the latest few
  Notifier changed_;
};

}  // namespace allmende::quota
