#pragma once
// The state of Contents and what its files share. Behind the door of server/contents.

#include <optional>

#include "server/contents/contents.h"
#include "server/contents/path_locks.h"
#include "server/contents/places.h"
#include "server/contents/room.h"
#include "server/contents/uploads.h"

namespace allmende::contents {

struct Contents::Impl {
  Impl(store::Database& of, journal::Journal& into, const Clock& by, ContentsSettings with)
      : database(of), journal(into), clock(by), settings(std::move(with)) {}

  // Runs `work(space, path)` on the pool, in the account's space and with what `text` says as the path.
  template <class Work>
  Task<std::invoke_result_t<Work&, const Space&, const DrivePath&>> on(AccountId of, std::string text, Work work) {
    using Answer = std::invoke_result_t<Work&, const Space&, const DrivePath&>;
    co_return co_await pool.runResult([this, of = std::move(of), text = std::move(text), work = std::move(work)]() mutable -> Answer {
      TRY(const auto path, DrivePath::parse(text));
      TRY(const auto own, space(of));
      return work(own, path);
    });
  }

  // The same for what adds to the drive: `space.room` says how much more it may have.
  template <class Work>
  Task<std::invoke_result_t<Work&, const Space&, const DrivePath&>> onWriting(AccountId of, std::string text, Work work) {
    using Answer = std::invoke_result_t<Work&, const Space&, const DrivePath&>;
    std::int64_t limit = 0;
    if (settings.allowance) {
      CO_TRY(limit, co_await settings.allowance(of));
    }
    const auto now = clock.sinceStart();
    co_return co_await on(
        of, std::move(text), [this, of, limit, now, work = std::move(work)](const Space& own, const DrivePath& path) mutable -> Answer {
          TRY(own.room, room.left(of, own, limit, now));
          const auto before = own.room;
          auto answer = work(own, path);
          room.wrote(of, before - own.room);
          return answer;
        });
  }

  // What follows blocks: for the pool.
  Result<Space> space(const AccountId& of) const;
  Result<Saved> save(const Space& space, const PathLocks::Key& key, std::string_view body, const std::string& over, Duration now);
  // A file that came as chunk 1 alone is there once somebody asks for it.
  void finishLone(const Space& space, const PathLocks::Key& key, Duration now);
  Result<> sweepUploads(Duration now);

  struct Entry {  // of the trash
    AccountId account;
    TrashId id;
    std::string path;
  };
  Task<Result<Entry>> entry(AccountId of, TrashId id);
  // Deletes for good what can be, and tells the first failure.
  Task<Result<>> purge(std::vector<Entry> entries);

  store::Database& database;
  journal::Journal& journal;
  const Clock& clock;
  ContentsSettings settings;
  std::optional<Places> places;  // from begin() on
  PathLocks locks;
  Uploads uploads;
  Room room;
  net::Pool pool{"contents", 4, 1024};  // last: its threads end before what they use
};

}  // namespace allmende::contents
