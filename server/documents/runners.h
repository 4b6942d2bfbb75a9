#pragma once
// Whoever runs cells of a document: each person in the kernel of a session of their own, side by side, or in the owner's by their leave.
// Behind the door of server/documents.

#include <map>
#include <memory>

#include "server/documents/runs.h"

namespace allmende::documents {

class Runners {
 public:
  // `left` are runs that an earlier server had taken on.
  Runners(Executor executor, std::shared_ptr<Room> room, std::vector<Run> left, Running running);

  void begin();
  Task<> stop();
  bool isIdle() const;
  // How often it holds the room.
  long knownRooms() const { return 1 + static_cast<long>(runs_.size()); }

  // As Runs says, for the queue of who asks or, when they choose it, the owner's: Denied without leave. OverLimit too for a cell that
  // somebody else runs.
  Task<Result<std::vector<Run>>> queue(Visitor by, std::vector<CellWish> cells, KernelChoice kernel);
  // Forgets what waits and interrupts what runs: of who asks, or of everybody when they run nothing and the notebook is theirs. Denied when
  // only others, whom they cannot stop, run something.
  Task<Result<>> cancel(Visitor by);
  // How a run stands, without its document and outputs; none for one that is not known (any more).
  std::optional<RunReport> report(const std::string& run) const;
  // Answers the input() of a run of who asks. NotFound when it does not ask (any more), Denied when it is another's.
  Task<Result<>> answer(Visitor by, std::string run, std::string value);
  // The person may run nothing any more: here, or in the owner's kernel alone.
  Task<> dismiss(AccountId account, bool onlyInOwners);

 private:
  Runs& of(const AccountId& account, std::vector<Run> left = {});
  Runs* findOwners() const;
  std::vector<json::object> greeting() const;
  json::object listed() const;

  Executor executor_;
  std::shared_ptr<Room> room_;
  Running running_;
  std::map<AccountId, std::unique_ptr<Runs>> runs_;  // never erased before the end: a kernel's late output comes through them
};

}  // namespace allmende::documents
