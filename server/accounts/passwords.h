#pragma once
// Passwords as argon2id hashes, and the hashes of random secrets. Behind the door of server/accounts.

#include <optional>
#include <string>

#include "lib/base/task.h"
#include "lib/net/net.h"
#include "server/accounts/accounts.h"

namespace allmende::accounts {

class Passwords {
 public:
  explicit Passwords(PasswordCost cost);

  Task<Result<std::string>> hash(std::string password);

  struct Verdict {
    bool right = false;
    std::optional<std::string> better;  // a fresh hash, when the stored one was made at another cost
  };
  // Without a `stored` hash it takes as long as with one, and is wrong.
  Task<Result<Verdict>> verify(std::optional<std::string> stored, std::string password);

 private:
  std::string make(const std::string& password) const;

  PasswordCost cost_;
  std::string nobodys_;  // the hash of a password that nobody has
  net::Pool pool_;       // two at a time: memory stays bounded, and one core is left for everybody else
};

// 32 random bytes as hex: the secret itself.
std::string makeSecret();
// SHA-256 as hex: how a secret is stored. It is random, so neither salt nor slowness is needed.
std::string hashOf(const std::string& secret);

}  // namespace allmende::accounts
