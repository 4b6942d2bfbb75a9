#pragma once
// The database: SQLite in a file by default, PostgreSQL by URL. Statements, transactions, forward-only migrations.
//
// SOCI stays behind this door; rooms see plain rows and values. Statements are written with '?' for parameters and in the SQL that
// both databases share; whole numbers are BIGINT, times are UTC milliseconds. Every call runs on the database's own bounded pool.

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/result.h"
#include "lib/base/task.h"
#include "lib/net/net.h"

namespace allmende::store {

// A parameter: null, a whole number (also bool and Instant), or UTF-8 text.
class Value {
 public:
  Value(std::nullopt_t) {}
  template <std::integral T>
  Value(T number) : held_(static_cast<std::int64_t>(number)) {}
  Value(Instant at) : held_(static_cast<std::int64_t>(at.time_since_epoch().count())) {}
  Value(std::string text) : held_(std::move(text)) {}
  Value(std::string_view text) : held_(std::string(text)) {}
  Value(const char* text) : held_(std::string(text)) {}
  template <class T>
  Value(const std::optional<T>& value) {
    if (value) *this = Value(*value);
  }
  const std::variant<std::monostate, std::int64_t, std::string>& held() const { return held_; }

 private:
  std::variant<std::monostate, std::int64_t, std::string> held_;
};
using Values = std::vector<Value>;

// "?, ?, ?": places for that many values, to stand in IN (…); for none NULL, which matches nothing.
inline std::string placesFor(std::size_t values) {
  std::string places = values == 0 ? "NULL" : "?";
  for (std::size_t more = 1; more < values; ++more) places += ", ?";
  return places;
}

// One row of an answer; columns are counted from 0 in the order of the SELECT. Reading a null as text or number throws Bug.
class Row {
 public:
  explicit Row(std::vector<std::optional<std::string>> cells) : cells_(std::move(cells)) {}
  bool isNull(std::size_t column) const;
  const std::string& text(std::size_t column) const;
  std::int64_t number(std::size_t column) const;
  bool flag(std::size_t column) const { return number(column) != 0; }
  Instant instant(std::size_t column) const { return Instant{Duration{number(column)}}; }
  std::optional<std::string> findText(std::size_t column) const { return cells_.at(column); }
  std::optional<Instant> findInstant(std::size_t column) const;

 private:
  std::vector<std::optional<std::string>> cells_;
};
using Rows = std::vector<Row>;

class Connection;

// What a transaction's work talks to, on a thread of the pool. All of it holds or none.
class Transaction {
 public:
  explicit Transaction(Connection& connection) : connection_(connection) {}
  Result<Rows> query(std::string_view sql, const Values& values = {});
  // Returns how many rows were changed. Fails with Conflict where a unique or foreign key forbids it.
  Result<std::int64_t> change(std::string_view sql, const Values& values = {});

 private:
  Connection& connection_;
};

// One step forward of the tables; never edited once released. "{serial_key}" in the SQL is each database's counting primary key.
struct Migration {
  int number;
  std::string_view name;
  std::string_view sql;  // statements, each ended by ';' at the end of a line
};

class Database {
 public:
  // `url`: "sqlite:/path/to/allmende.db", "sqlite::memory:", or "postgresql://user@host/name". Blocks; for the start of a program.
  //
  // Brings the tables up to the last of `migrations`. Fails with InvalidInput for a URL of another kind, Conflict when the tables are
  // from a newer version, Unavailable when the file is not writable, the disk full or the server not reachable.
  static Result<std::unique_ptr<Database>> open(const std::string& url, std::span<const Migration> migrations);
  // The two halves of open(), for a program that has something to settle between them. Until migrate() the tables may be of any version.
  static Result<std::unique_ptr<Database>> connect(const std::string& url);
  Result<> migrate(std::span<const Migration> migrations);
  // Runs statements that hold whatever the tables are like (CREATE TABLE IF NOT EXISTS …; each ends with ';' at the end of a line), while
  // no other server does so or migrates. Blocks.
  Result<> prepare(std::string_view sql);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // Runs `work(Transaction&)`, which returns a Result, on the pool: committed if it holds a value, undone if an error or a throw.
  // `work` may run again after a lost serialization, so it must have no other effect than its statements.
  template <class Work>
  Task<std::invoke_result_t<Work&, Transaction&>> transaction(Work work);

  // From now on nothing is changed unless `query` gives a row, which is asked within each transaction; otherwise Unavailable with
  // `otherwise`. For a program that must not write any more once another one has taken over, however late it learns of that.
  // Before anything else uses the database.
  void fence(std::string query, Values values, std::string otherwise);

  // One statement by itself. What changes something is fenced, a SELECT is not.
  Task<Result<Rows>> query(std::string sql, Values values = {});
  Task<Result<std::int64_t>> change(std::string sql, Values values = {});

  // For readiness: Unavailable when the database does not answer.
  Task<Result<>> ping();

  // "SQLite 3.40.1" or "PostgreSQL 15.8".
  const std::string& product() const;

 private:
  struct Impl;
  explicit Database(std::unique_ptr<Impl> impl);
  Result<> runErased(std::move_only_function<Result<>(Transaction&)> work);
  net::Pool& pool();
  std::unique_ptr<Impl> impl_;
};

template <class Work>
Task<std::invoke_result_t<Work&, Transaction&>> Database::transaction(Work work) {
  using Answer = std::invoke_result_t<Work&, Transaction&>;
  co_return co_await pool().runResult([this, work = std::move(work)]() mutable -> Answer {
    std::optional<Answer> answer;
    auto done = runErased([&](Transaction& on) -> Result<> {
      answer.emplace(work(on));
      if (!*answer) return std::unexpected(answer->error());
      return {};
    });
    if (!done) return std::unexpected(std::move(done).error());
    return *std::move(answer);
  });
}

}  // namespace allmende::store
