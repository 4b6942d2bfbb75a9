#pragma once
// What they keep: the drive of an account, with Jupyter's contents semantics, and its trash.
//
// Paths are decoded and relative to the drive; leading and trailing '/' do not matter. No path, link or name leads out of the drive.
// A write is whole or did not happen: on any failure, a full disk too, the original is kept. Messages are Jupyter's sentences where it
// has one. InvalidInput = 400, NotFound = 404, Conflict = 409, Denied = 403. Everything runs on a bounded pool of its own.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/descriptor.h"
#include "lib/base/result.h"
#include "lib/base/task.h"
#include "lib/net/net.h"
#include "lib/store/store.h"
#include "server/contents/model.h"
#include "server/journal/journal.h"

namespace allmende::contents {

struct ContentsSettings {
  std::string dataDirectory;                // holds drives/, checkpoints/, uploads/ and trash/, one folder per account in each
  std::size_t largestInJson = 128U << 20U;  // bytes of a file that get() and save() carry; open() has no limit
  Duration trashLifetime = std::chrono::hours{30 * 24};
  // Bytes that an account may keep, its trash included; 0 = as many as there is room for.
  std::function<Task<Result<std::int64_t>>(AccountId)> allowance;
};

class Contents {
 public:
  Contents(store::Database& database, journal::Journal& journal, const Clock& clock, ContentsSettings settings);
  ~Contents();

  // Makes the folders and removes what unfinished writes left behind. Unavailable when the data directory is not writable. Blocks.
  Result<> begin();

  // GET. OverLimit when the file is too large for JSON; it stays downloadable through open().
  Task<Result<Model>> get(AccountId of, std::string path, GetWish wish);
  // What follows fails with OverLimit when the account may keep nothing more; what it has can always be read, and what is edited live
  // saved. POST to a folder: `body` is {"type"?, "ext"?} for a new untitled one or {"copy_from"} for a copy.
  Task<Result<Model>> create(AccountId of, std::string path, std::string body);
  // PUT: `body` is a model with content, a chunk of an upload, or empty. A new chunked file appears with its last chunk. With `over`, the
  // hash of what it is to replace: Conflict when the file is another by now; not for chunks.
  Task<Result<Saved>> save(AccountId of, std::string path, std::string body, std::string over = {});
  // PATCH: `body` is {"path"}.
  Task<Result<Model>> rename(AccountId of, std::string path, std::string body);
  // DELETE: moves to the trash.
  Task<Result<TrashId>> remove(AccountId of, std::string path);
  // The file's bytes, for /files.
  Task<Result<OpenFile>> open(AccountId of, std::string path);

  // For those who hold a file's content elsewhere while it is edited: its bytes, within the limit of get(), ...
  Task<Result<Bytes>> read(AccountId of, std::string path);
  // ... and their way back, if the file still has the hash that it was read with, or is still not there for an empty one. Conflict when
  // somebody else has changed it, NotFound when it is gone.
  Task<Result<>> replace(AccountId of, std::string path, std::string bytes, std::string hash);

  // The folder that a file is in, for who watches it.
  Task<Result<std::shared_ptr<Descriptor>>> openFolderOf(AccountId of, std::string path);
  // A new file at `path`, whose folder is there; at "name-Copy1.ext" and so on beside it when something is.
  Task<Result<Model>> add(AccountId of, std::string path, std::string bytes);

  // Jupyter keeps one checkpoint of a file, with the id "checkpoint"; another id is NotFound.
  Task<Result<std::vector<Checkpoint>>> listCheckpoints(AccountId of, std::string path);
  Task<Result<Checkpoint>> makeCheckpoint(AccountId of, std::string path);
  Task<Result<>> restoreCheckpoint(AccountId of, std::string path, std::string id);
  Task<Result<>> removeCheckpoint(AccountId of, std::string path, std::string id);

  // Files (not folders) last changed, newest first, and files and folders whose path has every word of `query`. Models without content;
  // a drive of more than 20,000 entries is looked at in part.
  Task<Result<std::vector<Model>>> recent(AccountId of, std::size_t limit);
  Task<Result<std::vector<Model>>> search(AccountId of, std::string query, std::size_t limit);

  // Newest first.
  Task<Result<std::vector<Trashed>>> listTrash(AccountId of);
  // Back to where it was; to "name (restored).ext" beside it when that place is taken. Missing folders are made again.
  Task<Result<Model>> restore(AccountId of, TrashId id);
  // Deletes for good.
  Task<Result<>> purge(AccountId of, TrashId id);
  Task<Result<>> purgeAll(AccountId of);
  // All that an account has, for good. Nothing else of it may be going on.
  Task<Result<>> forgetAccount(AccountId of);
  // Purges everybody's entries that have expired; for the hourly round.
  Task<Result<>> sweep();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace allmende::contents
