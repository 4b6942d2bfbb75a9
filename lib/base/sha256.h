#pragma once
// SHA-256 (FIPS 180-4) and HMAC with it (RFC 2104), small enough for a static program.

#include <openssl/sha.h>

#include <array>
#include <initializer_list>
#include <string>
#include <string_view>

namespace allmende {

// Of bytes that come piece by piece.
class Sha256 {
 public:
  static constexpr std::size_t kSize = SHA256_DIGEST_LENGTH;
  using Digest = std::array<unsigned char, kSize>;

  Sha256();
  void add(std::string_view bytes);
  Digest finish();  // once

 private:
  SHA256_CTX state_;
};

// Under one key, which is taken in once.
class HmacSha256 {
 public:
  explicit HmacSha256(std::string_view key);
  // Over the pieces as if they were one.
  Sha256::Digest of(std::initializer_list<std::string_view> pieces) const;

 private:
  Sha256 inner_;
  Sha256 outer_;
};

// Lower-case hexadecimal digits.
std::string hexOf(const Sha256::Digest& digest);
std::string sha256Of(std::string_view bytes);

// Compares all of both, however early they differ. Their lengths are no secret.
bool sameInConstantTime(std::string_view left, std::string_view right);

}  // namespace allmende
