#pragma once
// The runtimes of each account: started on demand, found again after a restart, ended with a reason. One is everybody's unless told
// otherwise; others have names that their person gives them. Part of the door server/runtimes/runtimes.h.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "lib/base/task.h"
#include "server/quota/quota.h"
#include "server/runtimes/accelerators.h"
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
  static constexpr std::size_t kLongestName = 40;  // bytes
  static constexpr std::size_t kMostNames = 20;    // of one account, with those of the last that ended

  // The rooms below, which outlive this one.
  struct Below {
    store::Database& database;
    engines::Engine& engine;
    quota::Ledger& ledger;
    quota::Admission& admission;
    journal::Journal& journal;
  };
  Runtimes(Executor executor, Below below, const Clock& clock, RuntimesSettings settings);

  // InvalidInput unless it can be a runtime's name.
  static Result<> checkName(const std::string& name);

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

  // The agent of the account's runtime of that name, started first when there is none, after its turn in the queue when the machine is
  // full. Fails with the reason the start failed; OverLimit when the account's compute units are used up or it has as many runtimes as its
  // tier allows; InvalidInput for a name that is too long or has control characters.
  Task<Result<std::shared_ptr<Agent>>> start(AccountId of, std::string name = {});
  // The same only if it is there. Unavailable until begin() has learnt what runs; null when nothing does.
  Result<std::shared_ptr<Agent>> find(const AccountId& of, const std::string& name = {}) const;
  Result<std::shared_ptr<Agent>> find(const AccountId& of, const RuntimeId& id) const;
  // Of all that are there.
  Result<std::vector<std::shared_ptr<Agent>>> findAll(const AccountId& of) const;
  // Conflict when another one that runs has that name, and for the one without a name; InvalidInput as above, and for an empty one.
  Task<Result<>> rename(AccountId of, RuntimeId id, std::string name);
  // Whether begin() has learnt what runs, and Found has been called for all of it.
  bool knows() const { return known_; }
  // Done when nothing of it is left. NotFound when it is not this account's or does not run. One that is queued leaves the queue.
  Task<Result<>> stop(AccountId of, RuntimeId id);
  // The same with a word of kEndWords and a sentence for its person.
  Task<Result<>> stopBecause(AccountId of, RuntimeId id, std::string reason, std::string message);

  // Those that run first, the one without a name before the others; then the last one that ended of each name, the newest first.
  std::vector<Runtime> list(const AccountId& of) const;
  Task<Result<Usage>> usage(RuntimeId id);
  std::size_t countRunning() const { return current_.size(); }
  // All that run or wait, of everybody.
  std::vector<Runtime> listAll() const;
  // Where one stands that is queued.
  std::optional<quota::Place> placeOf(const RuntimeId& id) const { return admission_.placeOf(id.text()); }
  Accelerators& accelerators() { return accelerators_; }
  // For readiness: what keeps runtimes from being started, as a sentence; nullopt when nothing does.
  std::optional<std::string> findFault() const;

 private:
  // What an account has under a name.
  struct Slot {
    Slot(Executor executor, AccountId account, std::string called) : of(std::move(account)), name(std::move(called)), changed(executor) {}
    AccountId of;
    std::string name;
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

    bool has(const RuntimeId& id) const { return current && current->id == id; }
  };
  using SlotPtr = std::shared_ptr<Slot>;
  using Slots = std::map<std::string, SlotPtr>;  // by name

  Result<SlotPtr> slotOf(const AccountId& of, const std::string& name);
  // Null when it is not theirs or does not run.
  SlotPtr findSlot(const AccountId& of, const RuntimeId& id) const;
  std::size_t countOf(const AccountId& of) const;
  Task<> begin(SlotPtr slot, RuntimeId id);
  struct StartFailure {
    std::string reason;  // a word of kEndWords
    Error error;
  };
  Task<std::optional<StartFailure>> admit(SlotPtr slot, RuntimeId id);
  Task<Result<>> awaitTurn(SlotPtr slot, RuntimeId id, quota::Tier tier);
  Task<Result<>> carryOutStart(SlotPtr slot, RuntimeId id);
  Task<Result<>> awaitFirstAnswer(std::shared_ptr<Agent> agent);
  Task<Result<>> keepName(AccountId of, RuntimeId id, std::string name);
  Task<> forgetName(RuntimeId id);
  void turn(Slot& slot, RuntimeState to);
  void end(Slot& slot, const RuntimeId& id, std::string reason, std::string message, std::optional<double> cpuSeconds = {});
  void hear(const engines::News& news);
  Task<> findWhatRuns();
  void adopt(const engines::RunningRuntime& running, const std::string& name, std::vector<SlotPtr>& adopted);
  Task<Result<std::map<std::string, std::string>>> readNames();
  void note(journal::EventKind kind, const Runtime& runtime);
  Task<> write(journal::EventKind kind, std::vector<std::string> subjects, json::object detail);

  Executor executor_;
  store::Database& database_;
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
  std::map<AccountId, Slots> slots_;  // at most kMostNames for each account
  std::unordered_map<RuntimeId, SlotPtr> current_;
  std::optional<std::string> fault_ = "the server has not reached allmende-node yet";
  bool known_ = false;  // what runs has been learnt
  bool closed_ = false;
  Accelerators accelerators_;
  TaskScope scope_;
};

}  // namespace allmende::runtimes
