#include "lib/base/base64.h"

#include <array>
#include <cstdint>

namespace allmende {
namespace {

constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t kNoLetter = 64;

constexpr std::array<std::uint8_t, 256> kValues = [] {
  std::array<std::uint8_t, 256> values{};
  values.fill(kNoLetter);
  for (std::size_t i = 0; i < kLetters.size(); ++i) values.at(static_cast<unsigned char>(kLetters[i])) = static_cast<std::uint8_t>(i);
  return values;
}();

bool isSpace(char c) { return c == '\n' || c == '\r' || c == ' ' || c == '\t'; }

}  // namespace

std::string toBase64(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4, '=');
  auto* to = text.data();
  const auto byteAt = [&](std::size_t at) { return std::uint32_t{static_cast<unsigned char>(bytes[at])}; };
  const auto put = [&](std::uint32_t bits, int letters) {
    for (int i = 0; i < letters; ++i) to[i] = kLetters[bits >> (18U - 6U * static_cast<unsigned>(i)) & 63U];
    to += 4;
  };
  std::size_t at = 0;
  for (; at + 3 <= bytes.size(); at += 3) put(byteAt(at) << 16U | byteAt(at + 1) << 8U | byteAt(at + 2), 4);
  if (at + 1 == bytes.size()) put(byteAt(at) << 16U, 2);
  if (at + 2 == bytes.size()) put(byteAt(at) << 16U | byteAt(at + 1) << 8U, 3);
  return text;
}

namespace {

// Decodes groups of four letters into `to` for as long as there is nothing else; returns how many letters that took.
std::size_t decodeGroups(std::string_view text, char* to) {
  std::size_t at = 0;
  for (; at + 4 <= text.size(); at += 4, to += 3) {
    std::array<std::uint32_t, 4> values{};
    for (std::size_t i = 0; i < 4; ++i) values[i] = kValues[static_cast<unsigned char>(text[at + i])];
    if (((values[0] | values[1] | values[2] | values[3]) & kNoLetter) != 0) break;
    const auto bits = values[0] << 18U | values[1] << 12U | values[2] << 6U | values[3];
    to[0] = static_cast<char>(bits >> 16U);
    to[1] = static_cast<char>(bits >> 8U & 255U);
    to[2] = static_cast<char>(bits & 255U);
  }
  return at;
}

}  // namespace

std::optional<std::string> fromBase64(std::string_view text) {
  std::string bytes(text.size() / 4 * 3, '\0');
  const auto done = decodeGroups(text, bytes.data());
  bytes.resize(done / 4 * 3);
  std::uint32_t bits = 0;
  std::size_t letters = 0;
  std::size_t padding = 0;
  for (const char c : text.substr(done)) {
    if (isSpace(c)) continue;
    const auto value = kValues.at(static_cast<unsigned char>(c));
    if (c == '=') {
      ++padding;
    } else if (value == kNoLetter || padding > 0) {
      return std::nullopt;
    } else {
      bits = bits << 6U | value;
      if (++letters % 4 != 0) continue;
      for (const unsigned shift : {16U, 8U, 0U}) bytes += static_cast<char>(bits >> shift & 255U);
    }
  }
  const auto rest = letters % 4;
  if (rest == 1 || padding != (4 - rest) % 4) return std::nullopt;
  if (rest >= 2) bytes += static_cast<char>(bits >> (rest == 2 ? 4U : 10U) & 255U);
  if (rest == 3) bytes += static_cast<char>(bits >> 2U & 255U);
  return bytes;
}

std::string toHex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex(2 * bytes.size(), '\0');
  auto at = hex.begin();
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    *at++ = kDigits[byte >> 4U];
    *at++ = kDigits[byte & 15U];
  }
  return hex;
}

}  // namespace allmende
