#include "server/documents/keeper.h"

#include "lib/base/log.h"
#include "lib/base/sha256.h"
#include "server/documents/merging.h"
#include "server/documents/notebook.h"

namespace allmende::documents {
namespace {

constexpr Duration kPause{1'000};
constexpr Duration kBetweenLooks{30'000};  // at a file that is watched
constexpr Duration kBetweenLooksUnwatched{1'000};
constexpr Duration kLongestUnsaved{10'000};
constexpr Duration kFirstRetry{2'000};
constexpr Duration kLongestRetry{60'000};
constexpr Duration kPatienceForLog{10'000};
constexpr int kMostTries = 3;                              // against somebody who writes the file again and again
constexpr std::size_t kSmallLog = std::size_t{64} << 10U;  // is not worth a snapshot

// Of a merge: the same for the same file upon the same log, so that a merge that is done again after a crash changes nothing.
std::uint64_t clientFor(const std::string& session, std::int64_t through, const std::string& fileHash) {
  const auto hash = sha256Of(fmt::format("{} {} {}", session, through, fileHash));
  return std::stoull(hash.substr(0, 13), nullptr, 16) | 1U;
}

struct Merge {
  std::vector<LogEntry> log;
  std::int64_t through = 0;  // as far as the log was in the file
  std::uint64_t client = 0;
  std::string file;
};

struct Merged {
  std::string update;  // the change that was made to the document; empty when that holds what the file has
  std::vector<std::string> conflicts;
};

Result<Merged> mergeInto(Room& room, const Merge& merge, const LargeOutputs& outputs) {
  auto& document = room.document();
  TRY(auto ours, document.readNotebook());
  TRY(auto theirs, notebookOfFile(merge.file, ours));
  TRY(outputs.takeOutAll(room.record().id, theirs));
  TRY(const auto text, fileOfNotebook(ours));
  TRY(const auto theirText, fileOfNotebook(theirs));
  if (text == theirText) return Merged{};
  ydoc::Document base(merge.client);
  for (const auto& entry : merge.log) {
    if (entry.number > merge.through) break;
    TRY(base.apply(entry.update));
  }
  TRY(const auto before, base.readNotebook());
  auto reconciled = reconcile(before, ours, std::move(theirs));
  TRY(auto update, base.becomeNotebook(reconciled.wanted));
  if (!update.empty()) {
    TRY(document.apply(update));
  }
  return Merged{std::move(update), std::move(reconciled.conflicts)};
}

}  // namespace

Keeper::Keeper(Executor executor, std::shared_ptr<Room> room, LogSize size, Keeping keeping)
    : room_(std::move(room)),
      keeping_(keeping),
      size_(size),
      fileHash_(room_->record().fileHash),
      recordedHash_(fileHash_),
      savedThrough_(room_->record().savedThrough),
      fileNews_(executor),
      turn_(executor),
      tasks_(executor) {}

void Keeper::begin() {
  tasks_.spawn("keep a document's file", run());
  tasks_.spawn("watch a document's file", watchFile());
}
Task<> Keeper::stop() { co_await tasks_.close(); }

Task<> Keeper::run() {
  auto retry = kFirstRetry;
  for (;;) {
    while (room_->last() == savedThrough_ && !trouble_) co_await room_->news().wait();
    co_await pause();
    const bool hadTrouble = trouble_.has_value();
    const auto saved = co_await settle();
    if (saved && !hadTrouble) {
      retry = kFirstRetry;
      continue;
    }
    if (!saved) {
      co_await keeping_.clock.sleep(retry);
      retry = std::min(retry * 2, kLongestRetry);
    }
  }
}

Task<> Keeper::watchFile() {
  for (;;) {
    while (room_->isEmpty()) co_await room_->news().wait();
    const auto path = room_->record().path;
    const auto ticket = co_await watchAt(path);
    co_await lookAtFile();  // what was written before it was watched
    while (!room_->isEmpty() && room_->record().path == path) {
      if (!fileChanged_) co_await fileNews_.waitFor(ticket ? kBetweenLooks : kBetweenLooksUnwatched);
      if (std::exchange(fileChanged_, false)) {
        static_cast<void>(co_await settle());
      } else {
        co_await lookAtFile();
      }
      if (!ticket) break;
    }
  }
}

// None when it cannot be watched.
Task<FolderWatch::Ticket> Keeper::watchAt(std::string path) {
  const auto folder = co_await keeping_.contents.openFolderOf(room_->record().account, path);
  if (!folder) co_return FolderWatch::Ticket();
  auto ticket = keeping_.watches.watch(**folder, fileNameOf(path), [this] {
    fileChanged_ = true;
    fileNews_.notifyAll();
  });
  co_return ticket ? *std::move(ticket) : FolderWatch::Ticket();
}

Task<> Keeper::lookAtFile() {
  const auto& record = room_->record();
  const auto file = co_await keeping_.contents.get(record.account, record.path, {.type = {}, .format = {}, .content = false});
  if (!file || std::exchange(seenModified_, file->lastModified) == file->lastModified) co_return;
  if (!co_await settle()) seenModified_ = {};  // it may have been half written
}

// Until nothing has changed for a second.
Task<> Keeper::pause() {
  const auto begun = keeping_.clock.sinceStart();
  std::int64_t seen = 0;
  do {
    seen = room_->last();
    co_await keeping_.clock.sleep(kPause);
  } while (room_->last() != seen && keeping_.clock.sinceStart() - begun < kLongestUnsaved);
}

Task<Result<>> Keeper::settle() {
  const auto held = co_await turn_.take();
  auto saved = co_await save();
  tellFile(saved);
  co_return saved;
}

Task<Result<>> Keeper::settleFirst() {
  const auto& record = room_->record();
  const auto file = co_await keeping_.contents.get(record.account, record.path, {.type = {}, .format = {}, .content = false});
  if (file) seenModified_ = file->lastModified;  // before it is read: what comes in between is looked at again
  auto settled = co_await settle();
  if (!settled) seenModified_ = {};
  co_return settled;
}

void Keeper::tellFile(const Result<>& saved) {
  if (saved) {
    trouble_.reset();
    room_->tell({{"type", "file"}, {"state", "written"}});
    return;
  }
  if (!trouble_ || *trouble_ != saved.error()) {
    const auto& record = room_->record();
    log::warning("document.not_saved", {{"document", record.id.text()}, {"path", record.path}, {"error", saved.error().message}});
    room_->tellEach([&](const Visitor& visitor) -> json::object {
      const bool isOwner = visitor.account == record.account;
      return {{"type", "file"}, {"state", "failed"}, {"message", isOwner ? saved.error().message : "its owner's drive does not take it"}};
    });
  }
  trouble_ = saved.error();
}

Task<Result<>> Keeper::save() {
  for (int i = 0; i < kMostTries; ++i) {
    CO_TRY(co_await takeFile());
    if (isRecorded({room_->record().id, fileHash_, room_->last()})) co_return Result<>{};
    CO_TRY(auto next, co_await draft());
    CO_TRY(const bool written, co_await write(std::move(next)));
    if (written) co_return Result<>{};
  }
  co_return fail(Code::Conflict, "'{}' is being written by somebody else all the time", room_->record().path);
}

bool Keeper::isRecorded(const Saving& saving) const { return saving.hash == recordedHash_ && saving.through == savedThrough_; }

// ---- from the document to the file ----

Task<Result<Keeper::Draft>> Keeper::draft() {
  const auto held = co_await room_->turn();
  const auto through = room_->last();
  const auto grown = size_.others + room_->bytesAdded() - bytesAtSnapshot_;
  const bool compact = grown > std::max(size_.snapshot, kSmallLog);
  const auto counted = room_->bytesAdded();
  co_return co_await keeping_.pool.runResult([room = room_, through, compact, counted, &outputs = keeping_.outputs]() -> Result<Draft> {
    TRY(auto notebook, readWhole(*room, outputs));
    TRY(auto text, fileOfNotebook(std::move(notebook)));
    auto hash = sha256Of(text);
    Draft draft{.text = std::move(text), .hash = std::move(hash), .through = through, .snapshot = {}, .bytesAdded = counted};
    if (compact) {
      TRY(draft.snapshot, room->document().changesSince(""));
    }
    return draft;
  });
}

// False when somebody else has written the file in the meantime.
Task<Result<bool>> Keeper::write(Draft draft) {
  const auto record = room_->record();
  const Saving saving{.document = record.id, .hash = draft.hash, .through = draft.through};
  CO_TRY(co_await keeping_.log.settled(kPatienceForLog));
  if (draft.hash != fileHash_) {
    CO_TRY(co_await keeping_.store.beginSaving(saving));
    auto replaced = co_await keeping_.contents.replace(record.account, record.path, std::move(draft.text), fileHash_);
    if (!replaced && replaced.error().code == Code::Conflict) co_return false;
    if (!replaced) co_return std::unexpected(std::move(replaced).error());
    fileHash_ = saving.hash;
  }
  const auto snapshotBytes = draft.snapshot ? std::optional(draft.snapshot->size()) : std::nullopt;
  CO_TRY(co_await keeping_.store.endSaving(saving, std::move(draft.snapshot)));
  if (snapshotBytes) {
    size_ = {.snapshot = *snapshotBytes, .others = 0};
    bytesAtSnapshot_ = draft.bytesAdded;
  }
  recordedHash_ = saving.hash;
  savedThrough_ = saving.through;
  co_return true;
}

// ---- from the file to the document ----

// What somebody else changed in the file since it was last read or written here, is changed in the document as it was then; Yjs merges that
// with what has been changed in the document since.
Task<Result<>> Keeper::takeFile() {
  const auto record = room_->record();
  auto file = co_await keeping_.contents.read(record.account, record.path);
  if (!file && file.error().code == Code::NotFound) {
    fileHash_.clear();  // then it is written anew
    co_return Result<>{};
  }
  if (!file) co_return std::unexpected(std::move(file).error());
  if (file->hash == fileHash_) co_return Result<>{};
  CO_TRY(auto log, co_await keeping_.store.readLog(record.id));
  const auto held = co_await room_->turn();
  Merge merge{.log = std::move(log),
      .through = savedThrough_,
      .client = clientFor(record.session, savedThrough_, file->hash),
      .file = std::move(file->bytes)};
  auto merged = co_await keeping_.pool.runResult(
      [room = room_, merge = std::move(merge), &outputs = keeping_.outputs] { return mergeInto(*room, merge, outputs); });
  if (!merged) co_return during("the file was changed by somebody else", Result<>(std::unexpected(merged.error())));
  if (!merged->update.empty()) room_->add(std::move(merged->update));
  if (!merged->conflicts.empty()) {
    const auto* words = "the file was changed elsewhere in the same place; what stood there follows in a cell of its own";
    room_->tell({{"type", "conflict"}, {"cells", json::value_from(merged->conflicts)}, {"message", words}});
  }
  fileHash_ = file->hash;
  co_return Result<>{};
}

}  // namespace allmende::documents
