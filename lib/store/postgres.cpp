#include <soci/postgresql/soci-postgresql.h>

#include "lib/store/dialect.h"

namespace allmende::store {
namespace {

class Postgres final : public Dialect {
 public:
  explicit Postgres(std::string url) : url_(std::move(url)) {}

  void connect(soci::session& session) const override {
    session.open(soci::postgresql, url_);
    session << "SET client_encoding = 'UTF8'";
    session << "SET client_min_messages = error";
    session << "SET default_transaction_isolation = 'serializable'";
    session << "SET idle_in_transaction_session_timeout = '60s'";
    session << "SET statement_timeout = '30s'";
  }

  int columnsOf(soci::statement& statement) const override {
    // SOCI exports no typeinfo of its backends: no dynamic_cast.
    auto& backend = static_cast<soci::postgresql_statement_backend&>(*statement.get_backend());
    PGresult* described = PQdescribePrepared(backend.session_.conn_, backend.statementName_.c_str());
    const int columns = PQnfields(described);
    const bool known = PQresultStatus(described) == PGRES_COMMAND_OK;
    PQclear(described);
    if (!known) throw soci::soci_error("the prepared statement is unknown to the server");
    return columns;
  }

  Complaint explain(const soci::soci_error& error) const override {
    const auto* own = dynamic_cast<const soci::postgresql_soci_error*>(&error);
    const std::string state = own == nullptr ? "08000" : own->sqlstate().substr(0, 5);
    if (state == "40001" || state == "40P01") return {{Code::Unavailable, "the database is busy; try again in a moment", {}}, false, true};
    if (state.starts_with("23")) return {{Code::Conflict, "the entry clashes with one that is there", {}}};
    if (state == "53100") return {{Code::Unavailable, "the database server's disk is full; free some space and try again", {}}};
    if (state == "25006") return {{Code::Unavailable, "the database server accepts no writes now", {}}};
    if (state == "57014") return {{Code::TimedOut, "the database took longer than 30 seconds", {}}};
    if (state == "42501" || state.starts_with("28"))
      return {{Code::Unavailable, "the database server refuses this user; check name, password and rights of the database URL", {}}, true};
    // 08 = connection, 57P = shutdown, 53 = out of resources; the session's own failures come with no state ("  ").
    if (state.starts_with("08") || state.starts_with("57P") || state.starts_with("53") || state.starts_with(" ") || state[0] == '\0')
      return {{Code::Unavailable, "the database server does not answer; it is tried again with the next request", {}}, true};
    return {{Code::Internal, "the database refused a statement", {}}};
  }

  std::string_view beginning() const override { return "BEGIN ISOLATION LEVEL SERIALIZABLE"; }
  std::string_view migrating() const override { return "SELECT CAST(pg_advisory_xact_lock(7140812) AS TEXT)"; }
  std::string_view serialKey() const override { return "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"; }
  std::string_view versionQuery() const override { return "SELECT 'PostgreSQL ' || current_setting('server_version')"; }
  unsigned connections() const override { return 4; }

 private:
  std::string url_;
};

}  // namespace

std::unique_ptr<Dialect> makePostgres(std::string url) { return std::make_unique<Postgres>(std::move(url)); }

}  // namespace allmende::store
