#pragma once
// Paths of a drive: decided as text, before anything is opened. Behind the door of server/contents.

#include <string>
#include <string_view>

#include "lib/base/result.h"

namespace allmende::contents {

inline constexpr std::size_t kLongestName = 255;   // bytes, as file systems have it
inline constexpr std::size_t kLongestPath = 3500;  // bytes; leaves room below PATH_MAX for what is put around it

// "folder/a.ipynb", below a drive; empty = the drive itself. Whatever one holds is UTF-8 without NUL, "." and "..", "//" and outer '/'.
class DrivePath {
 public:
  DrivePath() = default;
  // Fails with NotFound for what cannot be in a drive ("..", NUL), with InvalidInput for what cannot be a name.
  static Result<DrivePath> parse(std::string_view text);

  const std::string& text() const { return text_; }
  bool isRoot() const { return text_.empty(); }
  // The last name; empty for the drive itself.
  std::string_view name() const;
  DrivePath folder() const;
  Result<DrivePath> child(std::string_view name) const { return parse(isRoot() ? std::string(name) : text_ + "/" + std::string(name)); }
  // Whether one of its names begins with a dot: such are neither shown nor written.
  bool isHidden() const { return text_.starts_with('.') || text_.contains("/."); }
  bool isBelow(const DrivePath& folder) const;
  auto operator<=>(const DrivePath&) const = default;

 private:
  explicit DrivePath(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

// A name or path as a message shows it: cut to 200 bytes, and what is no printable UTF-8 replaced.
std::string shown(std::string_view text);

}  // namespace allmende::contents
