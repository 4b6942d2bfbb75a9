#pragma once
// Keeps the file on the drive and a live document alike, in both directions. Behind the door of server/documents.

#include <memory>

#include "lib/base/folder_watch.h"
#include "lib/net/net.h"
#include "server/contents/contents.h"
#include "server/documents/large_outputs.h"
#include "server/documents/room.h"

namespace allmende::documents {

// What the keepers of all rooms share. All of it outlives them.
struct Keeping {
  contents::Contents& contents;
  DocumentStore& store;
  UpdateLog& log;
  Clock& clock;
  net::Pool& pool;
  FolderWatch& watches;
  const LargeOutputs& outputs;
};

class Keeper {
 public:
  struct LogSize {             // in bytes
    std::size_t snapshot = 0;  // the first update
    std::size_t others = 0;
  };
  Keeper(Executor executor, std::shared_ptr<Room> room, LogSize size, Keeping keeping);

  // Writes the file a second after changes have paused, or ten after the first; while somebody is in the room, hears when somebody else has
  // written it, and looks now and then.
  void begin();
  Task<> stop();

  // What is in the document is in the file, and what was in the file is in the document, when this returns. Safe to call at any time.
  Task<Result<>> settle();
  // The same for one that has just been made: as long as the file stays as it is now, it is not read again.
  Task<Result<>> settleFirst();
  bool isSettled() const { return room_->last() == savedThrough_ && !trouble_; }

  // Nobody writes the file while this is held: for who moves it.
  Task<Turn::Held> hold() { return turn_.take(); }

 private:
  struct Draft {
    std::string text;
    std::string hash;
    std::int64_t through = 0;
    std::optional<std::string> snapshot;  // when the log has become long
    std::size_t bytesAdded = 0;           // to the log when this was made
  };
  Task<> run();
  Task<> pause();
  Task<> watchFile();
  Task<> lookAtFile();
  Task<FolderWatch::Ticket> watchAt(std::string path);
  Task<Result<>> save();
  Task<Result<Draft>> draft();
  Task<Result<bool>> write(Draft draft);
  Task<Result<>> takeFile();
  bool isRecorded(const Saving& saving) const;
  void tellFile(const Result<>& saved);

  std::shared_ptr<Room> room_;
  Keeping keeping_;
  LogSize size_;
  std::size_t bytesAtSnapshot_ = 0;
  std::string fileHash_;      // as it was last read or written here; empty when there is none
  std::string recordedHash_;  // what the table says of it
  std::int64_t savedThrough_;
  Instant seenModified_;  // the file, when it was last looked at
  std::optional<Error> trouble_;
  bool fileChanged_ = false;  // as far as was heard, and not looked at yet
  Notifier fileNews_;
  Turn turn_;
  TaskScope tasks_;
};

}  // namespace allmende::documents
