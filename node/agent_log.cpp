#include "node/agent_log.h"

#include <algorithm>
#include <utility>

namespace allmende::node {
namespace {

// As a terminal may show it: without control characters.
void appendSafe(std::string& line, std::string_view piece) {
  const auto room = kMostLine - std::min(kMostLine, line.size());
  for (const char c : piece.substr(0, room)) line += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
}

}  // namespace

std::vector<std::string> AgentLog::take(std::string_view piece, Duration now) {
  std::vector<std::string> lines;
  while (!piece.empty()) {
    const auto end = std::min(piece.find('\n'), piece.size());
    appendSafe(line_, piece.substr(0, end));
    if (end < piece.size()) endLine(lines, now);
    piece.remove_prefix(std::min(end + 1, piece.size()));
  }
  return lines;
}

std::vector<std::string> AgentLog::finish(Duration now) {
  std::vector<std::string> lines;
  endLine(lines, now);
  return lines;
}

std::size_t AgentLog::takeLeftOut(Duration now, Duration every) {
  if (leftOut_ == 0 || (toldAt_ && now - *toldAt_ < every)) return 0;
  toldAt_ = now;
  return std::exchange(leftOut_, 0);
}

void AgentLog::endLine(std::vector<std::string>& into, Duration now) {
  auto line = std::exchange(line_, {});
  if (line.empty()) return;
  credit_ += kLinesPerSecond * std::chrono::duration<double>(now - creditedAt_).count();
  credit_ = std::min(credit_, static_cast<double>(kMostLinesAtOnce));
  creditedAt_ = now;
  if (credit_ < 1) {
    ++leftOut_;
    return;
  }
  credit_ -= 1;
  into.push_back(std::move(line));
}

}  // namespace allmende::node
