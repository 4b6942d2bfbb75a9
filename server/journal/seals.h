#pragma once
// A chain of hashes over the journal: who changes, removes or slips in an event afterwards breaks it. Part of the door
// server/journal/journal.h.
//
// Events are sealed a few seconds after they were written, so that no two transactions wait for each other's place in the chain. Who can
// write to the database can also make a whole new chain: against that its head is kept elsewhere (the log tells it every hour) and handed
// to verify().

#include <cstdint>
#include <optional>
#include <string>

#include "lib/base/clock.h"
#include "lib/base/result.h"
#include "lib/base/task.h"
#include "lib/store/store.h"

namespace allmende::journal {

// The last seal of a chain, in text "1234:9f86…".
struct Head {
  std::int64_t place = 0;  // how many events are sealed; 0 = none, and then no hash
  std::string hash;        // 64 hexadecimal digits

  // InvalidInput for anything else.
  static Result<Head> parse(std::string_view text);
  std::string text() const;
  friend bool operator==(const Head&, const Head&) = default;
};

struct Verification {
  Head head;                  // of what is whole
  std::int64_t unsealed = 0;  // events that wait for their seal
  std::string broken;         // what is wrong, in a sentence; empty = nothing
};

class Seals {
 public:
  Seals(Executor executor, store::Database& database, Clock& clock);

  // Seals what there is every few seconds from now on.
  void begin();
  Task<> close() { return scope_.close(); }

  // Seals all events that have none; gives the head.
  Task<Result<Head>> seal();
  // Reckons the whole chain again. `kept`: a head from earlier, which must be part of it.
  Task<Result<Verification>> verify(std::optional<Head> kept);

 private:
  Task<> work();

  store::Database& database_;
  Clock& clock_;
  TaskScope scope_;
};

}  // namespace allmende::journal
