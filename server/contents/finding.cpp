#include "server/contents/finding.h"

#include <algorithm>

#include "server/contents/models.h"
#include "server/contents/names.h"
#include "server/contents/tree.h"

namespace allmende::contents {
namespace {

struct Found {
  DrivePath path;
  Facts facts;
  bool byName = false;
};

// Everything that is listed, up to the bound.
template <class Visit>
void lookAt(const Root& drive, Visit visit) {
  std::size_t count = 0;
  walk(drive, DrivePath(), [&](const DrivePath& path, const Facts& facts) {
    if (++count > kMostLookedAt) return Onward::Stop;
    if (!isListed(path.name()) || (!facts.isFile() && !facts.isFolder())) return Onward::Past;
    visit(path, facts);
    return Onward::Into;
  });
}

std::vector<Model> firstOf(std::vector<Found> found, std::size_t limit) {
  const auto count = std::min(limit, found.size());
  std::ranges::partial_sort(found, found.begin() + static_cast<std::ptrdiff_t>(count), [](const Found& one, const Found& other) {
    if (one.byName != other.byName) return one.byName;
    if (one.facts.modified != other.facts.modified) return one.facts.modified > other.facts.modified;
    return one.path < other.path;
  });
  found.resize(count);
  std::vector<Model> models;
  for (const auto& each : found) models.push_back(finished(modelOf(each.path, each.facts, (each.facts.mode & 0200U) != 0)));
  return models;
}

std::vector<std::string> wordsOf(std::string_view query) {
  std::vector<std::string> words;
  for (std::size_t from = 0; from < query.size();) {
    const auto till = std::min(query.find_first_of(" \t\n", from), query.size());
    if (till > from) words.push_back(folded(query.substr(from, till - from)));
    from = till + 1;
  }
  return words;
}

bool hasAll(std::string_view text, const std::vector<std::string>& words) {
  return std::ranges::all_of(words, [&](const std::string& word) { return text.contains(word); });
}

// Of one code point below U+0800, which UTF-8 writes in two bytes.
unsigned lowerOf(unsigned letter) {
  if (letter >= 0xC0 && letter <= 0xDE && letter != 0xD7) return letter + 0x20;                                     // À … Þ
  if (letter >= 0x100 && letter <= 0x137) return letter | 1U;                                                       // Ā … ķ, in pairs
  if ((letter >= 0x139 && letter <= 0x148) || (letter >= 0x179 && letter <= 0x17E)) return letter + (letter & 1U);  // Ĺ … ň, Ź … ž
  if (letter >= 0x14A && letter <= 0x177) return letter | 1U;                                                       // Ŋ … ŷ
  if (letter >= 0x391 && letter <= 0x3A9) return letter + 0x20;                                                     // Α … Ω
  if (letter >= 0x400 && letter <= 0x40F) return letter + 0x50;                                                     // Ѐ … Џ
  if (letter >= 0x410 && letter <= 0x42F) return letter + 0x20;                                                     // А … Я
  return letter;
}

}  // namespace

std::vector<Model> findRecent(const Root& drive, std::size_t limit) {
  std::vector<Found> found;
  lookAt(drive, [&](const DrivePath& path, const Facts& facts) {
    if (facts.isFile()) found.push_back({path, facts});
  });
  return firstOf(std::move(found), limit);
}

std::vector<Model> findByWords(const Root& drive, std::string_view query, std::size_t limit) {
  const auto words = wordsOf(query);
  if (words.empty()) return {};
  std::vector<Found> found;
  lookAt(drive, [&](const DrivePath& path, const Facts& facts) {
    if (hasAll(folded(path.text()), words)) found.push_back({path, facts, hasAll(folded(path.name()), words)});
  });
  return firstOf(std::move(found), limit);
}

std::string folded(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xE0U) == 0xC0U && i + 1 < text.size()) {
      const unsigned second = static_cast<unsigned char>(text[++i]);
      const unsigned letter = lowerOf((byte & 0x1FU) << 6U | (second & 0x3FU));
      result += static_cast<char>(0xC0U | letter >> 6U);
      result += static_cast<char>(0x80U | (letter & 0x3FU));
    } else {
      result += byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + 0x20U) : text[i];
    }
  }
  return result;
}

}  // namespace allmende::contents
