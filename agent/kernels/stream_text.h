#pragma once
// Behind the door: output text of stream messages, joined and cut without being unescaped.

#include <optional>
#include <string>
#include <string_view>

namespace allmende::kernels {

// The members of {"name": "stdout", "text": "…"} as they stand in the JSON, escapes and all.
struct StreamText {
  std::string_view name;
  std::string_view text;
  bool operator==(const StreamText&) const = default;
};

// nullopt for content of any other shape, more members included: such a message is left alone.
std::optional<StreamText> findStreamText(std::string_view content);

std::string streamContent(StreamText stream);

// Where escaped text may be cut: at `most` or a little before, never within an escape, a surrogate pair or a UTF-8 sequence. One of these
// is taken whole where `most` is less than its length, so that something is always taken.
std::size_t cutOf(std::string_view text, std::size_t most);

}  // namespace allmende::kernels
