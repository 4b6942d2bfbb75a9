#include "server/documents/history.h"

#include "lib/base/log.h"

namespace allmende::documents {
namespace {

constexpr Duration kPause{10'000};
constexpr Duration kLongestPause{600'000};  // of what never pauses, as a cell that prints for hours
constexpr Duration kBetween{60'000};
constexpr Duration kRetry{30'000};
constexpr std::size_t kMostDeep = 512;

std::string joined(const std::set<std::string>& names) { return fmt::format("{}", fmt::join(names, ", ")); }

}  // namespace

History::History(Executor executor, std::shared_ptr<Room> room, Remembering remembering)
    : room_(std::move(room)),
      remembering_(remembering),
      keptThrough_(room_->last()),
      opened_(room_->last()),
      turn_(executor),
      tasks_(executor) {}

void History::begin() { tasks_.spawn("keep earlier states of a document", run()); }

Task<> History::stop() {
  co_await tasks_.close();
  if (room_->last() == keptThrough_) co_return;
  static_cast<void>(co_await keepOpened());
  static_cast<void>(co_await keep({"edited", ""}));
}

Task<> History::run() {
  const auto retryLater = [&](const Error& error) -> Task<> {
    log::warning("history.not_kept", {{"document", room_->record().id.text()}, {"error", error.message}});
    co_await remembering_.clock.sleep(kRetry);
  };
  for (;;) {
    while (room_->last() == keptThrough_) co_await room_->news().wait();
    if (auto kept = co_await keepOpened(); !kept) {
      co_await retryLater(kept.error());
      continue;
    }
    co_await pause();
    if (auto kept = co_await keep({"edited", ""}); !kept) co_await retryLater(kept.error());
  }
}

// As it was when it was opened: also what changed while nobody looked.
Task<Result<>> History::keepOpened() {
  const auto held = co_await turn_.take();
  if (!opened_) co_return Result<>{};
  CO_TRY(auto state, co_await readOpened(*opened_));
  CO_TRY(co_await keepState({"opened", ""}, std::move(state)));
  opened_.reset();
  co_return Result<>{};
}

// Out of the log, or as it is now when that has been joined since.
Task<Result<History::State>> History::readOpened(std::int64_t through) {
  CO_TRY(auto entries, co_await remembering_.log.readLog(room_->record().id));
  std::erase_if(entries, [&](const auto& entry) { return entry.number > through; });
  if (entries.empty() || entries.back().number != through) co_return co_await readNow();
  CO_TRY(auto notebook, co_await remembering_.pool.runResult([entries = std::move(entries), id = room_->record().id,
                                                                 &outputs = remembering_.outputs]() -> Result<json::object> {
    ydoc::Document document(ydoc::Document::kLoader);
    for (const auto& entry : entries) {
      TRY(document.load(entry.update));
    }
    TRY(auto notebook, document.readNotebook());
    outputs.putBackAll(id, notebook);
    return notebook;
  }));
  co_return State{.notebook = std::move(notebook), .through = through, .authors = {}};
}

Task<Result<History::State>> History::readNow() {
  const auto held = co_await room_->turn();
  State state{.notebook = {}, .through = room_->last(), .authors = room_->takeAuthors()};
  CO_TRY(state.notebook,
      co_await remembering_.pool.runResult([room = room_, &outputs = remembering_.outputs] { return readWhole(*room, outputs); }));
  co_return state;
}

// Until nothing has changed for a while, and not before the last revision is a minute old.
Task<> History::pause() {
  auto& clock = remembering_.clock;
  const auto begun = clock.sinceStart();
  std::int64_t seen = 0;
  do {
    seen = room_->last();
    co_await clock.sleep(kPause);
  } while (room_->last() != seen && clock.sinceStart() - begun < kLongestPause);
  const auto age = latest_ ? clock.now() - latest_->madeAt : kBetween;
  if (age < kBetween && age >= Duration{0}) co_await clock.sleep(kBetween - age);
}

// ---- keeping ----

Task<Result<Revision>> History::keep(Wish wish) {
  const auto held = co_await turn_.take();
  co_return co_await keepHeld(std::move(wish));
}

Task<Result<>> History::take() {
  if (isKnown_) co_return Result<>{};
  const auto& id = room_->record().id;
  CO_TRY(auto revisions, co_await remembering_.store.list(id));
  CO_TRY(parts_, co_await remembering_.store.partsOf(id));
  if (!revisions.empty()) {
    CO_TRY(latestList_, co_await readList(revisions.back().content));
    latest_ = std::move(revisions.back());
  }
  isKnown_ = true;
  co_return Result<>{};
}

Task<Result<Revision>> History::keepHeld(Wish wish) {
  CO_TRY(auto state, co_await readNow());
  co_return co_await keepState(std::move(wish), std::move(state));
}

Task<Result<Revision>> History::keepState(Wish wish, State state) {
  CO_TRY(co_await take());
  struct Taken {
    Parts parts;
    json::object list;
  };
  CO_TRY(auto taken, co_await remembering_.pool.runResult([notebook = std::move(state.notebook)]() mutable -> Result<Taken> {
    Taken made{partsOf(std::move(notebook)), {}};
    TRY(made.list, parseJsonObject(made.parts.texts.at(made.parts.content), kMostDeep));
    return made;
  }));
  keptThrough_ = state.through;
  if (latest_ && latest_->content == taken.parts.content && wish.name.empty()) co_return *latest_;
  Revision revision{.id = randomUuid(),
      .madeAt = nextMoment(),
      .authors = joined(state.authors),
      .name = std::move(wish.name),
      .reason = std::move(wish.reason),
      .changes = latest_ ? changesBetween(latestList_, taken.list) : CellChanges{},
      .content = taken.parts.content};
  std::erase_if(taken.parts.texts, [&](const auto& part) { return parts_->contains(part.first); });
  std::set<std::string> added;
  for (const auto& [hash, text] : taken.parts.texts) added.insert(hash);
  auto stored = co_await remembering_.store.add(room_->record().id, revision, std::move(taken.parts.texts));
  if (!stored) {
    keptThrough_ = -1;
    co_return std::unexpected(std::move(stored).error());
  }
  parts_->merge(added);
  latest_ = revision;
  latestList_ = std::move(taken.list);
  CO_TRY(co_await thinOut());
  co_return revision;
}

// Revisions are in the order of their times, whatever the clock does.
Instant History::nextMoment() const {
  const auto now = remembering_.clock.now();
  return latest_ ? std::max(now, latest_->madeAt + Duration{1}) : now;
}

Task<Result<>> History::thinOut() {
  const auto& id = room_->record().id;
  CO_TRY(auto revisions, co_await remembering_.store.list(id));
  auto gone = superfluous(revisions, remembering_.clock.now());
  if (gone.empty()) co_return Result<>{};
  auto unneeded = *parts_;
  for (const auto& revision : revisions) {
    if (std::ranges::find(gone, revision.id) != gone.end()) continue;
    CO_TRY(const auto list, co_await readList(revision.content));
    CO_TRY(const auto cells, cellsInList(list));
    unneeded.erase(revision.content);
    for (const auto& hash : cells) unneeded.erase(hash);
  }
  CO_TRY(co_await remembering_.store.remove(id, std::move(gone), {unneeded.begin(), unneeded.end()}));
  for (const auto& hash : unneeded) parts_->erase(hash);
  co_return Result<>{};
}

// ---- looking back ----

Task<Result<json::object>> History::readList(std::string content) {
  CO_TRY(const auto texts, co_await remembering_.store.readParts(room_->record().id, {content}));
  const auto found = texts.find(content);
  if (found == texts.end()) co_return fail(Code::Internal, "the list of cells {} of a revision is missing", content);
  co_return parseJsonObject(found->second, kMostDeep);
}

Task<Result<std::vector<Revision>>> History::list() {
  CO_TRY(co_await keepOpened());
  co_return co_await remembering_.store.list(room_->record().id);
}

Task<Result<json::object>> History::read(std::string revision) {
  CO_TRY(const auto revisions, co_await remembering_.store.list(room_->record().id));
  const auto found = std::ranges::find(revisions, revision, &Revision::id);
  if (found == revisions.end()) co_return fail(Code::NotFound, "there is no revision '{}' of this notebook (any more)", revision);
  CO_TRY(const auto list, co_await readList(found->content));
  CO_TRY(auto cells, cellsInList(list));
  CO_TRY(const auto texts, co_await remembering_.store.readParts(room_->record().id, std::move(cells)));
  co_return notebookOf(list, texts);
}

Task<Result<Revision>> History::name(std::string name, Visitor by) {
  if (name.find_first_not_of(" \t\r\n") == std::string::npos || name.size() > kLongestName)
    co_return fail(Code::InvalidInput, "a name has 1 to {} bytes, not {}", kLongestName, name.size());
  CO_TRY(co_await keepOpened());
  room_->addAuthor(by.name);
  co_return co_await keep({"named", std::move(name)});
}

Task<Result<>> History::restore(std::string revision, std::optional<std::string> cell, Visitor by) {
  CO_TRY(co_await keepOpened());
  const auto held = co_await turn_.take();
  CO_TRY(auto earlier, co_await read(std::move(revision)));
  CO_TRY(co_await keepHeld({"restoring", ""}));
  {
    const auto writing = co_await room_->turn();
    CO_TRY(auto update, co_await remembering_.pool.runResult([room = room_, earlier = std::move(earlier), cell = std::move(cell),
                                                                 &outputs = remembering_.outputs]() mutable -> Result<std::string> {
      TRY(outputs.takeOutAll(room->record().id, earlier));
      if (!cell) return room->document().becomeNotebook(earlier);
      TRY(auto ours, room->document().readNotebook());
      TRY(const auto wanted, withCellOf(std::move(ours), earlier, *cell));
      return room->document().becomeNotebook(wanted);
    }));
    room_->addAuthor(by.name);
    room_->add(std::move(update));
  }
  CO_TRY(co_await keepHeld({"restored", ""}));
  co_return Result<>{};
}

}  // namespace allmende::documents
