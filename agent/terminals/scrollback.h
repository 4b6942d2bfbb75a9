#pragma once
// Behind the door: what a terminal has shown, as text, up to a bound.

#include <cstdint>
#include <string>
#include <string_view>

namespace allmende::terminals {

// Bytes of a pty as text: what is no UTF-8 becomes U+FFFD, the first half of a character waits for the second.
class Decoder {
 public:
  std::string take(std::string_view bytes);

 private:
  std::string half_;  // at most three bytes
};

// The last text: about `bound` bytes of it, twice as many at most. Readers keep a place of their own in it.
class Scrollback {
 public:
  explicit Scrollback(std::size_t bound) : bound_(bound) {}

  void append(std::string_view text);
  // Where somebody new begins to read: at the first whole line that is left.
  std::uint64_t begin() const { return first_; }
  std::uint64_t end() const { return first_ + text_.size(); }

  struct Piece {
    std::string text;
    std::uint64_t end = 0;      // where to go on
    std::uint64_t skipped = 0;  // bytes that were there no more
  };
  // At most `most` bytes, a whole character at least; nothing when all is read.
  Piece read(std::uint64_t from, std::size_t most) const;

 private:
  std::size_t bound_;
  std::string text_;
  std::uint64_t first_ = 0;
};

}  // namespace allmende::terminals
