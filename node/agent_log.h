#pragma once
// What an agent prints, as lines for the operator's log: a runtime may be hostile, so lines have a length and a rate.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/clock.h"

namespace allmende::node {

inline constexpr std::size_t kMostLine = 2048;        // bytes; what is longer is cut
inline constexpr std::size_t kMostLinesAtOnce = 100;  // and kLinesPerSecond after that
inline constexpr double kLinesPerSecond = 10;

class AgentLog {
 public:
  // Takes a piece of output that came at `now` (of Clock::sinceStart()); returns the lines that are now whole and may be logged.
  std::vector<std::string> take(std::string_view piece, Duration now);
  // The unfinished line at the end of all output.
  std::vector<std::string> finish(Duration now);
  // How many lines were left out since this was told the last time; 0 when that is less than `every` ago.
  std::size_t takeLeftOut(Duration now, Duration every);

 private:
  void endLine(std::vector<std::string>& into, Duration now);

  std::string line_;
  double credit_ = static_cast<double>(kMostLinesAtOnce);
  Duration creditedAt_{0};
  std::size_t leftOut_ = 0;
  std::optional<Duration> toldAt_;  // of lines left out
};

}  // namespace allmende::node
