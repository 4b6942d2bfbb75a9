#include <random>
#include <set>

#include "lib/base/log.h"
#include "server/documents/documents_impl.h"
#include "server/documents/notebook.h"

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

struct Replayed {
  ydoc::Document document;
  std::int64_t last = 0;
  Keeper::LogSize size;
  std::string whole;  // the document as one update, when the log has it
};

Result<Replayed> replay(std::vector<LogEntry> log) {
  if (log.empty()) return fail(Code::Internal, "the document's log is empty");
  Replayed replayed{ydoc::Document(randomClient()), log.back().number, {.snapshot = log.front().update.size(), .others = 0}, {}};
  for (const auto& entry : log) {
    TRY(replayed.document.load(entry.update));
    replayed.size.others += entry.update.size();
  }
  replayed.size.others -= replayed.size.snapshot;
  if (log.size() == 1) replayed.whole = std::move(log.front().update);
  return replayed;
}

Result<std::string> firstUpdateOf(const std::string& file, const DocumentId& id, const LargeOutputs& outputs) {
  TRY(auto notebook, notebookOfFile(file));
  TRY(outputs.takeOutAll(id, notebook));
  ydoc::Document document(ydoc::Document::kLoader);
  TRY(document.fillNotebook(notebook));
  return document.changesSince("");
}

std::string_view lacking(Role needed) {
  switch (needed) {
    case Role::Viewer: return "you cannot read this notebook";
    case Role::Commenter: return "you can read this notebook, but not comment on it";
    case Role::Editor: return "you can read this notebook, but neither change nor run it";
    case Role::Owner: break;
  }
  return "only the owner of this notebook can do that";
}

}  // namespace

std::optional<Instant> nextExpiryOf(const std::vector<Share>& shares, Instant now) {
  std::optional<Instant> next;
  for (const auto& share : shares) {
    if (share.expiresAt && *share.expiresAt > now) next = std::min(next.value_or(*share.expiresAt), *share.expiresAt);
  }
  return next;
}

Documents::Documents(Executor executor, Below below, Keep keep)
    : impl_(std::make_unique<Impl>(std::move(executor), below, std::move(keep))) {}
Documents::~Documents() = default;

void Documents::onRun(MayRun mayRun) { impl_->running.mayRun = std::move(mayRun); }

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
  const auto id = DocumentId::make();
  CO_TRY(auto first, co_await impl.pool.runResult(
                         [bytes = std::move(file.bytes), id, &outputs = impl.outputs] { return firstUpdateOf(bytes, id, outputs); }));
  Record record{.id = id,
      .account = of,
      .path = file.path,
      .session = randomUuid(),
      .fileHash = file.hash,
      .savedThrough = 1,
      .writingHash = {},
      .writingThrough = 0};
  impl.fresh.keep(id, first);
  if (auto added = co_await impl.store.add(record, std::move(first)); !added) {
    impl.fresh.take(id);
    co_return std::unexpected(std::move(added).error());
  }
  co_return Opened{record.id, record.session, true};
}

Task<Result<std::shared_ptr<Live>>> Documents::Impl::enter(Record record) {
  const auto held = co_await turnFor(record.account, record.path);
  const auto found = live.find(record.id);
  if (found != live.end()) co_return found->second;
  co_return co_await load(std::move(record));
}

Task<Result<Documents::Impl::Access>> Documents::Impl::accessOf(DocumentId id, Visitor by) {
  CO_TRY(auto record, co_await store.find(id));
  if (!record) co_return fail(Code::NotFound, "there is no document {}; ask for a session first", id.text());
  if (isInTrash(*record)) co_return fail(Code::NotFound, "this notebook is in its owner's trash");
  if (by.account == record->account) co_return Access{*std::move(record), Role::Owner, by.most, true, {}};
  CO_TRY(const auto given, co_await shares.list(id));
  CO_TRY(const auto person, co_await personOf(by.account, std::ranges::find(given, Whom::Group, &Share::whom) != given.end()));
  const auto granted = roleOf(*record, given, person, clock.now());
  if (!granted && by.account) co_return fail(Code::Denied, "this notebook is not shared with you; ask its owner for access");
  if (!granted) co_return fail(Code::Unauthenticated, "sign in to open this notebook");
  const bool usesRuntime = mayUseRuntime(*record, given, person, clock.now());
  co_return Access{*std::move(record), *granted, std::min(*granted, by.most), usesRuntime, nextExpiryOf(given, clock.now())};
}

