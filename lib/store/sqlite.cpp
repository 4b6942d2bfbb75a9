#include <fcntl.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "lib/store/dialect.h"

namespace allmende::store {
namespace {

class Sqlite final : public Dialect {
 public:
  explicit Sqlite(std::string path) : path_(std::move(path)) {}

  void connect(soci::session& session) const override {
    if (path_ != ":memory:") makeFile();
    session.open(soci::sqlite3, fmt::format("db=\"{}\" timeout=10", path_));
    session << "PRAGMA foreign_keys = ON";
    session << "PRAGMA temp_store = MEMORY";
    if (path_ == ":memory:") return;
    std::string mode;
    session << "PRAGMA journal_mode = WAL", soci::into(mode);
    session << "PRAGMA synchronous = FULL";  // what was answered as done survives a power cut
    session << "PRAGMA journal_size_limit = 67108864";
  }

  int columnsOf(soci::statement& statement) const override { return statement.get_backend()->prepare_for_describe(); }

  Complaint explain(const soci::soci_error& error) const override {
    const auto* own = dynamic_cast<const soci::sqlite3_soci_error*>(&error);
    switch (own == nullptr ? SQLITE_CANTOPEN : own->result() & 0xff) {
      case SQLITE_CONSTRAINT: return {{Code::Conflict, "the entry clashes with one that is there", {}}};
      case SQLITE_FULL:
        return {{Code::Unavailable, fmt::format("the disk that holds {} is full; free some space and try again", path_), {}}};
      case SQLITE_BUSY:
      case SQLITE_LOCKED: return {{Code::Unavailable, "the database is busy; try again in a moment", {}}, false, true};
      case SQLITE_READONLY:
      case SQLITE_PERM: return {{Code::Unavailable, fmt::format("{} is not writable; check its owner and permissions", path_), {}}};
      case SQLITE_IOERR:
        return {{Code::Unavailable, fmt::format("reading or writing {} failed; the disk may be full or failing", path_), {}}};
      case SQLITE_CANTOPEN:
        return {
            {Code::Unavailable, fmt::format("{} cannot be opened; its folder must exist and be writable by this user", path_), {}}, true};
      case SQLITE_NOTADB: return {{Code::Conflict, fmt::format("{} is no SQLite database; move it away or name another", path_), {}}, true};
      case SQLITE_CORRUPT: return {{Code::Internal, fmt::format("{} is damaged; restore it from a backup", path_), {}}};
      default: return {{Code::Internal, "the database refused a statement", {}}};
    }
  }

  std::string_view beginning() const override { return "BEGIN IMMEDIATE"; }
  std::string_view migrating() const override { return ""; }
  std::string_view serialKey() const override { return "INTEGER PRIMARY KEY AUTOINCREMENT"; }
  std::string_view versionQuery() const override { return "SELECT 'SQLite ' || sqlite_version()"; }
  // A writer and a reader beside it; an in-memory database belongs to one connection.
  unsigned connections() const override { return path_ == ":memory:" ? 1 : 2; }

 private:
  // SQLite would make the file readable by everybody. A file that is there is not opened: to close it would drop the locks that other
  // connections of this process hold on it (fcntl), and the next program that looks into the database and leaves would take itself for the
  // last one and remove the log, with all that is still written into it.
  void makeFile() const {
    const int file = ::open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file >= 0) {
      ::close(file);
    } else if (errno != EEXIST || ::access(path_.c_str(), R_OK | W_OK) != 0) {
      throw soci::sqlite3_soci_error(std::strerror(errno), errno == ENOSPC ? SQLITE_FULL : SQLITE_CANTOPEN);
    }
  }

  std::string path_;
};

}  // namespace

std::unique_ptr<Dialect> makeSqlite(std::string path) { return std::make_unique<Sqlite>(std::move(path)); }

}  // namespace allmende::store
