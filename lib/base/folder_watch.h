#pragma once
// Tells when somebody changes a file, by inotify: at once and without looking. Not where the system's watches are used up, nor for what
// changes behind a network file system; who depends on it also looks from time to time.

#include <functional>
#include <memory>
#include <string>

#include "lib/base/descriptor.h"
#include "lib/base/result.h"
#include "lib/base/task.h"

namespace allmende {

class FolderWatch {
 public:
  explicit FolderWatch(Executor executor);
  ~FolderWatch();
  Task<> close();

  // What is watched until it is dropped, at the latest before the FolderWatch is.
  class Ticket {
   public:
    Ticket();
    Ticket(Ticket&&) noexcept;
    Ticket& operator=(Ticket&&) noexcept;
    ~Ticket();
    // False when it was dropped, or when the folder is gone.
    explicit operator bool() const;

   private:
    friend class FolderWatch;
    struct Held;
    std::unique_ptr<Held> held_;
  };

  // Calls `changed` on the loop when the entry `name` of the folder was written, made, replaced or removed. Unavailable when the system
  // grants no more watches.
  Result<Ticket> watch(const Descriptor& folder, std::string name, std::function<void()> changed);

 private:
  struct State;
  Task<> read();

  Executor executor_;
  std::shared_ptr<State> state_;
  TaskScope tasks_;
};

}  // namespace allmende