Task<Result<Person>> Documents::Impl::personOf(std::optional<AccountId> account, bool withGroups) {
  Person person{.account = std::move(account), .groups = {}};
  if (person.account && withGroups) {
    CO_TRY(person.groups, co_await groups.idsOf(*person.account));
  }
  co_return person;
}

Task<Result<Documents::Impl::Access>> Documents::Impl::accessAs(Role needed, DocumentId id, Visitor by) {
  CO_TRY(auto access, co_await accessOf(std::move(id), std::move(by)));
  if (access.role < needed) co_return fail(Code::Denied, "{}", lacking(needed));
  co_return access;
}

Task<Result<Documents::Impl::Entered>> Documents::Impl::enterAs(Role needed, DocumentId id, Visitor by) {
  CO_TRY(auto access, co_await accessAs(needed, id, by));
  co_return co_await enterWith(std::move(access), std::move(by));
}

Task<Result<Documents::Impl::Entered>> Documents::Impl::enterWith(Access access, Visitor by) {
  CO_TRY(auto entered, co_await enter(std::move(access.record)));
  if (access.nextExpiry) entered->nextExpiry = access.nextExpiry;
  by.role = access.role;
  by.mayUseRuntime = access.mayUseRuntime;
  co_return Entered{std::move(entered), std::move(by)};
}

Task<Result<std::shared_ptr<Live>>> Documents::Impl::load(Record record) {
  std::vector<LogEntry> entries;
  if (auto first = fresh.take(record.id)) {
    entries.push_back({.document = record.id, .number = 1, .update = *std::move(first)});
  } else {
    CO_TRY(entries, co_await store.readLog(record.id));
  }
  CO_TRY(auto replayed, co_await pool.runResult([entries = std::move(entries)]() mutable { return replay(std::move(entries)); }));
  // A crash in the middle of writing the file: it was written, or it was not.
  if (record.writingHash) {
    const auto file = co_await contents.read(record.account, record.path);
    if (file && file->hash == *record.writingHash) {
      record.fileHash = *record.writingHash;
      record.savedThrough = record.writingThrough;
      // At once: a crash in the middle of the next writing would leave a file that is neither, and be taken for somebody else's change.
      CO_TRY(co_await store.endSaving({record.id, record.fileHash, record.savedThrough}, std::nullopt));
    }
  }
  auto made = std::make_shared<Live>();
  made->room = std::make_shared<Room>(executor, record, std::move(replayed.document), replayed.last, log);
  made->room->knowWhole(std::move(replayed.whole));
  made->keeper =
      std::make_unique<Keeper>(executor, made->room, replayed.size, Keeping{contents, store, log, clock, pool, watches, outputs});
  // Fails when the file is no notebook any more: the document is there all the same, and says so.
  static_cast<void>(co_await made->keeper->settleFirst());
  made->keeper->begin();
  auto left = leftRuns.extract(record.id);
  made->runs = std::make_unique<Runners>(executor, made->room, left ? std::move(left.mapped()) : std::vector<Run>{}, running);
  made->runs->begin();
  made->history = std::make_unique<History>(executor, made->room, Remembering{revisionStore, clock, pool, store, outputs});
  made->history->begin();
  live.insert_or_assign(record.id, made);
  co_return made;
}

