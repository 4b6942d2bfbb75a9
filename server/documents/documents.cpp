#include "server/documents/documents.h"

#include <map>
#include <random>
#include <set>

#include "lib/base/json.h"
#include "lib/base/log.h"
#include "server/documents/history.h"
#include "server/documents/keeper.h"
#include "server/documents/notebook.h"
#include "server/documents/runs.h"

namespace allmende::documents {
namespace {

constexpr Duration kKeptEmpty{60'000};
constexpr Duration kBetweenRounds{5'000};

// For changes of the server's own; Yjs takes 53 bits, and 0 is the loader's.
std::uint64_t randomClient() {
  std::random_device source;
  return ((std::uint64_t{source()} << 21U) ^ source()) % ((1ULL << 53U) - 1) + 1;
}

bool isAtOrBelow(const std::string& path, const std::string& folder) {
  return folder.empty() || path == folder || (path.starts_with(folder) && path[folder.size()] == '/');
}

// A document in memory.
struct Live {
  std::shared_ptr<Room> room;
  std::unique_ptr<Keeper> keeper;
  std::unique_ptr<Runs> runs;
  std::unique_ptr<History> history;
  std::optional<Duration> emptySince;

  // Whether nothing runs and nobody is there or about to come in: beside this, keeper, runs and history alone know the room.
  bool isLeft() const { return room->isEmpty() && room.use_count() == 4 && keeper->isSettled() && runs->isIdle(); }

  static Task<> stop(std::shared_ptr<Live> live) {
    co_await live->runs->stop();
    co_await live->history->stop();
    co_await live->keeper->stop();
  }
};

struct Replayed {
  ydoc::Document document;
  std::int64_t last = 0;
  Keeper::LogSize size;
};

Result<Replayed> replay(const std::vector<LogEntry>& log) {
  if (log.empty()) return fail(Code::Internal, "the document's log is empty");
  Replayed replayed{ydoc::Document(randomClient()), log.back().number, {.snapshot = log.front().update.size(), .others = 0}};
  for (const auto& entry : log) {
    TRY(replayed.document.apply(entry.update));
    replayed.size.others += entry.update.size();
  }
  replayed.size.others -= replayed.size.snapshot;
  return replayed;
}

Result<std::string> firstUpdateOf(const std::string& file) {
  TRY(const auto notebook, notebookOfFile(file));
  ydoc::Document document(ydoc::Document::kLoader);
  TRY(document.fillNotebook(notebook));
  return document.changesSince("");
}

}  // namespace

struct Documents::Impl {
  Impl(Executor with, Below below)
      : executor(with),
        contents(below.contents),
        clock(below.clock),
        store(below.database, below.clock),
        runStore(below.database, below.clock),
        revisionStore(below.database),
        running{runStore, below.kernels, below.sessions, below.clock},
        log(with, store, below.clock),
        tasks(with) {}

  // One at a time of those who open the same file.
  Task<Turn::Held> turnFor(AccountId of, std::string path);
  Task<Result<std::shared_ptr<Room>>> enter(DocumentId id);
  Task<Result<std::shared_ptr<Live>>> load(Record record);
  std::vector<std::shared_ptr<Live>> at(const AccountId& of, const std::string& path) const;
  Task<Result<std::shared_ptr<Live>>> enterToSee(DocumentId id, Visitor by);
  Task<Result<std::shared_ptr<Live>>> enterToChange(DocumentId id, Visitor by);
  Task<> takeUpLeftovers();
  Task<> loadLeft(DocumentId id);
  Task<> makeRounds();
  Task<> forgetLeft();
  Task<> removeLive(std::shared_ptr<Live> gone);

  Executor executor;
  contents::Contents& contents;
  Clock& clock;
  DocumentStore store;
  RunStore runStore;
  RevisionStore revisionStore;
  Running running;
  std::map<DocumentId, std::vector<Run>> leftRuns;  // of an earlier server, until their document is loaded
  UpdateLog log;
  net::Pool pool{"documents", 2, 1024};
  std::map<DocumentId, std::shared_ptr<Live>> live;
  std::map<std::pair<AccountId, std::string>, std::shared_ptr<Turn>> turns;
  std::map<AccountId, std::weak_ptr<Room>> lobbies;
  TaskScope tasks;
};

Documents::Documents(Executor executor, Below below) : impl_(std::make_unique<Impl>(std::move(executor), below)) {}
Documents::~Documents() = default;

// ---- opening ----

Task<Turn::Held> Documents::Impl::turnFor(AccountId of, std::string path) {
  std::erase_if(turns, [](const auto& entry) { return entry.second->isFree(); });
  auto& known = turns[{of, path}];
  if (known == nullptr) known = std::make_shared<Turn>(executor);
  const auto turn = known;
  co_return co_await turn->take();
}

Task<Result<Opened>> Documents::open(AccountId of, std::string path) {
  auto& impl = *impl_;
  CO_TRY(auto file, co_await impl.contents.read(of, path));
  const auto held = co_await impl.turnFor(of, file.path);
  CO_TRY(const auto known, co_await impl.store.findByPath(of, file.path));
  if (known) co_return Opened{known->id, known->session, false};
  CO_TRY(auto first, co_await impl.pool.runResult([bytes = std::move(file.bytes)] { return firstUpdateOf(bytes); }));
  Record record{.id = DocumentId::make(),
      .account = of,
      .path = file.path,
      .session = randomUuid(),
      .fileHash = file.hash,
      .savedThrough = 1,
      .writingHash = {},
      .writingThrough = 0};
  CO_TRY(co_await impl.store.add(record, std::move(first)));
  co_return Opened{record.id, record.session, true};
}

Task<Result<std::shared_ptr<Room>>> Documents::Impl::enter(DocumentId id) {
  CO_TRY(auto record, co_await store.find(id));
  if (!record) co_return fail(Code::NotFound, "there is no document {}; ask for a session first", id.text());
  const auto held = co_await turnFor(record->account, record->path);
  const auto found = live.find(id);
  if (found != live.end()) co_return found->second->room;
  CO_TRY(auto loaded, co_await load(*std::move(record)));
  co_return loaded->room;
}

Task<Result<std::shared_ptr<Live>>> Documents::Impl::load(Record record) {
  CO_TRY(auto entries, co_await store.readLog(record.id));
  CO_TRY(auto replayed, co_await pool.runResult([entries = std::move(entries)] { return replay(entries); }));
  // A crash in the middle of writing the file: it was written, or it was not.
  if (record.writingHash) {
    const auto file = co_await contents.read(record.account, record.path);
    if (file && file->hash == *record.writingHash) {
      record.fileHash = *record.writingHash;
      record.savedThrough = record.writingThrough;
    }
  }
  auto made = std::make_shared<Live>();
  made->room = std::make_shared<Room>(executor, record, std::move(replayed.document), replayed.last, log);
  made->keeper = std::make_unique<Keeper>(executor, made->room, replayed.size, Keeping{contents, store, log, clock, pool});
  // Fails when the file is no notebook any more: the document is there all the same, and says so.
  static_cast<void>(co_await made->keeper->settle());
  made->keeper->begin();
  auto left = leftRuns.extract(record.id);
  made->runs = std::make_unique<Runs>(executor, made->room, left ? std::move(left.mapped()) : std::vector<Run>{}, running);
  made->runs->begin();
  made->history = std::make_unique<History>(executor, made->room, Remembering{revisionStore, clock, pool});
  made->history->begin();
  live.insert_or_assign(record.id, made);
  co_return made;
}

Task<> Documents::serve(DocumentId id, std::string session, Visitor visitor, std::shared_ptr<net::WebSocket> socket) {
  auto room = co_await impl_->enter(id);
  if (room && (*room)->record().account != visitor.account)
    room = fail(Code::NotFound, "there is no document {}; ask for a session first", id.text());
  if (!room) {
    log::info("document.not_joined", {{"document", id.text()}, {"error", room.error().message}});
    co_return co_await socket->close(net::closeCodeOf(room.error().code), room.error().message);
  }
  if ((*room)->record().session != session) {
    const json::object reason{{"reason", "unknown_session"}, {"sessionId", (*room)->record().session}, {"reloadable", true}};
    co_return co_await socket->close(1003, json::serialize(reason));
  }
  const auto save = [this, id]() -> Task<Result<>> {
    const auto found = impl_->live.find(id);
    if (found == impl_->live.end()) co_return fail(Code::NotFound, "the document is not there any more");
    const auto kept = found->second;
    co_return co_await kept->keeper->settle();
  };
  co_await (*room)->serve(std::move(visitor), std::move(socket), save);
}

Task<> Documents::serveAwareness(Visitor visitor, std::shared_ptr<net::WebSocket> socket) {
  auto& known = impl_->lobbies[visitor.account];
  auto room = known.lock();
  if (room == nullptr) known = room = std::make_shared<Room>(impl_->executor, Record{}, ydoc::Document(randomClient()), 0, impl_->log);
  visitor.role = Role::Viewer;
  co_await room->serve(std::move(visitor), std::move(socket), []() -> Task<Result<>> { co_return Result<>{}; });
}

// ---- running ----

Task<Result<std::shared_ptr<Live>>> Documents::Impl::enterToSee(DocumentId id, Visitor by) {
  CO_TRY(const auto room, co_await enter(id));
  const auto found = live.find(id);
  if (room->record().account != by.account || found == live.end())
    co_return fail(Code::NotFound, "there is no document {}; ask for a session first", id.text());
  co_return found->second;
}

Task<Result<std::shared_ptr<Live>>> Documents::Impl::enterToChange(DocumentId id, Visitor by) {
  CO_TRY(auto found, co_await enterToSee(id, by));
  if (by.role < Role::Editor) co_return fail(Code::Denied, "you can read this notebook, but neither change nor run it");
  co_return found;
}

Task<Result<std::vector<Queued>>> Documents::run(DocumentId id, Visitor by, std::vector<CellWish> cells, KernelChoice kernel) {
  CO_TRY(const auto live, co_await impl_->enterToChange(id, by));
  CO_TRY(const auto runs, co_await live->runs->queue(std::move(by), std::move(cells), std::move(kernel)));
  std::vector<Queued> queued;
  for (const auto& run : runs) queued.push_back({run.id, run.cell});
  co_return queued;
}

Task<Result<>> Documents::cancelRuns(DocumentId id, Visitor by) {
  CO_TRY(const auto live, co_await impl_->enterToChange(id, std::move(by)));
  co_return co_await live->runs->cancel();
}

Task<Result<>> Documents::answerInput(DocumentId id, Visitor by, std::string run, std::string value) {
  CO_TRY(const auto live, co_await impl_->enterToChange(id, std::move(by)));
  co_return co_await live->runs->answer(std::move(run), std::move(value));
}

Task<Result<std::string>> Documents::readRest(DocumentId id, Visitor by, std::string run) {
  CO_TRY(const auto live, co_await impl_->enterToSee(id, std::move(by)));
  CO_TRY(auto text, co_await impl_->runStore.readRest(live->room->record().id, run));
  if (text.empty()) co_return fail(Code::NotFound, "there is no more output of run '{}' (any more)", run);
  co_return text;
}

// ---- earlier states ----

Task<Result<std::vector<Revision>>> Documents::listRevisions(DocumentId id, Visitor by) {
  CO_TRY(const auto live, co_await impl_->enterToSee(id, std::move(by)));
  co_return co_await live->history->list();
}

Task<Result<json::object>> Documents::readRevision(DocumentId id, Visitor by, std::string revision) {
  CO_TRY(const auto live, co_await impl_->enterToSee(id, std::move(by)));
  co_return co_await live->history->read(std::move(revision));
}

Task<Result<Revision>> Documents::nameRevision(DocumentId id, Visitor by, std::string name) {
  CO_TRY(const auto live, co_await impl_->enterToChange(id, by));
  co_return co_await live->history->name(std::move(name), std::move(by));
}

Task<Result<>> Documents::restoreRevision(DocumentId id, Visitor by, std::string revision, std::optional<std::string> cell) {
  CO_TRY(const auto live, co_await impl_->enterToChange(id, by));
  co_return co_await live->history->restore(std::move(revision), std::move(cell), std::move(by));
}

// ---- the drive beneath ----

std::vector<std::shared_ptr<Live>> Documents::Impl::at(const AccountId& of, const std::string& path) const {
  std::vector<std::shared_ptr<Live>> found;
  for (const auto& [id, one] : live) {
    const auto& record = one->room->record();
    if (record.account == of && isAtOrBelow(record.path, path)) found.push_back(one);
  }
  return found;
}

Task<> Documents::settle(AccountId of, std::string path) {
  const auto found = impl_->at(of, path);
  for (const auto& one : found) static_cast<void>(co_await one->keeper->settle());
}

Task<Result<contents::Model>> Documents::rename(AccountId of, std::string from, std::string body) {
  const auto moving = impl_->at(of, from);
  co_await settle(of, from);
  std::vector<Turn::Held> holds;
  for (const auto& one : moving) holds.push_back(co_await one->keeper->hold());
  CO_TRY(auto model, co_await impl_->contents.rename(of, from, std::move(body)));
  if (model.path == from) co_return model;
  CO_TRY(co_await impl_->store.move(of, from, model.path));
  for (const auto& one : impl_->at(of, from)) one->room->moved(model.path + one->room->record().path.substr(from.size()));
  co_return model;
}

Task<Result<contents::TrashId>> Documents::remove(AccountId of, std::string from) {
  const auto going = impl_->at(of, from);
  co_await settle(of, from);
  std::vector<Turn::Held> holds;
  for (const auto& one : going) holds.push_back(co_await one->keeper->hold());
  CO_TRY(auto trashed, co_await impl_->contents.remove(of, from));
  CO_TRY(co_await impl_->store.remove(of, from));
  holds.clear();
  for (const auto& one : going) co_await impl_->removeLive(one);
  co_return trashed;
}

Task<> Documents::Impl::removeLive(std::shared_ptr<Live> gone) {
  live.erase(gone->room->record().id);
  co_await Live::stop(gone);
  gone->room->tell({{"type", "removed"}, {"message", fmt::format("'{}' was moved to the trash", gone->room->record().path)}});
  gone->room->end(net::closeCodeOf(Code::NotFound), "the notebook was moved to the trash");
}

// ---- from begin to close ----

void Documents::begin() {
  impl_->log.begin();
  impl_->tasks.spawn("take up what a crash left", impl_->takeUpLeftovers());
  impl_->tasks.spawn("forget documents that nobody reads", impl_->makeRounds());
}

Task<> Documents::Impl::takeUpLeftovers() {
  auto runs = co_await runStore.all();
  const auto unsaved = co_await store.unsaved();
  if (!runs || !unsaved) co_return log::error("documents.not_looked_through", {{"error", (runs ? unsaved.error() : runs.error()).message}});
  std::set<DocumentId> left;
  for (auto& run : *runs) {
    left.insert(run.document);
    leftRuns[run.document].push_back(std::move(run));
  }
  for (const auto& record : *unsaved) left.insert(record.id);
  for (const auto& id : left) co_await loadLeft(id);
}

Task<> Documents::Impl::loadLeft(DocumentId id) {
  const auto entered = co_await enter(id);
  if (!entered) log::warning("document.not_restored", {{"document", id.text()}, {"error", entered.error().message}});
}

Task<> Documents::Impl::makeRounds() {
  for (;;) {
    co_await clock.sleep(kBetweenRounds);
    co_await forgetLeft();
  }
}

Task<> Documents::Impl::forgetLeft() {
  std::vector<std::shared_ptr<Live>> left;
  for (auto at = live.begin(); at != live.end();) {
    auto& one = *at->second;
    if (!one.isLeft()) {
      one.emptySince.reset();
    } else if (!one.emptySince) {
      one.emptySince = clock.sinceStart();
    } else if (clock.sinceStart() - *one.emptySince >= kKeptEmpty) {
      left.push_back(at->second);
      at = live.erase(at);
      continue;
    }
    ++at;
  }
  for (const auto& one : left) co_await Live::stop(one);
}

Task<> Documents::close() {
  co_await impl_->tasks.close();
  const auto last = std::exchange(impl_->live, {});
  for (const auto& [id, one] : last) {
    co_await one->runs->stop();
    co_await one->history->stop();
    static_cast<void>(co_await one->keeper->settle());
    co_await one->keeper->stop();
  }
  co_await impl_->log.close();
}

}  // namespace allmende::documents
