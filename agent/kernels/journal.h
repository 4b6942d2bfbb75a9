#pragma once
// Behind the door: the output journal of one kernel. What the kernel says is written here as fast as it comes; every client reads with a
// cursor at a pace of its own. No client can make another, or the kernel, wait or lose anything.

#include <deque>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "agent/kernels/spool.h"
#include "lib/base/task.h"
#include "lib/jupyter/jupyter.h"

namespace allmende::kernels {

// Bounds. Older output goes to disk beyond `resident`; beyond `spooled` the oldest is dropped, and says so.
struct JournalLimits {
  std::size_t resident = 4U << 20U;
  std::uint64_t spooled = 256U << 20U;
  std::size_t segment = 512U << 10U;
  std::size_t text = 512U << 10U;    // of one stream message: more is cut, less is joined
  std::size_t bookmarks = 8;         // sessions that left and may come back
  std::size_t replayed = 1U << 20U;  // what everybody has read is kept this long: a client may have lost it on its way
};

class Journal {
 public:
  class Cursor;

  Journal(Executor executor, std::filesystem::path spoolDirectory, std::string session, JournalLimits limits = {});
  ~Journal();

  // A message of the kernel for everybody. Streams of one cell that nobody has read yet become one message, as do updates of one display.
  void append(jupyter::Message message, const jupyter::Header& header, const jupyter::Header& parent);
  // A reply for one session; dropped when that one has neither a cursor nor a bookmark.
  void appendFor(std::string_view reader, jupyter::Message message);

  enum class Leaves : bool { Nothing, Bookmark };
  // A session that left a bookmark goes on there, one that is still here takes over; any other begins at the end. `after` is the id of the
  // last message that the client took in: it goes on behind that one, as long as the journal still has it; "*" of who took in none, and
  // wants all that the journal has.
  std::unique_ptr<Cursor> open(std::string session, Leaves leaves = Leaves::Bookmark, std::string_view after = {});

  // Returns when there may be something new, or after end().
  Task<> grown() { return grown_.wait(); }
  void wake() { grown_.notifyAll(); }

  std::size_t resident() const { return resident_; }
  std::uint64_t spooled() const { return spool_.used(); }
  std::uint64_t dropped() const { return dropped_; }

 private:
  struct Segment {
    std::uint64_t first = 0;
    std::uint64_t end = 0;               // the number behind its last entry
    std::shared_ptr<std::string> bytes;  // null when it lies in the spool
    std::weak_ptr<std::string> loaded;   // what some cursor holds of it meanwhile
    std::uint64_t offset = 0;            // in the spool
    std::size_t size = 0;                // in the spool
    bool compacted = false;

    std::size_t length() const { return bytes ? bytes->size() : size; }
  };
  // The newest message, as long as nobody has read it and it may still grow.
  struct Tail {
    jupyter::Message message;  // a stream's content is made from name and text
    std::string type;
    std::string parent;
    std::string name;
    std::string text;
  };
  struct Loaded {
    std::shared_ptr<std::string> bytes;
    std::uint64_t end = 0;
  };
  struct Bookmark {
    std::string session;
    std::uint64_t next = 0;
  };

  bool wanted() const { return !cursors_.empty() || !bookmarks_.empty(); }
  bool wantedBy(std::string_view session) const;
  bool join(const jupyter::Message& message, const jupyter::Header& header, const jupyter::Header& parent);
  void appendStream(jupyter::Message message, const jupyter::Header& parent);
  bool sealTail();
  void write(std::string_view frame, std::string_view reader, bool kept);
  Loaded load(std::uint64_t number);
  void bound();
  bool spillOldest();
  void dropOldest(std::uint64_t goal);
  bool readFrom(const Segment& segment, const Segment& till) const;
  void cutLaggards();
  void forget(std::size_t replayed);
  std::optional<std::uint64_t> behind(std::string_view message);

  std::string session_;
  JournalLimits limits_;
  Spool spool_;
  std::deque<Segment> segments_;  // the last one grows
  std::optional<Tail> tail_;
  std::uint64_t next_ = 0;
  std::size_t resident_ = 0;
  std::uint64_t dropped_ = 0;
  bool diskFailed_ = false;
  std::list<Cursor*> cursors_;
  std::list<Bookmark> bookmarks_;  // oldest first
  Notifier grown_;
};

// One reader's place. What was peeked at is read once it was delivered: advance(). Going away leaves a bookmark.
class Journal::Cursor {
 public:
  Cursor(Journal& journal, std::string session, std::uint64_t next, Leaves leaves);
  ~Cursor();
  Cursor(const Cursor&) = delete;
  Cursor& operator=(const Cursor&) = delete;

  // The next message as a v1 frame; nullopt when all is read.
  std::optional<std::string> peek();
  void advance();
  // Whether it fell so far behind that not even statuses and replies could be kept for it: its client must start anew.
  bool lost() const { return lost_; }
  const std::string& session() const { return session_; }

 private:
  friend class Journal;
  void rest();

  Journal& journal_;
  std::string session_;
  std::uint64_t next_;
  Leaves leaves_;
  std::shared_ptr<std::string> segment_;
  std::size_t offset_ = 0;
  bool lost_ = false;
};

}  // namespace allmende::kernels
