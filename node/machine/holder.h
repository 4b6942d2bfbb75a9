#pragma once
// A process that went somewhere, such as into a new namespace, and stays there until others have opened what it holds.

#include <sys/types.h>

#include <functional>

#include "node/machine/fd.h"

namespace allmende::machine {

class Holder {
 public:
  // `go` runs in the new process, between fork and _exit of a program with threads: it may not allocate or lock.
  static Result<Holder> start(const std::function<bool()>& go);
  Holder(Holder&& other) noexcept : pid_(std::exchange(other.pid_, 0)), went_(other.went_), wait_(std::move(other.wait_)) {}
  Holder& operator=(Holder&&) = delete;
  ~Holder();

  // What `go` returned.
  bool went() const { return went_; }
  pid_t pid() const { return pid_; }

 private:
  Holder(pid_t pid, bool went, Fd wait) : pid_(pid), went_(went), wait_(std::move(wait)) {}
  pid_t pid_;
  bool went_;
  Fd wait_;
};

}  // namespace allmende::machine
