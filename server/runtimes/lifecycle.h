#pragma once
// One runtime for each account: started on demand, found again after a restart, ended with a reason. Part of the door
// server/runtimes/runtimes.h.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "lib/base/task.h"
#include "server/quota/quota.h"
#include "server/runtimes/agent.h"
#include "server/runtimes/runtime.h"

namespace allmende::runtimes {

struct RuntimesSettings {
  std::string python;          // the Python environment, the same path here and in every runtime
  std::int64_t ready = 0;      // how many more are kept ready, of the kind that was started last
  Duration firstAnswer = 60s;  // how long a new agent may take to answer
};

class Runtimes {
 public:
  Runtimes(Executor executor, engines::Engine& engine, quota::Ledger& ledger, quota::Admission& admission, journal::Journal& journal,
      const Clock& clock, RuntimesSettings settings);

  // Listens to the engine's news; call before the engine's begin().
  void begin();
  // Lets go of the runtimes without stopping them.
  Task<> close();

  // Called on the loop when a runtime has come (also one found after a restart), and when one has ended. Set before begin().
  using Found = std::function<Task<>(std::shared_ptr<Agent>, AccountId)>;
  // With the seconds of processor time it has used, where they are known.
  using Ended = std::function<void(const Runtime&, std::optional<double> cpuSeconds)>;
  void onChange(Found found, Ended ended);
  // Called with what was seen of a runtime from outside.
  void onObserved(std::function<void(const engines::Observed&)> observed) { observed_ = std::move(observed); }
  // Asked before a runtime is started or one that waits is: an error refuses it.
  using MayStart = std::function<Result<>(const AccountId&)>;
  void onStart(MayStart mayStart) { mayStart_ = std::move(mayStart); }

  // The agent of the account's runtime, started first when there is none, after its turn in the queue when the machine is full. Fails with
  // the reason the start failed; OverLimit when the account's compute units are used up.
  Task<Result<std::shared_ptr<Agent>>> start(AccountId of);
  // The same only if it is there. Unavailable until begin() has learnt what runs; null when nothing does.
  Result<std::shared_ptr<Agent>> find(const AccountId& of) const;
  // Whether begin() has learnt what runs, and Found has been called for all of it.
  bool knows() const { return known_; }
  // Done when nothing of it is left. NotFound when it is not this account's or does not run. One that is queued leaves the queue.
  Task<Result<>> stop(AccountId of, RuntimeId id);
  // The same with a word of kEndWords and a sentence for its person.
  Task<Result<>> stopBecause(AccountId of, RuntimeId id, std::string reason, std::string message);

  // The running one first, then the last one that ended, if any.
  std::vector<Runtime> list(const AccountId& of) const;
  std::optional<Runtime> lastEnded(const AccountId& of) const;
  Task<Result<Usage>> usage(RuntimeId id);
  std::size_t countRunning() const { return owners_.size(); }
  // All that run or wait, of everybody.
  std::vector<Runtime> listAll() const;
  // Where one stands that is queued.
  std::optional<quota::Place> placeOf(const RuntimeId& id) const { return admission_.placeOf(id.text()); }
  // For readiness: what keeps runtimes from being started, as a sentence; nullopt when nothing does.
  std::optional<std::string> findFault() const;

 private:
  struct Slot {
    explicit Slot(Executor executor) : changed(std::move(executor)) {}
    std::optional<Runtime> current;
    std::optional<Runtime> ended;
    std::optional<Error> startFailure;  // of `ended`
    struct Because {
      std::string reason;
      std::string message;
    };
    std::optional<Because> because;  // what `current` is being stopped for, when its person did not
    std::shared_ptr<Agent> agent;    // once `current` is ready
    Notifier changed;
  };

  Slot& slotOf(const AccountId& of);
  Task<> begin(AccountId of, RuntimeId id);
  struct StartFailure {
    std::string reason;  // a word of kEndWords
    Error error;
  };
  Task<std::optional<StartFailure>> admit(AccountId of, RuntimeId id);
  Task<Result<>> awaitTurn(AccountId of, RuntimeId id, quota::Tier tier);
  Task<Result<>> carryOutStart(AccountId of, RuntimeId id);
  Task<Result<>> awaitFirstAnswer(std::shared_ptr<Agent> agent);
  void turn(Slot& slot, RuntimeState to);
  void end(const AccountId& of, const RuntimeId& id, std::string reason, std::string message, std::optional<double> cpuSeconds = {});
  void hear(const engines::News& news);
  Task<> findWhatRuns();
  void adopt(const engines::RunningRuntime& running, std::vector<AccountId>& adopted);
  void note(journal::EventKind kind, const Runtime& runtime);
  Task<> write(journal::EventKind kind, std::vector<std::string> subjects, json::object detail);

  Executor executor_;
  engines::Engine& engine_;
  quota::Ledger& ledger_;
  quota::Admission& admission_;
  journal::Journal& journal_;
  const Clock& clock_;
  RuntimesSettings settings_;
  Found found_;
  Ended ended_;
  std::function<void(const engines::Observed&)> observed_;
  MayStart mayStart_;
  std::map<AccountId, Slot> slots_;  // never erased: at most one for each account
  std::unordered_map<RuntimeId, AccountId> owners_;
  std::optional<std::string> fault_ = "the server has not reached allmende-node yet";
  bool known_ = false;  // what runs has been learnt
  bool closed_ = false;
  TaskScope scope_;
};

}  // namespace allmende::runtimes
