#pragma once
// Keeps earlier states of a live document. Behind the door of server/documents.
//
// By itself: as it was when it was opened, and after each pause in what is done to it, at most one a minute; by name whenever a person
// wishes.

#include <memory>
#include <optional>

#include "lib/net/net.h"
#include "server/documents/large_outputs.h"
#include "server/documents/revision_store.h"
#include "server/documents/room.h"

namespace allmende::documents {

// What the histories of all documents share. All of it outlives them.
struct Remembering {
  RevisionStore& store;
  Clock& clock;
  net::Pool& pool;
  DocumentStore& log;
  const LargeOutputs& outputs;
};

class History {
 public:
  static constexpr std::size_t kLongestName = 200;  // bytes

  History(Executor executor, std::shared_ptr<Room> room, Remembering remembering);

  void begin();
  // Keeps what has changed and is not kept yet.
  Task<> stop();

  // In the order of their times.
  Task<Result<std::vector<Revision>>> list();
  // NotFound for one that is not there.
  Task<Result<json::object>> read(std::string revision);
  // Keeps the present state under a name. InvalidInput for an empty or long one.
  Task<Result<Revision>> name(std::string name, Visitor by);
  // The document, or one cell of it, becomes as it was. What it is now is kept before. NotFound for a revision or cell that is not there.
  Task<Result<>> restore(std::string revision, std::optional<std::string> cell, Visitor by);

 private:
  struct Wish {
    std::string reason;
    std::string name;
  };
  // The document as it was after an update.
  struct State {
    json::object notebook;
    std::int64_t through = 0;
    std::set<std::string> authors;
  };
  Task<> run();
  Task<> pause();
  Task<Result<Revision>> keep(Wish wish);
  Task<Result<Revision>> keepHeld(Wish wish);
  Task<Result<Revision>> keepState(Wish wish, State state);
  Task<Result<>> keepOpened();
  Task<Result<State>> readOpened(std::int64_t through);
  Task<Result<State>> readNow();
  Task<Result<json::object>> readList(std::string content);
  Instant nextMoment() const;
  Task<Result<>> thinOut();
  Task<Result<>> take();

  std::shared_ptr<Room> room_;
  Remembering remembering_;
  std::optional<std::set<std::string>> parts_;  // that the database has, once they were asked for
  std::optional<Revision> latest_;
  json::object latestList_;
  bool isKnown_ = false;                // whether the latest one has been looked up
  std::int64_t keptThrough_ = -1;       // the update
  std::optional<std::int64_t> opened_;  // what was there when it was opened is not kept yet: it costs nothing until something changes
  Turn turn_;
  TaskScope tasks_;
};

}  // namespace allmende::documents
