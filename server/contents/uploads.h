#pragma once
// Files that come in pieces, as Jupyter's chunks. Behind the door of server/contents.
//
// The pieces gather in a draft, which takes its place with the last one; until then nothing is there, and what it replaces stays.
// Some clients send a file as chunk 1 alone. Those who cut, cut evenly: a first piece of no round length is taken for the whole file,
// and a round one after a minute of silence. Pieces carry no sender, so a second upload to a path that is being written is refused.

#include <map>
#include <mutex>
#include <optional>

#include "server/contents/model.h"
#include "server/contents/path_locks.h"
#include "server/contents/writing.h"

namespace allmende::contents {

class Uploads {
 public:
  using Key = PathLocks::Key;

  // One piece; the caller holds the path's lock. `now` is of a clock that never jumps.
  Result<Saved> take(const Space& space, const Key& key, const SaveWish& wish, std::string_view bytes, Duration now);

  // Puts a lone first piece at its place when no other followed for long enough; the caller holds the path's lock.
  bool isLone(const Key& key, Duration now) const;
  Result<> finishLone(const Space& space, const Key& key);

  // What has been silent for so long that it is lone or given up.
  std::vector<Key> listSilent(Duration now) const;
  // The same as finishLone() for a lone one; forgets what was given up.
  Result<> endSilent(const Space& space, const Key& key, Duration now);

 private:
  struct Upload {
    DrivePath place;                // behind links
    std::string draft;              // its name; empty when what came so far stands at its place
    std::optional<Facts> standing;  // then: what that is
    std::size_t fingerprint = 0;    // of the first piece
    std::int64_t next = 2;
    Duration lastAt{};
    bool contested = false;  // two began at once: nobody can say whose the next piece is
  };

  std::optional<Upload> find(const Key& key) const;
  Result<Saved> begin(const Space& space, const Key& key, std::string_view bytes, Duration now);
  Result<Saved> goOn(const Space& space, const Key& key, std::int64_t chunk, std::string_view bytes, Duration now);
  static bool isSilent(const Upload& upload, Duration now);
  void drop(const Space& space, const Key& key);
  Result<> checkBegin(const Key& key, const std::optional<Upload>& earlier, Duration now) const;

  mutable std::mutex mutex_;
  std::map<Key, Upload> uploads_;  // guarded by mutex_
};

}  // namespace allmende::contents
