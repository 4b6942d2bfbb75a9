#include "agent/kernels/stream_text.h"

#include <algorithm>

namespace allmende::kernels {
namespace {

class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool take(char wanted) {
    skipSpace();
    if (!rest_.starts_with(wanted)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // A string without its quotes.
  std::optional<std::string_view> string() {
    if (!take('"')) return std::nullopt;
    std::size_t at = 0;
    for (;;) {
      at = rest_.find_first_of("\"\\", at);
      if (at == std::string_view::npos) return std::nullopt;
      if (rest_[at] == '"') break;
      at += 2;
    }
    const auto found = rest_.substr(0, at);
    rest_.remove_prefix(at + 1);
    return found;
  }

  bool atEnd() {
    skipSpace();
    return rest_.empty();
  }

 private:
  void skipSpace() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size())); }
  std::string_view rest_;
};

// The length of the escape that begins here; a surrogate pair is one.
std::size_t escapeLength(std::string_view text) {
  if (!text.starts_with("\\u")) return 2;
  const auto isHalf = [&](std::size_t at, std::string_view second) {
    return text.size() >= at + 6 && text[at] == '\\' && text[at + 1] == 'u' && (text[at + 2] == 'd' || text[at + 2] == 'D') &&
           second.contains(text[at + 3]);
  };
  return isHalf(0, "89abAB") && isHalf(6, "cdefCDEF") ? 12 : 6;
}

}  // namespace

std::optional<StreamText> findStreamText(std::string_view content) {
  Scanner scanner(content);
  StreamText found;
  if (!scanner.take('{')) return std::nullopt;
  for (int member = 0; member < 2; ++member) {
    if (member > 0 && !scanner.take(',')) return std::nullopt;
    const auto key = scanner.string();
    if (!key || !scanner.take(':')) return std::nullopt;
    const auto value = scanner.string();
    auto* slot = key == "name" ? &found.name : key == "text" ? &found.text : nullptr;
    if (!value || slot == nullptr || slot->data() != nullptr) return std::nullopt;
    *slot = *value;
  }
  if (!scanner.take('}') || !scanner.atEnd()) return std::nullopt;
  return found;
}

std::string streamContent(StreamText stream) {
  std::string content;
  content.reserve(stream.name.size() + stream.text.size() + 24);
  return content.append(R"({"name":")").append(stream.name).append(R"(","text":")").append(stream.text).append("\"}");
}

std::size_t cutOf(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text.size();
  std::size_t at = 0;  // everything before is whole
  for (;;) {
    const auto escape = text.find('\\', at);
    if (escape >= most) break;  // npos too
    const auto end = std::min(escape + escapeLength(text.substr(escape, 12)), text.size());
    if (end > most) return escape > 0 ? escape : end;
    at = end;
  }
  const auto isContinuation = [&](std::size_t byte) { return (static_cast<unsigned char>(text[byte]) & 0xC0U) == 0x80U; };
  auto cut = most;
  while (cut > at && isContinuation(cut)) --cut;
  if (cut > 0) return cut;
  cut = most;  // not even one sequence fits: it is taken whole
  while (cut < text.size() && isContinuation(cut)) ++cut;
  return cut;
}

}  // namespace allmende::kernels
