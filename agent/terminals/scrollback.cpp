#include "agent/terminals/scrollback.h"

#include <algorithm>

namespace allmende::terminals {
namespace {

constexpr std::size_t kLongestLine = 4096;  // within which a line's begin is looked for
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

constexpr unsigned char byteAt(std::string_view text, std::size_t at) { return static_cast<unsigned char>(text[at]); }
constexpr bool continues(unsigned char byte) { return (byte & 0xC0U) == 0x80U; }

// How many bytes the character has that begins with `lead`; 0 when none does.
std::size_t lengthOf(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead < 0xC2) return 0;
  if (lead < 0xE0) return 2;
  if (lead < 0xF0) return 3;
  return lead < 0xF5 ? 4 : 0;
}

// Whether `second` may follow `lead`: no overlong forms, no surrogates, nothing above U+10FFFF.
bool follows(unsigned char lead, unsigned char second) {
  if (!continues(second)) return false;
  if (lead == 0xE0) return second >= 0xA0;
  if (lead == 0xED) return second <= 0x9F;
  if (lead == 0xF0) return second >= 0x90;
  return lead != 0xF4 || second <= 0x8F;
}

// How many of the bytes at the text's begin may belong to one character: all of it, or the part before the first that cannot.
std::size_t matchingBytes(std::string_view text, std::size_t length) {
  std::size_t matching = 1;
  while (matching < std::min(length, text.size())) {
    const auto byte = byteAt(text, matching);
    if (matching == 1 ? !follows(byteAt(text, 0), byte) : !continues(byte)) break;
    ++matching;
  }
  return matching;
}

}  // namespace

std::string Decoder::take(std::string_view bytes) {
  const auto joined = half_.append(bytes);
  half_.clear();
  std::string text;
  text.reserve(joined.size());
  for (std::string_view rest = joined; !rest.empty();) {
    const auto length = lengthOf(byteAt(rest, 0));
    const auto matching = length == 0 ? 1 : matchingBytes(rest, length);
    if (matching < length && matching == rest.size()) {
      half_ = rest;
      break;
    }
    text.append(matching == length ? rest.substr(0, length) : kReplacement);
    rest.remove_prefix(matching);
  }
  return text;
}

void Scrollback::append(std::string_view text) {
  text_.append(text);
  if (text_.size() <= 2 * bound_) return;
  auto cut = text_.size() - bound_;
  const auto line = std::string_view(text_).substr(cut, kLongestLine).find('\n');
  if (line != std::string_view::npos) cut += line + 1;
  while (cut < text_.size() && continues(byteAt(text_, cut))) ++cut;
  text_.erase(0, cut);
  first_ += cut;
}

Scrollback::Piece Scrollback::read(std::uint64_t from, std::size_t most) const {
  const auto begin = std::max(from, first_);
  const auto rest = std::string_view(text_).substr(std::min<std::size_t>(begin - first_, text_.size()));
  auto size = std::min(rest.size(), most);
  while (size > 0 && size < rest.size() && continues(byteAt(rest, size))) --size;
  if (size == 0 && !rest.empty()) size = std::min(rest.size(), std::max<std::size_t>(lengthOf(byteAt(rest, 0)), 1));
  return {std::string(rest.substr(0, size)), begin + size, begin - from};
}

}  // namespace allmende::terminals
