#pragma once
// What differs between the two databases. Behind the door of lib/store; the only place where SOCI shows in a header.

#include <soci/soci.h>

#include <memory>
#include <string>
#include <string_view>

#include "lib/base/result.h"

namespace allmende::store {

// What a database's complaint means for us.
struct Complaint {
  Error error;
  bool broken = false;  // the connection is of no more use
  bool again = false;   // a transaction lost against another and may run again
};

class Dialect {
 public:
  virtual ~Dialect() = default;
  // Opens the session and prepares it for us. Throws soci::soci_error.
  virtual void connect(soci::session& session) const = 0;
  // How many columns the prepared statement answers with, without running it.
  virtual int columnsOf(soci::statement& statement) const = 0;
  virtual Complaint explain(const soci::soci_error& error) const = 0;
  virtual std::string_view beginning() const = 0;     // opens a serializable transaction
  virtual std::string_view migrating() const = 0;     // then keeps other servers from migrating too; empty = not needed
  virtual std::string_view serialKey() const = 0;     // what "{serial_key}" stands for
  virtual std::string_view versionQuery() const = 0;  // a SELECT of one text: product and version
  virtual unsigned connections() const = 0;
};

std::unique_ptr<Dialect> makeSqlite(std::string path);
std::unique_ptr<Dialect> makePostgres(std::string url);

}  // namespace allmende::store