Task<> Documents::serve(DocumentId id, std::string session, Visitor visitor, std::shared_ptr<net::WebSocket> socket) {
  auto entered = co_await impl_->enterAs(Role::Viewer, id, std::move(visitor));
  if (!entered) {
    log::info("document.not_joined", {{"document", id.text()}, {"error", entered.error().message}});
    co_return co_await socket->close(net::closeCodeOf(entered.error().code), entered.error().message);
  }
  const auto room = entered->live->room;
  entered->live.reset();  // it may be forgotten while somebody is in its room; that closes the room
  if (room->record().session != session) {
    const json::object reason{{"reason", "unknown_session"}, {"sessionId", room->record().session}, {"reloadable", true}};
    co_return co_await socket->close(1003, json::serialize(reason));
  }
  const auto save = [this, id]() -> Task<Result<>> {
    const auto found = impl_->live.find(id);
    if (found == impl_->live.end()) co_return fail(Code::NotFound, "the document is not there any more");
    const auto kept = found->second;
    co_return co_await kept->keeper->settle();
  };
  auto notices = co_await impl_->noticesFor(id, entered->visitor);
  co_await room->serve(std::move(entered->visitor), std::move(socket), save, std::move(notices));
}

// What our page is told when it comes: how the cells ran that are there, and whether somebody said something.
Task<std::vector<json::object>> Documents::Impl::noticesFor(DocumentId id, Visitor visitor) {
  std::vector<json::object> notices;
  if (!visitor.hearsNotices || !visitor.account) co_return notices;
  if (const auto last = co_await runStore.listLast(id); last && !last->empty()) {
    json::array runs;
    for (const auto& run : *last) runs.push_back(noticeOf(run));
    notices.push_back({{"type", "last-runs"}, {"runs", std::move(runs)}});
  }
  if (const auto count = co_await comments.count(id); count && *count > 0) notices.push_back({{"type", "comments"}, {"greeting", true}});
  co_return notices;
}

Task<> Documents::serveAwareness(Visitor visitor, std::shared_ptr<net::WebSocket> socket) {
  auto& known = impl_->lobbies[visitor.account.value()];
  auto room = known.lock();
  if (room == nullptr) known = room = std::make_shared<Room>(impl_->executor, Record{}, ydoc::Document(randomClient()), 0, impl_->log);
  visitor.role = Role::Viewer;
  co_await room->serve(std::move(visitor), std::move(socket), []() -> Task<Result<>> { co_return Result<>{}; });
}

// ---- running ----

Task<Result<std::vector<Queued>>> Documents::run(DocumentId id, Visitor by, std::vector<CellWish> cells, KernelChoice kernel) {
  CO_TRY(const auto entered, co_await impl_->enterAs(Role::Editor, id, std::move(by)));
  CO_TRY(const auto runs, co_await entered.live->runs->queue(entered.visitor, std::move(cells), std::move(kernel)));
  std::vector<Queued> queued;
  for (const auto& run : runs) {
    impl_->runPlaces.add(run.id, id);
    queued.push_back({run.id, run.cell});
  }
  co_return queued;
}

Task<Result<RunReport>> Documents::reportRun(Visitor by, std::string run) {
  const auto* place = impl_->runPlaces.find(run);
  if (place == nullptr) co_return fail(Code::NotFound, "there is no run '{}' (any more)", run);
  CO_TRY(const auto entered, co_await impl_->enterAs(Role::Viewer, *place, std::move(by)));
  const auto& room = entered.live->room;
  auto report = entered.live->runs->report(run);
  if (!report) co_return fail(Code::NotFound, "there is no run '{}' (any more)", run);
  report->document = room->record().id;
  report->path = room->record().path;
  const auto held = co_await room->turn();
  CO_TRY(const auto notebook, co_await impl_->pool.runResult([room, &outputs = impl_->outputs] { return readWhole(*room, outputs); }));
  for (const auto& cell : notebook.at("cells").as_array()) {
    const auto* outputs = cell.as_object().if_contains("outputs");
    if (cell.at("id") == json::string(report->cell) && outputs != nullptr) report->outputs = outputs->as_array();
  }
  co_return *std::move(report);
}

Task<Result<>> Documents::cancelRuns(DocumentId id, Visitor by) {
  CO_TRY(const auto entered, co_await impl_->enterAs(Role::Editor, id, std::move(by)));
  co_return co_await entered.live->runs->cancel(entered.visitor);
}

