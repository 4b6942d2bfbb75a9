#pragma once
// One connection with its prepared statements. Behind the door of lib/store; used by one thread at a time.

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "lib/store/dialect.h"
#include "lib/store/store.h"

namespace allmende::store {

struct Answer {
  Rows rows;
  std::int64_t changed = 0;
};

struct Fence {
  std::string query;
  Values values;
  std::string otherwise;
};

class Connection {
 public:
  explicit Connection(const Dialect& dialect);
  ~Connection();
  // Connects, or connects anew after the connection broke. Nothing to do when it stands.
  Result<> open();
  // Runs a statement, prepared at its first use here.
  Result<Answer> run(std::string_view sql, const Values& values);
  // Runs `work` between BEGIN and COMMIT; again when it lost against another transaction.
  Result<> transact(const std::function<Result<>(Transaction&)>& work);
  // One changing statement; as a transaction where there is a fence.
  Result<Answer> change(std::string_view sql, const Values& values);
  // What has to give a row in every transaction; nullptr = nothing. It outlives us.
  void setFence(const Fence* fence) { fence_ = fence; }
  const Dialect& dialect() const { return dialect_; }

 private:
  struct Prepared;
  Result<Answer> execute(std::string_view sql, const Values& values);
  std::unique_ptr<Prepared> prepare(std::string_view sql, const Values& values);
  Result<> askFence();
  void undo();

  const Dialect& dialect_;
  const Fence* fence_ = nullptr;
  std::unique_ptr<soci::session> session_;
  std::unordered_map<std::string, std::unique_ptr<Prepared>> prepared_;  // must go before the session
  bool again_ = false;                                                   // the last statement failed because another transaction won
};

// Brings the tables up to the last of `migrations`, one transaction each.
Result<> migrate(Connection& connection, std::span<const Migration> migrations);
// Runs the statements of `sql` in one transaction that no migration runs beside.
Result<> prepare(Connection& connection, std::string_view sql);

}  // namespace allmende::store
