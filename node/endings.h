#pragma once
// Why a runtime ended, in a word for programs and a sentence for the person.

#include <string>

#include "lib/base/clock.h"
#include "lib/link/link.h"

namespace allmende::node {

enum class Wish {
  None,      // nobody asked it to end
  Stop,      // the server did
  Lifetime,  // its time was over
  NodeStop,  // this program ends
};

struct EndFacts {
  link::RuntimeId id;
  link::Limits limits;
  Wish wish = Wish::None;  // before the agent had ended
  int exitCode = 0;        // of the agent
  int signal = 0;          // that killed the agent; 0 when it ended by itself
  bool known = true;       // whether the two above are: of an agent that another node started they are not
  bool memoryRanOutLately = false;
  std::int64_t memoryPeakBytes = 0;
  double cpuSeconds = 0;
};
link::RuntimeEnded decideEnding(const EndFacts& facts);

// What the person is told when a process inside was killed because memory ran out.
std::string describeMemoryRanOut(std::int64_t kills, std::int64_t peak, std::int64_t limit);

// "2.0 GB", "512 MB"; as settings count: 1 GB = 1024 MB.
std::string describeBytes(std::int64_t bytes);

// "12 h", "90 min", "45 s".
std::string describeTime(std::chrono::seconds time);

}  // namespace allmende::node