Task<Result<>> Documents::answerInput(DocumentId id, Visitor by, std::string run, std::string value) {
  CO_TRY(const auto entered, co_await impl_->enterAs(Role::Editor, id, std::move(by)));
  co_return co_await entered.live->runs->answer(entered.visitor, std::move(run), std::move(value));
}

Task<Result<std::vector<LastRun>>> Documents::listLastRuns(DocumentId id, Visitor by) {
  CO_TRY(const auto access, co_await impl_->accessOf(id, std::move(by)));
  co_return co_await impl_->runStore.listLast(access.record.id);
}

Task<Result<std::string>> Documents::readRest(DocumentId id, Visitor by, std::string run) {
  CO_TRY(const auto access, co_await impl_->accessOf(id, std::move(by)));
  CO_TRY(auto text, co_await impl_->runStore.readRest(access.record.id, run));
  if (text.empty()) co_return fail(Code::NotFound, "there is no more output of run '{}' (any more)", run);
  co_return text;
}

Task<Result<net::FileBody>> Documents::openOutput(DocumentId id, Visitor by, std::string hash) {
  CO_TRY(const auto access, co_await impl_->accessOf(id, std::move(by)));
  co_return co_await impl_->pool.runResult(
      [&outputs = impl_->outputs, id = access.record.id, hash = std::move(hash)] { return outputs.open(id, hash); });
}

Task<Result<>> Documents::adoptOutputs(DocumentId id, Visitor by, DocumentId from, std::vector<std::string> hashes) {
  CO_TRY(const auto access, co_await impl_->accessAs(Role::Editor, id, by));
  CO_TRY(const auto other, co_await impl_->accessOf(from, std::move(by)));
  co_return co_await impl_->pool.runResult([&outputs = impl_->outputs, id = access.record.id, from = other.record.id,
                                               hashes = std::move(hashes)] { return outputs.adopt(id, from, hashes); });
}

// ---- earlier states ----

// What was taken out of a notebook is for those alone who could have seen it: not for who was given it to read.
Task<Result<Documents::Impl::Entered>> Documents::Impl::enterToRemember(DocumentId id, Visitor by) {
  CO_TRY(auto access, co_await accessOf(id, by));
  if (access.granted < Role::Editor) co_return fail(Code::Denied, "earlier versions are for the owner and the editors of a notebook");
  co_return co_await enterWith(std::move(access), std::move(by));
}

Task<Result<std::vector<Revision>>> Documents::listRevisions(DocumentId id, Visitor by) {
  CO_TRY(const auto entered, co_await impl_->enterToRemember(id, std::move(by)));
  co_return co_await entered.live->history->list();
}

Task<Result<json::object>> Documents::readRevision(DocumentId id, Visitor by, std::string revision) {
  CO_TRY(const auto entered, co_await impl_->enterToRemember(id, std::move(by)));
  co_return co_await entered.live->history->read(std::move(revision));
}

Task<Result<json::object>> Documents::readNotebook(DocumentId id, Visitor by) {
  CO_TRY(const auto entered, co_await impl_->enterAs(Role::Viewer, id, std::move(by)));
  const auto& room = entered.live->room;
  const auto held = co_await room->turn();
  co_return co_await impl_->pool.runResult([room, &outputs = impl_->outputs] { return readWhole(*room, outputs); });
}

Task<Result<Revision>> Documents::nameRevision(DocumentId id, Visitor by, std::string name) {
  CO_TRY(const auto entered, co_await impl_->enterAs(Role::Editor, id, std::move(by)));
  co_return co_await entered.live->history->name(std::move(name), entered.visitor);
}

Task<Result<>> Documents::restoreRevision(DocumentId id, Visitor by, std::string revision, std::optional<std::string> cell) {
  CO_TRY(const auto entered, co_await impl_->enterAs(Role::Editor, id, std::move(by)));
  co_return co_await entered.live->history->restore(std::move(revision), std::move(cell), entered.visitor);
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
  CO_TRY(co_await impl_->running.sessions.moved(of, from, model.path));
  co_return model;
}

