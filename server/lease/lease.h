#pragma once
// Which server serves: of several that are started on one database, one at a time. It alone holds documents, runtimes and decisions; the
// others forward to it, and one of them takes over when it ends, dies or hangs.
//
// The holder adds to a counter now and then. Who waits takes over once the counter has stood still for as long as the holder said, by the
// clock of who waits: no two clocks are compared. It does so at once when the holder has let go, or was a process of this machine that is
// gone. The database is fenced by the number of the lease: whoever lost it changes nothing any more, however late it learns.

#include <functional>
#include <optional>
#include <string>

#include "lib/base/clock.h"
#include "lib/base/record.h"
#include "lib/base/result.h"
#include "lib/base/task.h"
#include "lib/net/net.h"
#include "lib/store/store.h"

namespace allmende::lease {

// A process, so that others on its machine can tell whether it lives.
struct Process {
  std::string host;      // the machine's name, for people
  std::string boot;      // /proc/sys/kernel/random/boot_id: this run of the machine
  std::int64_t ids = 0;  // the namespace in which its id means something
  std::int64_t pid = 0;
  std::int64_t startedAt = 0;  // ticks since boot; a later process may have the same id
};
constexpr auto fieldsOf(Type<Process>) {
  return record("process", field("host", &Process::host), field("boot", &Process::boot), field("ids", &Process::ids),
      field("pid", &Process::pid), field("started_at", &Process::startedAt));
}
// A process of this machine, in our namespace of ids.
Process processOf(std::int64_t pid);
Process thisProcess();
// Whether it certainly runs no more; false for one of another machine.
bool isGone(const Process& process);
// Whether it certainly runs on this machine.
bool isHere(const Process& process);

// How often the holder adds to the counter, and after which time without that it counts as dead.
struct Pace {
  Duration beat;
  Duration silence;
};
inline constexpr Pace kWatched{1s, 3s};  // others stand by
inline constexpr Pace kAlone{5s, 15s};   // each beat is a write to the disk

class Lease {
 public:
  Lease(Executor executor, store::Database& database, Clock& clock, Pace pace, Process own = thisProcess());

  // Makes the tables. Blocks; before the rest.
  Result<> prepare();
  // Takes the lease where nobody has it, and fences the database. False where somebody has, or may have: a holder on another machine that
  // counts as dead only after its silence.
  Task<Result<bool>> takeIfFree();
  // Takes it too from a holder that turns out to be dead. Fails with Conflict naming who serves.
  Task<Result<>> take();
  // The same, as soon as it can be had. Failures of the database are waited out. A holder of this machine that has fallen silent is killed
  // first: it may hang with the database's lock in its hand.
  Task<> await();

  // Tells the others where to forward to. For the holder.
  Task<Result<>> announce(net::ForwardTarget where);
  // Where the holder is, as far as await() has seen or announce() was told; nullopt while nobody can be reached.
  const std::optional<net::ForwardTarget>& place() const { return place_; }

  // Keeps the lease from now on. `lost` is called once should another have taken it.
  void keep(std::function<void()> lost);
  // Lets go, so that another takes over at once. Nothing is written after that.
  Task<> release();

 private:
  struct Seen;
  Task<Result<Seen>> look();
  Task<Result<bool>> tryToTake(Seen seen);
  Task<> beat(std::function<void()> lost);

  store::Database& database_;
  Clock& clock_;
  Pace pace_;
  Process own_;
  std::int64_t number_ = 0;  // of our lease; 0 = we have none
  std::optional<net::ForwardTarget> place_;
  TaskScope scope_;
};

}  // namespace allmende::lease
