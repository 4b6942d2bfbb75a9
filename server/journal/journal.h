#pragma once
// What happened: append-only events for people and auditors. (The log is for operators.)
//
// Upward news never calls upward: it is written here, and whoever wants to know reads. Nothing is ever changed or removed.

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/result.h"
#include "lib/base/task.h"
#include "lib/store/store.h"
#include "server/journal/events.h"
#include "server/journal/ids.h"
#include "server/journal/seals.h"

namespace allmende::journal {

struct Event {
  std::int64_t number = 0;  // its place in the journal; 0 before it is written
  Instant at;
  std::string name;                   // an EventKind's
  std::vector<std::string> subjects;  // ids of those it happened to, the actor first
  boost::json::object detail;         // never a secret
};

struct EventFilter {
  std::optional<std::string> subject;  // only events that name this id
  std::optional<std::string> name;
  std::int64_t before = INT64_MAX;  // only events with a smaller number: page back with the last one seen
  int limit = 100;                  // at most 1000
};

class Journal {
 public:
  Journal(store::Database& database, const Clock& clock) : database_(database), clock_(clock) {}

  // Writes one event by itself.
  Task<Result<>> record(EventKind kind, std::vector<std::string> subjects, boost::json::object detail = {});

  // For events that must hold together with a room's own change: make on the loop, write inside the transaction.
  Event make(EventKind kind, std::vector<std::string> subjects, boost::json::object detail = {}) const;
  static Result<> write(store::Transaction& on, const Event& event);

  // Newest first.
  Task<Result<std::vector<Event>>> list(EventFilter filter);

 private:
  store::Database& database_;
  const Clock& clock_;
};

}  // namespace allmende::journal