Task<Result<contents::TrashId>> Documents::remove(AccountId of, std::string from) {
  const auto going = impl_->at(of, from);
  co_await settle(of, from);
  std::vector<Turn::Held> holds;
  for (const auto& one : going) holds.push_back(co_await one->keeper->hold());
  CO_TRY(auto trashed, co_await impl_->contents.remove(of, from));
  CO_TRY(co_await impl_->store.trash(of, from, trashed));
  holds.clear();
  for (const auto& one : going) co_await impl_->removeLive(one);
  co_return trashed;
}

Task<Result<contents::Model>> Documents::restore(AccountId of, contents::TrashId id) {
  CO_TRY(auto model, co_await impl_->contents.restore(of, id));
  CO_TRY(co_await impl_->store.restore(of, std::move(id), model.path));
  co_return model;
}

Task<Result<>> Documents::forgetPurged(std::optional<AccountId> of) {
  CO_TRY(auto trashed, co_await impl_->store.listTrashed(std::move(of)));
  std::map<AccountId, std::set<contents::TrashId>> there;
  for (const auto& one : trashed) {
    if (there.contains(one.account)) continue;
    CO_TRY(const auto entries, co_await impl_->contents.listTrash(one.account));
    auto& ids = there[one.account];
    for (const auto& entry : entries) ids.insert(entry.id);
  }
  bool isPurged = false;
  for (const auto& one : trashed) {
    if (there[one.account].contains(one.id)) continue;
    CO_TRY(co_await impl_->store.purge(one));
    isPurged = true;
  }
  if (!isPurged) co_return Result<>{};
  co_return co_await impl_->forgetOutputs();
}

Task<Result<>> Documents::Impl::forgetOutputs() {
  CO_TRY(const auto kept, co_await pool.run([this] { return outputs.listDocuments(); }));
  for (const auto& id : kept) {
    CO_TRY(const auto record, co_await store.find(id));
    if (record) continue;
    CO_TRY(co_await pool.runResult([this, id]() -> Result<> {
      outputs.forget(id);
      return {};
    }));
  }
  co_return Result<>{};
}

// Of a document that nobody has open.
Task<> Documents::Impl::sweepOutputs(std::shared_ptr<Room> left) {
  static_cast<void>(co_await pool.runResult([this, left, now = clock.now()]() -> Result<> {
    TRY(const auto notebook, left->document().readNotebook());
    outputs.sweep(left->record().id, notebook, now);
    return {};
  }));
}

Task<> Documents::Impl::removeLive(std::shared_ptr<Live> gone, std::string_view why) {
  live.erase(gone->room->record().id);
  co_await Live::stop(gone);
  gone->room->tell({{"type", "removed"}, {"message", why}});
  gone->room->end(net::closeCodeOf(Code::NotFound), std::string(why));
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
  auto record = co_await store.find(id);
  Result<std::shared_ptr<Live>> entered = fail(Code::NotFound, "it is gone");
  if (!record) entered = std::unexpected(record.error());
  if (record && *record) entered = co_await enter(**std::move(record));
  if (!entered) log::warning("document.not_restored", {{"document", id.text()}, {"error", entered.error().message}});
}

Task<> Documents::Impl::makeRounds() {
  for (;;) {
    co_await clock.sleep(kBetweenRounds);
    fresh.age();
    co_await forgetLeft();
    co_await endExpired();
  }
}

Task<> Documents::Impl::forgetLeft() {
  std::vector<std::shared_ptr<Live>> left;
  for (auto at = live.begin(); at != live.end();) {
    auto& one = *at->second;
    if (!one.isLeft() || at->second.use_count() > 1) {
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
  for (const auto& one : left) {
    co_await Live::stop(one);
    co_await sweepOutputs(one->room);
  }
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
  co_await impl_->watches.close();
  co_await impl_->log.close();
}

}  // namespace allmende::documents
