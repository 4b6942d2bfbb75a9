#include "server/contents/paths.h"

#include "lib/net/net.h"

namespace allmende::contents {
namespace {

constexpr std::size_t kMostShown = 200;

Result<> checkName(std::string_view name, std::string_view path) {
  if (name == "..") return fail(Code::NotFound, "{} is outside root contents directory: '..' is not followed", shown(path));
  if (name.size() > kLongestName)
    return fail(
        Code::InvalidInput, "the name '{}…' has {} bytes; a name may have {}", shown(name.substr(0, 40)), name.size(), kLongestName);
  return {};
}

}  // namespace

Result<DrivePath> DrivePath::parse(std::string_view text) {
  if (text.contains('\0')) return fail(Code::NotFound, "{} is not a valid path: it holds a NUL byte", shown(text));
  if (!net::isUtf8(text)) return fail(Code::InvalidInput, "{} is not a valid path: it is no UTF-8", shown(text));
  std::string joined;
  for (std::size_t from = 0; from < text.size();) {
    const auto till = std::min(text.find('/', from), text.size());
    const auto name = text.substr(from, till - from);
    from = till + 1;
    if (name.empty() || name == ".") continue;
    TRY(checkName(name, text));
    if (!joined.empty()) joined += '/';
    joined += name;
  }
  if (joined.size() > kLongestPath)
    return fail(
        Code::InvalidInput, "the path '{}…' has {} bytes; a path may have {}", shown(joined.substr(0, 40)), joined.size(), kLongestPath);
  return DrivePath(std::move(joined));
}

std::string_view DrivePath::name() const {
  const std::string_view text = text_;
  const auto slash = text.rfind('/');
  return slash == std::string_view::npos ? text : text.substr(slash + 1);
}

DrivePath DrivePath::folder() const {
  const auto slash = text_.rfind('/');
  return slash == std::string::npos ? DrivePath() : DrivePath(text_.substr(0, slash));
}

bool DrivePath::isBelow(const DrivePath& folder) const {
  if (folder.isRoot()) return !isRoot();
  return text_.size() > folder.text_.size() && text_.starts_with(folder.text_) && text_[folder.text_.size()] == '/';
}

std::string shown(std::string_view text) {
  const bool cut = text.size() > kMostShown;
  auto kept = text.substr(0, kMostShown);
  while (cut && !kept.empty() && (static_cast<unsigned char>(text[kept.size()]) & 0xC0U) == 0x80U) kept.remove_suffix(1);
  const bool readable = net::isUtf8(kept);
  std::string result;
  for (const char c : kept) {
    const auto byte = static_cast<unsigned char>(c);
    result += byte < 0x20 || byte == 0x7F || (!readable && byte >= 0x80) ? '?' : c;
  }
  return cut ? result + "…" : result;
}

}  // namespace allmende::contents
