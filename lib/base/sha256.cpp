// OpenSSL's older functions, whose successors (EVP) would link all algorithms of libcrypto into the agent: two megabytes of its memory.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "lib/base/sha256.h"

#include <openssl/crypto.h>

#include <algorithm>

#include "lib/base/base64.h"

namespace allmende {

Sha256::Sha256() { ::SHA256_Init(&state_); }

void Sha256::add(std::string_view bytes) { ::SHA256_Update(&state_, bytes.data(), bytes.size()); }

Sha256::Digest Sha256::finish() {
  Digest digest{};
  ::SHA256_Final(digest.data(), &state_);
  return digest;
}

HmacSha256::HmacSha256(std::string_view key) {
  std::array<char, SHA256_CBLOCK> block{};
  if (key.size() <= block.size()) {
    key.copy(block.data(), key.size());
  } else {
    Sha256 longKey;
    longKey.add(key);
    const auto digest = longKey.finish();
    std::copy(digest.begin(), digest.end(), block.begin());
  }
  const auto begin = [&](Sha256& hash, char pad) {
    auto padded = block;
    for (auto& byte : padded) byte = static_cast<char>(byte ^ pad);
    hash.add({padded.data(), padded.size()});
  };
  begin(inner_, 0x36);
  begin(outer_, 0x5c);
}

Sha256::Digest HmacSha256::of(std::initializer_list<std::string_view> pieces) const {
  auto inner = inner_;
  for (const auto piece : pieces) inner.add(piece);
  const auto digest = inner.finish();
  auto outer = outer_;
  outer.add({reinterpret_cast<const char*>(digest.data()), digest.size()});
  return outer.finish();
}

std::string hexOf(const Sha256::Digest& digest) { return toHex({reinterpret_cast<const char*>(digest.data()), digest.size()}); }

std::string sha256Of(std::string_view bytes) {
  Sha256 hash;
  hash.add(bytes);
  return hexOf(hash.finish());
}

bool sameInConstantTime(std::string_view left, std::string_view right) {
  return left.size() == right.size() && ::CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace allmende
