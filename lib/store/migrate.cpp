#include <algorithm>

#include "lib/base/log.h"
#include "lib/store/connection.h"

namespace allmende::store {
namespace {

// The statements of a migration: each ends with ';' at the end of a line. Lines that begin with "--" are comments.
std::vector<std::string> statementsOf(std::string_view sql, std::string_view serialKey) {
  std::vector<std::string> statements;
  std::string statement;
  while (!sql.empty()) {
    const auto end = std::min(sql.find('\n'), sql.size());
    auto line = std::string(sql.substr(0, end));
    sql.remove_prefix(std::min(end + 1, sql.size()));
    if (line.starts_with("--")) continue;
    line.erase(line.find_last_not_of(" \r\t") + 1);
    if (const auto at = line.find("{serial_key}"); at != std::string::npos) line.replace(at, 12, serialKey);
    const bool last = line.ends_with(';');
    if (last) line.pop_back();
    if (!line.empty()) statement += line + '\n';
    if (last && !statement.empty()) statements.push_back(std::exchange(statement, {}));
  }
  check(statement.empty(), "every statement of a migration ends with ';' at the end of a line");
  return statements;
}

Result<std::int64_t> lastApplied(Transaction& on) {
  TRY(auto rows, on.query("SELECT COALESCE(MAX(number), 0) FROM migrations"));
  return rows[0].number(0);
}

Result<> keepOthersOut(Transaction& on, const Dialect& dialect) {
  if (dialect.migrating().empty()) return {};
  TRY(on.query(dialect.migrating()));
  return {};
}

Result<> runAll(Transaction& on, std::string_view sql, const Dialect& dialect) {
  for (const auto& statement : statementsOf(sql, dialect.serialKey())) {
    TRY(on.change(statement));
  }
  return {};
}

Result<> apply(Transaction& on, const Migration& migration, const Dialect& dialect) {
  TRY(keepOthersOut(on, dialect));
  TRY(auto last, lastApplied(on));
  if (last >= migration.number) return {};  // another server was faster
  TRY(runAll(on, migration.sql, dialect));
  TRY(on.change("INSERT INTO migrations (number, name, applied_at) VALUES (?, ?, ?)", {migration.number, migration.name, systemNow()}));
  log::info("database.migrated", {{"number", migration.number}, {"name", migration.name}});
  return {};
}

}  // namespace

Result<> prepare(Connection& connection, std::string_view sql) {
  return connection.transact([&](Transaction& on) -> Result<> {
    TRY(keepOthersOut(on, connection.dialect()));
    return runAll(on, sql, connection.dialect());
  });
}

Result<> migrate(Connection& connection, std::span<const Migration> migrations) {
  TRY(connection.run(
      "CREATE TABLE IF NOT EXISTS migrations (number BIGINT PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL)", {}));
  std::int64_t last = 0;
  TRY(connection.transact([&](Transaction& on) -> Result<> {
    TRY(last, lastApplied(on));
    return {};
  }));
  const auto known = migrations.empty() ? 0 : migrations.back().number;
  if (last > known)
    return fail(Code::Conflict,
        "the database is from a newer version of Allmende: its tables are at step {}, this version knows {}; start the newer version, or "
        "restore a backup from before the upgrade",
        last, known);
  for (const auto& migration : migrations) {
    if (migration.number <= last) continue;
    auto applied = connection.transact([&](Transaction& on) { return apply(on, migration, connection.dialect()); });
    TRY(during(fmt::format("bringing the tables to step {} ({})", migration.number, migration.name), std::move(applied)));
  }
  return {};
}

}  // namespace allmende::store
