#include <charconv>
#include <mutex>

#include "lib/store/connection.h"

namespace allmende::store {
namespace {

constexpr std::size_t kMostWaiting = 1024;  // statements that wait for the pool; beyond it callers are told to come back

Result<std::unique_ptr<Dialect>> dialectOf(const std::string& url) {
  if (url.starts_with("postgresql://") || url.starts_with("postgres://")) return makePostgres(url);
  const std::string path = url.starts_with("sqlite:") ? url.substr(7) : "";
  if (path.empty() || path.find('"') != std::string::npos)
    return fail(Code::InvalidInput,
        "'{}' is no database URL; allowed are sqlite:/path/to/file.db (without double quotes) and postgresql://user@host/name",
        url.substr(0, url.find(':')));
  return makeSqlite(path);
}

}  // namespace

bool Row::isNull(std::size_t column) const { return !cells_.at(column); }

const std::string& Row::text(std::size_t column) const {
  check(!isNull(column), "a column that is read as text is not null");
  return *cells_[column];
}

std::int64_t Row::number(std::size_t column) const {
  const auto& digits = text(column);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  check(error == std::errc{} && end == digits.data() + digits.size(), "a column that is read as a number holds one");
  return number;
}

std::optional<Instant> Row::findInstant(std::size_t column) const {
  if (isNull(column)) return std::nullopt;
  return instant(column);
}

Result<Rows> Transaction::query(std::string_view sql, const Values& values) {
  TRY(auto answer, connection_.run(sql, values));
  return std::move(answer.rows);
}

Result<std::int64_t> Transaction::change(std::string_view sql, const Values& values) {
  TRY(auto answer, connection_.run(sql, values));
  return answer.changed;
}

struct Database::Impl {
  explicit Impl(std::unique_ptr<Dialect> of) : dialect(std::move(of)) {}

  // Lends a connection to a thread of the pool; there are as many as threads.
  class Loan {
   public:
    explicit Loan(Impl& from) : from_(from) {
      const std::lock_guard lock(from_.mutex);
      check(!from_.idle.empty(), "there is a connection for every thread of the pool");
      connection_ = from_.idle.back();
      from_.idle.pop_back();
    }
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;
    ~Loan() {
      const std::lock_guard lock(from_.mutex);
      from_.idle.push_back(connection_);
    }
    Connection* operator->() const { return connection_; }
    Connection& operator*() const { return *connection_; }

   private:
    Impl& from_;
    Connection* connection_;
  };

  std::unique_ptr<Dialect> dialect;
  std::string product;
  std::unique_ptr<Fence> fence;
  std::vector<std::unique_ptr<Connection>> connections;
  std::mutex mutex;
  std::vector<Connection*> idle;
  std::unique_ptr<net::Pool> pool;  // last: its threads end before what they use
};

Database::Database(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Database::~Database() = default;

Result<std::unique_ptr<Database>> Database::open(const std::string& url, std::span<const Migration> migrations) {
  TRY(auto database, connect(url));
  TRY(database->migrate(migrations));
  return database;
}

Result<std::unique_ptr<Database>> Database::connect(const std::string& url) {
  TRY(auto dialect, dialectOf(url));
  auto impl = std::make_unique<Impl>(std::move(dialect));
  const auto count = impl->dialect->connections();
  for (unsigned i = 0; i < count; ++i) {
    auto& connection = impl->connections.emplace_back(std::make_unique<Connection>(*impl->dialect));
    impl->idle.push_back(connection.get());
    TRY(during("opening the database", connection->open()));
  }
  TRY(auto version, impl->connections.front()->run(impl->dialect->versionQuery(), {}));
  impl->product = version.rows[0].text(0);
  impl->pool = std::make_unique<net::Pool>("database", count, kMostWaiting);
  return std::unique_ptr<Database>(new Database(std::move(impl)));
}

Result<> Database::migrate(std::span<const Migration> migrations) {
  Impl::Loan connection(*impl_);
  return during("opening the database", store::migrate(*connection, migrations));
}

Result<> Database::prepare(std::string_view sql) {
  Impl::Loan connection(*impl_);
  return during("opening the database", store::prepare(*connection, sql));
}

void Database::fence(std::string query, Values values, std::string otherwise) {
  impl_->fence = std::make_unique<Fence>(std::move(query), std::move(values), std::move(otherwise));
  for (auto& connection : impl_->connections) connection->setFence(impl_->fence.get());
}

Result<> Database::runErased(std::move_only_function<Result<>(Transaction&)> work) {
  Impl::Loan connection(*impl_);
  return connection->transact([&](Transaction& on) { return work(on); });
}

net::Pool& Database::pool() { return *impl_->pool; }

Task<Result<Rows>> Database::query(std::string sql, Values values) {
  co_return co_await impl_->pool->runResult([impl = impl_.get(), sql = std::move(sql), values = std::move(values)]() -> Result<Rows> {
    Impl::Loan connection(*impl);
    // DELETE … RETURNING changes something, too.
    TRY(auto answer, sql.starts_with("SELECT") ? connection->run(sql, values) : connection->change(sql, values));
    return std::move(answer.rows);
  });
}

Task<Result<std::int64_t>> Database::change(std::string sql, Values values) {
  co_return co_await impl_->pool->runResult(
      [impl = impl_.get(), sql = std::move(sql), values = std::move(values)]() -> Result<std::int64_t> {
        Impl::Loan connection(*impl);
        TRY(auto answer, connection->change(sql, values));
        return answer.changed;
      });
}

Task<Result<>> Database::ping() {
  auto answer = co_await query("SELECT 1");
  if (!answer) co_return std::unexpected(std::move(answer).error());
  co_return Result<>{};
}

const std::string& Database::product() const { return impl_->product; }

}  // namespace allmende::store
