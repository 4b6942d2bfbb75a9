#include "lib/store/connection.h"

#include <deque>

#include "lib/base/log.h"

namespace allmende::store {
namespace {

constexpr std::size_t kMostPrepared = 256;  // per connection; beyond it all are prepared anew
constexpr int kMostAttempts = 8;            // of a transaction that loses against others

// '?' to ":p1", ":p2", …, as SOCI wants parameters; not within quotes.
std::string withNames(std::string_view sql, std::size_t& count) {
  std::string named;
  char quote = 0;
  for (const char c : sql) {
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (c == '?') {
      named += fmt::format(":p{}", ++count);
      continue;
    }
    named += c;
  }
  return named;
}

}  // namespace

// A statement with the places its parameters are read from and its cells written to; their addresses must not change.
struct Connection::Prepared {
  struct Slot {
    bool isNumber = false;
    long long number = 0;
    std::string text;
    soci::indicator indicator = soci::i_null;
  };
  struct Cell {
    std::string text;
    soci::indicator indicator = soci::i_null;
  };

  explicit Prepared(soci::session& session) : statement(session) {}

  // False when a value is of another type than the statement was prepared for.
  bool fill(const Values& values) {
    for (std::size_t i = 0; i < slots.size(); ++i) {
      auto& slot = slots[i];
      const auto& held = values[i].held();
      slot.indicator = std::holds_alternative<std::monostate>(held) ? soci::i_null : soci::i_ok;
      if (const auto* number = std::get_if<std::int64_t>(&held)) {
        if (!slot.isNumber) return false;
        slot.number = *number;
      } else if (const auto* text = std::get_if<std::string>(&held)) {
        if (slot.isNumber) return false;
        slot.text = *text;
      }
    }
    return true;
  }

  Row row() const {
    std::vector<std::optional<std::string>> read;
    read.reserve(cells.size());
    for (const auto& cell : cells) {
      if (cell.indicator == soci::i_null) {
        read.emplace_back();
      } else {
        read.emplace_back(cell.text);
      }
    }
    return Row(std::move(read));
  }

  soci::statement statement;
  std::deque<Slot> slots;
  std::deque<Cell> cells;
};

Connection::Connection(const Dialect& dialect) : dialect_(dialect) {}

Connection::~Connection() { prepared_.clear(); }

Result<> Connection::open() {
  if (session_) return {};
  try {
    auto session = std::make_unique<soci::session>();
    dialect_.connect(*session);
    session_ = std::move(session);
    return {};
  } catch (const soci::soci_error& error) {
    log::warning("database.unreachable", {{"reason", error.get_error_message()}});
    return std::unexpected(dialect_.explain(error).error);
  }
}

std::unique_ptr<Connection::Prepared> Connection::prepare(std::string_view sql, const Values& values) {
  auto made = std::make_unique<Prepared>(*session_);
  std::size_t count = 0;
  auto& statement = made->statement;
  const auto named = withNames(sql, count);
  check(count == values.size(), fmt::format("'{}' is given {} values", sql, values.size()));
  statement.alloc();
  for (const auto& value : values) {
    auto& slot = made->slots.emplace_back();
    slot.isNumber = std::holds_alternative<std::int64_t>(value.held());
    if (slot.isNumber) {
      statement.exchange(soci::use(slot.number, slot.indicator));
    } else {
      statement.exchange(soci::use(slot.text, slot.indicator));
    }
  }
  statement.prepare(named);
  const int columns = dialect_.columnsOf(statement);
  for (int i = 0; i < columns; ++i) {
    auto& cell = made->cells.emplace_back();
    statement.exchange(soci::into(cell.text, cell.indicator));
  }
  statement.define_and_bind();
  return made;
}

Result<Answer> Connection::execute(std::string_view sql, const Values& values) {
  if (prepared_.size() >= kMostPrepared) prepared_.clear();
  auto& kept = prepared_[std::string(sql)];
  if (!kept || !kept->fill(values)) {
    kept.reset();
    kept = prepare(sql, values);
    kept->fill(values);
  }
  Answer answer;
  for (bool got = kept->statement.execute(true); got; got = kept->statement.fetch()) answer.rows.push_back(kept->row());
  answer.changed = kept->statement.get_affected_rows();
  return answer;
}

Result<Answer> Connection::run(std::string_view sql, const Values& values) {
  again_ = false;
  TRY(open());
  for (const auto& value : values) {
    const auto* text = std::get_if<std::string>(&value.held());
    if (text == nullptr) continue;
    if (text->find('\0') != std::string::npos || !net::isUtf8(*text))
      return fail(Code::InvalidInput, "a text holds a NUL byte or is not UTF-8; neither can be stored");
  }
  try {
    return execute(sql, values);
  } catch (const soci::soci_error& error) {
    prepared_.erase(std::string(sql));
    auto complaint = dialect_.explain(error);
    again_ = complaint.again;
    if (complaint.error.code != Code::Conflict && !complaint.again)
      log::error("database.refused", {{"reason", error.get_error_message()}, {"statement", sql}});
    if (complaint.broken) {
      prepared_.clear();
      session_.reset();
    }
    return std::unexpected(std::move(complaint.error));
  }
}

void Connection::undo() {
  if (session_ && run("ROLLBACK", {})) return;
  prepared_.clear();  // whatever state it is in: a new session knows of no transaction
  session_.reset();
}

Result<> Connection::askFence() {
  if (fence_ == nullptr) return {};
  TRY(const auto answer, run(fence_->query, fence_->values));
  if (answer.rows.empty()) return fail(Code::Unavailable, "{}", fence_->otherwise);
  return {};
}

Result<Answer> Connection::change(std::string_view sql, const Values& values) {
  if (fence_ == nullptr) return run(sql, values);
  Answer answer;
  TRY(transact([&](Transaction&) -> Result<> {
    TRY(answer, run(sql, values));
    return {};
  }));
  return answer;
}

Result<> Connection::transact(const std::function<Result<>(Transaction&)>& work) {
  for (int attempt = 1;; ++attempt) {
    TRY(run(dialect_.beginning(), {}));
    Transaction transaction(*this);
    Result<> done;
    try {
      done = askFence();
      if (done) done = work(transaction);
    } catch (...) {
      undo();
      throw;
    }
    if (done) {
      if (auto committed = run("COMMIT", {}); !committed) done = std::unexpected(std::move(committed).error());
      if (done) return {};
    }
    const bool again = again_;
    undo();
    if (!again || attempt == kMostAttempts) return done;
  }
}

}  // namespace allmende::store
