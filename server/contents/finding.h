#pragma once
// What was used last, and what a search finds. Behind the door of server/contents.

#include <string>
#include <string_view>
#include <vector>

#include "server/contents/model.h"
#include "server/contents/root.h"

namespace allmende::contents {

inline constexpr std::size_t kMostLookedAt = 20'000;  // entries of a drive

std::vector<Model> findRecent(const Root& drive, std::size_t limit);
// Those come first whose name alone has every word, then those changed last.
std::vector<Model> findByWords(const Root& drive, std::string_view query, std::size_t limit);

// In lower case, for the letters of Latin, Greek and Cyrillic: for comparing, not for showing.
std::string folded(std::string_view text);

}  // namespace allmende::contents
