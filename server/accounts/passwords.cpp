#include "server/accounts/passwords.h"

#include <sodium.h>

#include <array>

#include "lib/base/sha256.h"

namespace allmende::accounts {
namespace {

constexpr unsigned kAtOnce = 2;
constexpr std::size_t kMostWaiting = 32;  // some three seconds; then sign-in answers Unavailable

}  // namespace

Passwords::Passwords(PasswordCost cost) : cost_(cost), pool_("passwords", kAtOnce, kMostWaiting) {
  check(::sodium_init() >= 0, "libsodium starts");
  nobodys_ = make(makeSecret());
}

std::string Passwords::make(const std::string& password) const {
  std::array<char, crypto_pwhash_STRBYTES> text{};
  const int failed =
      ::crypto_pwhash_str_alg(text.data(), password.data(), password.size(), cost_.passes, cost_.memory, crypto_pwhash_ALG_ARGON2ID13);
  if (failed != 0) throw std::bad_alloc();
  return text.data();
}

Task<Result<std::string>> Passwords::hash(std::string password) {
  co_return co_await pool_.run([this, password = std::move(password)] { return make(password); });
}

Task<Result<Passwords::Verdict>> Passwords::verify(std::optional<std::string> stored, std::string password) {
  co_return co_await pool_.run([this, stored = std::move(stored), password = std::move(password)] {
    const auto& hash = stored ? *stored : nobodys_;
    const bool matches = ::crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
    Verdict verdict{.right = matches && stored, .better = {}};
    if (verdict.right && ::crypto_pwhash_str_needs_rehash(hash.c_str(), cost_.passes, cost_.memory) != 0) verdict.better = make(password);
    return verdict;
  });
}

std::string makeSecret() { return randomHex(32); }

std::string hashOf(const std::string& secret) { return sha256Of(secret); }

}  // namespace allmende::accounts
