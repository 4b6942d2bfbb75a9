#include "lib/base/id.h"

#include <sys/random.h>

#include <array>
#include <span>

#include "lib/base/base64.h"

namespace allmende {
namespace {

void fillRandom(std::span<unsigned char> bytes) {
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const auto got = ::getrandom(bytes.data() + filled, bytes.size() - filled, 0);
    if (got > 0) filled += static_cast<std::size_t>(got);
  }
}

}  // namespace

std::string randomHex(std::size_t bytes) {
  std::string raw(bytes, '\0');
  fillRandom({reinterpret_cast<unsigned char*>(raw.data()), raw.size()});
  return toHex(raw);
}

std::string randomUuid() {
  auto hex = randomHex(16);
  hex[12] = '4';
  hex[16] = "89ab"[static_cast<unsigned>(hex[16]) % 4];
  return hex.substr(0, 8) + '-' + hex.substr(8, 4) + '-' + hex.substr(12, 4) + '-' + hex.substr(16, 4) + '-' + hex.substr(20);
}

bool isUuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
    const char c = text[i];
    const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (hyphen ? c != '-' : !hex) return false;
  }
  return true;
}

}  // namespace allmende
