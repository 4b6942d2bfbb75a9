#pragma once
// What lets a browser in at a preview's own name, where the installation's session cookie is not sent: a ticket in a link, good once and
// for a minute, becomes a pass in a cookie. Behind the door of server/previews. Kept in memory: after a restart people are asked again who
// they are, which a signed-in browser answers by itself.

#include <deque>
#include <map>
#include <optional>
#include <string>

#include "lib/base/clock.h"
#include "server/previews/preview.h"

namespace allmende::previews {

class Passes {
 public:
  static constexpr Duration kTicketLifetime{60'000};
  static constexpr Duration kPassLifetime{12 * 3'600'000};
  static constexpr std::size_t kMost = 10'000;  // of each; the oldest go

  std::string makeTicket(const PreviewId& to, const AccountId& of, Instant now);
  // The pass that a ticket is good for; nullopt when it is none, is used up or too old, or leads elsewhere.
  std::optional<std::string> redeem(const std::string& ticket, const PreviewId& to, Instant now);
  // Whose pass it is; nullopt when it is none (any more), or leads elsewhere.
  std::optional<AccountId> whose(const std::string& pass, const PreviewId& to, Instant now) const;
  // All of an account.
  void forget(const AccountId& account);

 private:
  struct Right {
    PreviewId to;
    AccountId of;
    Instant until;
  };
  // By the hash of their secrets.
  class Rights {
   public:
    std::string add(Right right);
    const Right* find(const std::string& secret) const;
    void remove(const std::string& secret);
    void forget(const AccountId& account);

   private:
    std::map<std::string, Right> rights_;
    std::deque<std::string> order_;  // of their making; may name some that are gone
  };
  Rights tickets_;
  Rights passes_;
};

}  // namespace allmende::previews
