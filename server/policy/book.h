#pragma once
// Which rules are published here, since when, and from when on they hold. Part of the door server/policy/policy.h.
//
// A version of a rule is announced when the server first reads it, binds after its notice period, and is enforced after its time in shadow;
// until it binds, the version before it stays in force. An emergency binds and is enforced at once, and is shown as such. The first book of
// an installation in which nobody has signed in yet binds at once: whoever comes accepts it first.

#include <optional>
#include <string>
#include <vector>

#include "lib/store/store.h"
#include "server/journal/journal.h"
#include "server/policy/rules.h"

namespace allmende::policy {

struct Version {
  std::int64_t number = 0;  // of all versions of all rules, in the order of their publication
  Rule rule;
  std::vector<std::string> says;  // of its detectors: what it goes by
  std::vector<std::string> saysDe;
  json::object source;
  Binding binding;
  std::optional<Instant> withdrawnAt;  // no longer in force, or never came into it

  bool isInForce(Instant now) const { return !withdrawnAt && binding.bindsAt <= now; }
};

class Book {
 public:
  Book(store::Database& database, journal::Journal& journal, const Clock& clock) : database_(database), journal_(journal), clock_(clock) {}

  // Reads what was published before.
  Task<Result<>> load();
  // Publishes what is new or changed in `wanted`, and withdraws what it has no longer. `anybodyHere`: somebody has accepted rules already
  // or could have. Fails with InvalidInput when a rule says something else than before under the same version; then nothing is published.
  Task<Result<>> publish(RuleBook wanted, bool anybodyHere);
  // What is in force now; called again when time has passed. True when that has changed.
  Result<bool> refresh();

  const RuleBook& inForce() const { return inForce_; }
  const Bindings& bindings() const { return bindings_; }
  // All versions, the newest first.
  const std::vector<Version>& versions() const { return versions_; }
  // The number of the last one; 0 when there is none.
  std::int64_t last() const { return versions_.empty() ? 0 : versions_.front().number; }

  // Somebody has read the rules up to a version.
  Task<Result<>> accept(AccountId who, std::int64_t upTo);
  // The last version they have accepted; 0 = none.
  Task<Result<std::int64_t>> accepted(AccountId who);

 private:
  store::Database& database_;
  journal::Journal& journal_;
  const Clock& clock_;
  std::vector<Version> versions_;
  RuleBook inForce_;
  Bindings bindings_;
  std::vector<std::int64_t> numbersInForce_;
};

}  // namespace allmende::policy
