// Contents: the trash, where the disk and the table meet.
//
// The entry is written before the move and removed after the way back, so that a crash in between leaves an entry of nothing, which the
// next touch removes, and never something that nobody finds.

#include <filesystem>

#include "lib/base/log.h"
#include "server/contents/contents_impl.h"
#include "server/contents/reading.h"
#include "server/contents/trash.h"

namespace allmende::contents {
namespace {

constexpr int kMostSwept = 10'000;  // in one round

Result<Trashed> trashedOf(const store::Row& row) {
  TRY(auto id, TrashId::parse(row.text(0)));
  return Trashed{std::move(id), row.text(1), row.text(2), row.number(3), row.instant(4), row.instant(5)};
}

}  // namespace

Task<Result<TrashId>> Contents::remove(AccountId of, std::string path) {
  struct Found {
    std::string path;
    Doomed doomed;
  };
  CO_TRY(const auto found, co_await impl_->on(of, path, [](const Space& space, const DrivePath& place) -> Result<Found> {
    TRY(auto doomed, lookAtDoomed(space, place));
    return Found{place.text(), std::move(doomed)};
  }));
  const auto id = TrashId::make();
  const auto now = impl_->clock.now();
  CO_TRY(co_await impl_->database.change(
      "INSERT INTO trash (id, account_id, path, type, size, deleted_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
      {id.text(), of.text(), found.path, found.doomed.type, found.doomed.size, now, now + impl_->settings.trashLifetime}));
  const auto moved =
      co_await impl_->on(of, path, [id](const Space& space, const DrivePath& place) { return moveToTrash(space, place, id); });
  if (!moved) {
    co_await impl_->database.change("DELETE FROM trash WHERE id = ?", {id.text()});
    co_return std::unexpected(moved.error());
  }
  CO_TRY(co_await impl_->journal.record(journal::kContentTrashed, {of.text(), id.text()}, {{"path", found.path}}));
  co_return id;
}

Task<Result<std::vector<Trashed>>> Contents::listTrash(AccountId of) {
  CO_TRY(auto rows, co_await impl_->database.query("SELECT id, path, type, size, deleted_at, expires_at FROM trash WHERE account_id = ? "
                                                   "ORDER BY deleted_at DESC, id",
                        {of.text()}));
  std::vector<Trashed> entries;
  for (const auto& row : rows) {
    CO_TRY(auto entry, trashedOf(row));
    entries.push_back(std::move(entry));
  }
  co_return entries;
}

Task<Result<Contents::Impl::Entry>> Contents::Impl::entry(AccountId of, TrashId id) {
  CO_TRY(auto rows, co_await database.query("SELECT path FROM trash WHERE id = ? AND account_id = ?", {id.text(), of.text()}));
  if (rows.empty()) co_return fail(Code::NotFound, "the trash has no entry {}: it was restored or deleted for good", id.text());
  co_return Entry{of, id, rows[0].text(0)};
}

Task<Result<Model>> Contents::restore(AccountId of, TrashId id) {
  CO_TRY(const auto entry, co_await impl_->entry(of, id));
  auto model = co_await impl_->on(of, entry.path, [id](const Space& space, const DrivePath& path) -> Result<Model> {
    TRY(const auto place, moveFromTrash(space, path, id));
    return describe(space.drive, place);
  });
  if (!model && model.error().code != Code::NotFound) co_return model;
  std::optional<journal::Event> event;
  if (model) event = impl_->journal.make(journal::kContentRestored, {of.text(), id.text()}, {{"path", model->path}});
  CO_TRY(co_await impl_->database.transaction([id, event](store::Transaction& on) -> Result<> {
    TRY(on.change("DELETE FROM trash WHERE id = ?", {id.text()}));
    return event ? journal::Journal::write(on, *event) : Result<>();
  }));
  co_return model;
}

// Files first: it is then that the disk has room again, which the database may be waiting for.
Task<Result<>> Contents::Impl::purge(std::vector<Entry> entries) {
  struct Purged {
    std::vector<Entry> gone;
    Result<> failure;
  };
  CO_TRY(auto purged, co_await pool.run([this, entries = std::move(entries)] {
    Purged done;
    for (const auto& entry : entries) {
      const auto own = space(entry.account);
      const auto emptied = own ? emptyFromTrash(*own, entry.id) : Result<>(std::unexpected(own.error()));
      if (emptied) done.gone.push_back(entry);
      if (!emptied && done.failure) done.failure = emptied;
    }
    return done;
  }));
  std::vector<journal::Event> events;
  for (const auto& entry : purged.gone)
    events.push_back(journal.make(journal::kContentPurged, {entry.account.text(), entry.id.text()}, {{"path", entry.path}}));
  CO_TRY(co_await database.transaction([gone = std::move(purged.gone), events = std::move(events)](store::Transaction& on) -> Result<> {
    for (std::size_t i = 0; i < gone.size(); ++i) {
      TRY(const auto changed, on.change("DELETE FROM trash WHERE id = ?", {gone[i].id.text()}));
      if (changed == 0) continue;  // somebody else purged it in the same moment
      TRY(journal::Journal::write(on, events[i]));
    }
    return {};
  }));
  co_return purged.failure;
}

Task<Result<>> Contents::purge(AccountId of, TrashId id) {
  CO_TRY(auto entry, co_await impl_->entry(std::move(of), std::move(id)));
  std::vector<Impl::Entry> entries;
  entries.push_back(std::move(entry));
  co_return co_await impl_->purge(std::move(entries));
}

Task<Result<>> Contents::purgeAll(AccountId of) {
  CO_TRY(auto all, co_await listTrash(of));
  std::vector<Impl::Entry> entries;
  for (auto& entry : all) entries.push_back({of, std::move(entry.id), std::move(entry.path)});
  co_return co_await impl_->purge(std::move(entries));
}

Task<Result<>> Contents::forgetAccount(AccountId of) {
  CO_TRY(co_await impl_->pool.runResult([&data = impl_->settings.dataDirectory, of]() -> Result<> {
    for (const auto* kind : {"drives", "checkpoints", "uploads", "trash"}) {
      std::error_code error;
      std::filesystem::remove_all(std::filesystem::path(data) / kind / of.text(), error);  // follows no links
      if (error) return fail(Code::Unavailable, "the files of {} cannot be removed: {}", of.text(), error.message());
    }
    return {};
  }));
  CO_TRY(co_await impl_->database.change("DELETE FROM trash WHERE account_id = ?", {of.text()}));
  co_return Result<>{};
}

Task<Result<>> Contents::sweep() {
  const auto now = impl_->clock.sinceStart();
  CO_TRY(co_await impl_->pool.runResult([impl = impl_.get(), now] { return impl->sweepUploads(now); }));
  CO_TRY(
      auto rows, co_await impl_->database.query("SELECT account_id, id, path FROM trash WHERE expires_at <= ? ORDER BY expires_at LIMIT ?",
                     {impl_->clock.now(), kMostSwept}));
  std::vector<Impl::Entry> entries;
  for (const auto& row : rows) {
    CO_TRY(auto account, AccountId::parse(row.text(0)));
    CO_TRY(auto id, TrashId::parse(row.text(1)));
    entries.push_back({std::move(account), std::move(id), row.text(2)});
  }
  co_return co_await impl_->purge(std::move(entries));
}

Result<> Contents::Impl::sweepUploads(Duration now) {
  for (const auto& key : uploads.listSilent(now)) {
    TRY(const auto own, space(key.first));
    const PathLocks::Held lock(locks, key);
    TRY(uploads.endSilent(own, key, now));
  }
  return {};
}

}  // namespace allmende::contents
