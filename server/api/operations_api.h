#pragma once
// For those who run the server: health, readiness, metrics, and the operator's socket. Behind the door of server/api.

#include "server/api/account_api.h"
#include "server/api/typed.h"
#include "server/enforcement/enforcement.h"
#include "server/quota/quota.h"
#include "server/runtimes/runtimes.h"

namespace allmende::api {

// What is counted on the way of every request.
struct Counters {
  std::array<std::uint64_t, 6> answers{};  // by the first digit of the status
  std::uint64_t socketsOpened = 0;
  std::uint64_t refusedOrigins = 0;
};

class OperationsApi {
 public:
  OperationsApi(store::Database& database, runtimes::Runtimes& runtimes, runtimes::Kernels& kernels, const Counters& counters,
      const quota::Admission& admission, const enforcement::Enforcement& enforcement, const Clock& clock, bool metricsForLoopback);

  void watch(const net::HttpServer& server) { server_ = &server; }

  Task<net::Response> health(Call call);
  Task<net::Response> readiness(Call call);
  Task<net::Response> metrics(Call call);

 private:
  store::Database& database_;
  runtimes::Runtimes& runtimes_;
  runtimes::Kernels& kernels_;
  const Counters& counters_;
  const quota::Admission& admission_;
  const enforcement::Enforcement& enforcement_;
  const Clock& clock_;
  bool metricsForLoopback_;
  Duration started_;
  const net::HttpServer* server_ = nullptr;
};

struct AccountWish {
  std::string name;
  bool admin = false;
  std::optional<std::string> password;
};
constexpr auto fieldsOf(Type<AccountWish>) {
  return record("AccountWish", field("name", &AccountWish::name), field("admin", &AccountWish::admin),
      field("password", &AccountWish::password, "Absent = signs in by link."));
}

struct OperatorTokenWish {
  std::string account;
  std::string name;
  std::optional<std::vector<std::string>> scopes;
  std::optional<std::int64_t> expiresInS;
};
constexpr auto fieldsOf(Type<OperatorTokenWish>) {
  return record("OperatorTokenWish", field("account", &OperatorTokenWish::account, "Whose token it is."),
      field("name", &OperatorTokenWish::name), field("scopes", &OperatorTokenWish::scopes),
      field("expires_in_s", &OperatorTokenWish::expiresInS));
}

struct LinkWish {
  std::optional<std::string> account;
};
constexpr auto fieldsOf(Type<LinkWish>) {
  return record("LinkWish", field("account", &LinkWish::account, "Who is to sign in; absent = the first administrator."));
}
struct LinkReply {
  std::string url;
};
constexpr auto fieldsOf(Type<LinkReply>) { return record("Link", field("url", &LinkReply::url, "Signs in once, within a day.")); }

// Behind the socket that only the operator can open.
class OperatorApi {
 public:
  OperatorApi(accounts::Accounts& accounts, runtimes::Runtimes& runtimes, runtimes::Kernels& kernels)
      : accounts_(accounts), runtimes_(runtimes), kernels_(kernels) {}

  // What people open, "http://127.0.0.1:8080/"; known once the server listens.
  void setUrl(std::string url) { url_ = std::move(url); }

  Task<Result<Created<accounts::Account>>> createAccount(AccountWish wish);
  Task<Result<Created<MadeToken>>> createToken(OperatorTokenWish wish);
  Task<Result<Created<LinkReply>>> makeLink(LinkWish wish);
  // For people of the staff: of an account that is no administrator's, so that none signs in as another.
  Task<Result<Created<LinkReply>>> makeLinkAs(accounts::Caller caller, LinkWish wish);
  Task<net::Response> status(Call call);

 private:
  Task<Result<accounts::Account>> firstAdministrator();

  accounts::Accounts& accounts_;
  runtimes::Runtimes& runtimes_;
  runtimes::Kernels& kernels_;
  std::string url_;
};

}  // namespace allmende::api
