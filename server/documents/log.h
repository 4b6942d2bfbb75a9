#pragma once
// Makes updates durable: what comes while the database writes goes into its next transaction. Behind the door of server/documents.

#include <deque>
#include <functional>
#include <optional>

#include "lib/base/clock.h"
#include "lib/base/task.h"
#include "server/documents/store.h"

namespace allmende::documents {

class UpdateLog {
 public:
  static constexpr std::size_t kMostWaiting = 64U << 20U;  // bytes; beyond it, who brings more waits

  UpdateLog(Executor executor, DocumentStore& store, Clock& clock);

  using Told = std::move_only_function<void()>;
  // Takes an update at once; `stored` is called on the loop when it is durable. Until then it is tried again, however often that fails.
  void append(LogEntry entry, Told stored);
  // Waits until there is room for more.
  Task<> room();
  // Waits until all that was appended before is durable. Unavailable, with the database's reason, when it does not become so in `patience`.
  Task<Result<>> settled(Duration patience);

  // Why updates wait longer than they should; nullopt when all is well.
  const std::optional<Error>& trouble() const { return trouble_; }

  void begin();
  // Tries for some seconds to write what waits.
  Task<> close();

 private:
  struct Waiting {
    LogEntry entry;
    Told stored;
  };
  Task<> run();
  Task<bool> write(std::vector<Waiting>& batch);

  DocumentStore& store_;
  Clock& clock_;
  std::vector<Waiting> waiting_;
  std::size_t bytes_ = 0;  // of all that is not durable yet
  std::uint64_t appended_ = 0;
  std::uint64_t stored_ = 0;
  std::optional<Error> trouble_;
  Notifier came_;
  Notifier progressed_;
  TaskScope tasks_;
};

}  // namespace allmende::documents
