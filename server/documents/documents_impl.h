#pragma once
// The state of Documents and what its files share. Behind the door of server/documents.

#include <algorithm>
#include <deque>
#include <map>

#include "server/documents/comments.h"
#include "server/documents/documents.h"
#include "server/documents/history.h"
#include "server/documents/keeper.h"
#include "server/documents/large_outputs.h"
#include "server/documents/revision_store.h"
#include "server/documents/runners.h"
#include "server/documents/sharing.h"

namespace allmende::documents {

// A document in memory.
struct Live {
  std::shared_ptr<Room> room;
  std::unique_ptr<Keeper> keeper;
  std::unique_ptr<Runners> runs;
  std::unique_ptr<History> history;
  std::optional<Duration> emptySince;
  std::optional<Instant> nextExpiry;  // of a share, as far as is known

  // Whether nothing runs and nobody is there or about to come in: beside this, keeper, runners and history alone know the room.
  bool isLeft() const { return room->isEmpty() && room.use_count() == 3 + runs->knownRooms() && keeper->isSettled() && runs->isIdle(); }

  static Task<> stop(std::shared_ptr<Live> live) {
    co_await live->runs->stop();
    co_await live->history->stop();
    co_await live->keeper->stop();
  }
};

// When the next of them ends; none = never.
std::optional<Instant> nextExpiryOf(const std::vector<Share>& shares, Instant now);

// In which documents the last runs are that somebody asked for.
class RunPlaces {
 public:
  static constexpr std::size_t kMost = 10'000;
  void add(const std::string& run, const DocumentId& document) {
    if (!places_.emplace(run, document).second) return;
    order_.push_back(run);
    if (order_.size() <= kMost) return;
    places_.erase(order_.front());
    order_.pop_front();
  }
  const DocumentId* find(const std::string& run) const {
    const auto found = places_.find(run);
    return found == places_.end() ? nullptr : &found->second;
  }

 private:
  std::map<std::string, DocumentId> places_;
  std::deque<std::string> order_;
};

// The first updates of documents that were made just now, for who comes to them, as most do at once: the log need not be read. Nothing else
// is in that log as long as they are here.
class FreshLogs {
 public:
  static constexpr std::size_t kMost = 4;
  static constexpr std::size_t kLargest = std::size_t{4} << 20U;  // bytes of one
  void keep(const DocumentId& document, const std::string& update) {
    if (update.size() > kLargest) return;
    logs_.push_back({document, update});
    if (logs_.size() > kMost) logs_.pop_front();
  }
  std::optional<std::string> take(const DocumentId& document) {
    const auto found = std::ranges::find(logs_, document, &Fresh::document);
    if (found == logs_.end()) return std::nullopt;
    std::optional<std::string> update = std::move(found->update);
    logs_.erase(found);
    return update;
  }
  // Lets go of what was here already when this was called last.
  void age() {
    std::erase_if(logs_, [](auto& one) { return std::exchange(one.isOld, true); });
  }

 private:
  struct Fresh {
    DocumentId document;
    std::string update;
    bool isOld = false;
  };
  std::deque<Fresh> logs_;
};

struct Documents::Impl {
  Impl(Executor with, Below below, Keep keep)
      : executor(with),
        contents(below.contents),
        clock(below.clock),
        store(below.database, below.clock),
        runStore(below.database, below.clock),
        revisionStore(below.database),
        shares(below.database, below.journal, below.clock),
        groups(below.groups),
        comments(below.database, below.clock),
        outputs(std::move(keep.outputs), keep.largestOutput),
        running{runStore, below.kernels, below.sessions, below.clock, outputs, pool},
        log(with, store, below.clock),
        watches(with),
        tasks(with) {}

  // One at a time of those who open the same file.
  Task<Turn::Held> turnFor(AccountId of, std::string path);
  Task<Result<std::shared_ptr<Live>>> enter(Record record);
  // The table's line of a document that exists, and what the visitor may do with it. NotFound, Unauthenticated or Denied when that is
  // nothing.
  struct Access {
    Record record;
    Role granted = Role::Viewer;        // by its owner
    Role role = Role::Viewer;           // that, as far as what they showed allows
    bool mayUseRuntime = false;         // of the owner
    std::optional<Instant> nextExpiry;  // when one of the document's shares ends; of the owner's access none is known
  };
  Task<Result<Access>> accessOf(DocumentId id, Visitor by);
  // Whom the shares may mean when this account comes.
  Task<Result<Person>> personOf(std::optional<AccountId> account, bool withGroups);
  // The same; Denied when the role is less than `needed`.
  Task<Result<Access>> accessAs(Role needed, DocumentId id, Visitor by);
  // The same in memory. Denied when the role is less than `needed`.
  struct Entered {
    std::shared_ptr<Live> live;
    Visitor visitor;
  };
  Task<Result<Entered>> enterAs(Role needed, DocumentId id, Visitor by);
  Task<Result<Entered>> enterWith(Access access, Visitor by);
  // Null when nobody has it open.
  Room* findRoom(const DocumentId& id) const {
    const auto found = live.find(id);
    return found == live.end() ? nullptr : found->second->room.get();
  }
  // Those who are there do what they may do now.
  Task<std::vector<json::object>> noticesFor(DocumentId id, Visitor visitor);
  Task<> reconsider(DocumentId id);
  Task<> endExpired();
  Task<Result<Entered>> enterToRemember(DocumentId id, Visitor by);
  Task<Result<std::shared_ptr<Live>>> load(Record record);
  std::vector<std::shared_ptr<Live>> at(const AccountId& of, const std::string& path) const;
  Task<> takeUpLeftovers();
  Task<> loadLeft(DocumentId id);
  Task<> makeRounds();
  Task<> forgetLeft();
  Task<> removeLive(std::shared_ptr<Live> gone, std::string_view why = "the notebook was moved to the trash");
  Task<> sweepOutputs(std::shared_ptr<Room> left);
  Task<Result<>> forgetOutputs();

  Executor executor;
  contents::Contents& contents;
  Clock& clock;
  DocumentStore store;
  RunStore runStore;
  RevisionStore revisionStore;
  ShareStore shares;
  groups::Groups& groups;
  CommentStore comments;
  LargeOutputs outputs;
  net::Pool pool{"documents", 2, 1024};
  Running running;
  std::map<DocumentId, std::vector<Run>> leftRuns;  // of an earlier server, until their document is loaded
  UpdateLog log;
  FolderWatch watches;
  std::map<DocumentId, std::shared_ptr<Live>> live;
  FreshLogs fresh;
  RunPlaces runPlaces;
  std::map<std::pair<AccountId, std::string>, std::shared_ptr<Turn>> turns;
  std::map<AccountId, std::weak_ptr<Room>> lobbies;
  TaskScope tasks;
};

}  // namespace allmende::documents
