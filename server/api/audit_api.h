#pragma once
// The audit journal: what happened, and whether it was changed afterwards. For people of the staff (Administer), and for who runs the
// server by its socket. Behind the door of server/api.

#include "server/accounts/accounts.h"
#include "server/api/call.h"
#include "server/api/typed.h"
#include "server/journal/journal.h"

namespace allmende::api {

struct AuditFilter {
  std::optional<std::string> account;
  std::optional<std::string> subject;
  std::optional<std::string> name;
  std::optional<std::int64_t> before;
  std::optional<std::int64_t> limit;
};
constexpr auto fieldsOf(Type<AuditFilter>) {
  using F = AuditFilter;
  return record("AuditFilter", field("account", &F::account, "Of the account with this name only."),
      field("subject", &F::subject, "That name this id only."), field("name", &F::name, "Of this kind only: decision.made."),
      field("before", &F::before, "With a smaller number only: the last one's of the page before."),
      field("limit", &F::limit, "1 to 1000; absent = 100."));
}

struct AuditEvent {
  std::int64_t number = 0;
  Instant at;
  std::string name;
  std::vector<std::string> subjects;
  std::string detail;
};
constexpr auto fieldsOf(Type<AuditEvent>) {
  using E = AuditEvent;
  return record("AuditEvent", field("number", &E::number, "Its place in the journal."), field("at", &E::at), field("name", &E::name),
      field("subjects", &E::subjects, "The ids of those it happened to, the actor first."), field("detail", &E::detail, "A JSON object."));
}
struct AuditEvents {
  std::vector<AuditEvent> events;
};
constexpr auto fieldsOf(Type<AuditEvents>) { return record("AuditEvents", field("events", &AuditEvents::events, "Newest first.")); }

struct AuditVerificationWish {
  std::optional<std::string> head;
};
constexpr auto fieldsOf(Type<AuditVerificationWish>) {
  return record("AuditVerificationWish",
      field("head", &AuditVerificationWish::head, "One that was told earlier and kept elsewhere: it must be part of the chain."));
}
struct AuditVerification {
  std::int64_t events = 0;
  std::string head;
  std::int64_t unsealed = 0;
  std::string broken;
};
constexpr auto fieldsOf(Type<AuditVerification>) {
  using V = AuditVerification;
  return record("AuditVerification", field("events", &V::events, "How many are as they were written."),
      field("head", &V::head, "The last of them and its hash, to keep elsewhere; empty for none."),
      field("unsealed", &V::unsealed, "How many were written a moment ago and have no seal yet."),
      field("broken", &V::broken, "What is wrong; empty = nothing."));
}

class AuditApi {
 public:
  AuditApi(journal::Journal& journal, journal::Seals& seals, accounts::Accounts& accounts)
      : journal_(journal), seals_(seals), accounts_(accounts) {}

  Task<Result<AuditEvents>> list(accounts::Caller caller, InQuery<AuditFilter> filter);
  Task<Result<AuditVerification>> verify(accounts::Caller caller, InQuery<AuditVerificationWish> wish);

  // The same for who runs the server.
  Task<Result<AuditEvents>> listAll(AuditFilter filter);
  Task<Result<AuditVerification>> verifyAll(AuditVerificationWish wish);

 private:
  journal::Journal& journal_;
  journal::Seals& seals_;
  accounts::Accounts& accounts_;
};

}  // namespace allmende::api
