#pragma once
// What there is to tell of a runtime, from what is measured of it every ten seconds. Behind the door of node/observe. It judges nothing.

#include <optional>
#include <vector>

#include "lib/link/link.h"
#include "node/observe/conversations.h"
#include "node/observe/programs.h"
#include "node/observe/rounding.h"
#include "node/observe/windows.h"

namespace allmende::observe {

// What was measured of its network, since it began.
struct NetworkCounts {
  std::int64_t sent = 0;
  std::int64_t received = 0;
  std::int64_t refused = 0;
  std::int64_t refusedPlaces = 0;  // within the last minute
  std::int64_t mail = 0;
  std::int64_t spoofed = 0;
};

struct CpuCounts {
  double seconds = 0;         // of processor time
  RoundingCounts rounding{};  // zeros where nothing counts them
};

// Of one runtime, from its beginning or that of its cable: what was counted before the first look happened lately.
class Watch {
 public:
  // What is worth telling now: every text is one moment's facts that belong together. At most 3 + Programs::kMostTold.
  std::vector<json::object> look(const std::vector<pid_t>& processes, const std::optional<NetworkCounts>& network, const CpuCounts& cpu,
      const Spoken& spoken, const link::Observe& what, Duration now);

 private:
  std::optional<json::object> lookAtNetwork(const NetworkCounts& network, Duration now);
  std::optional<json::object> lookAtCpu(const CpuCounts& cpu, Duration now);

  Programs programs_;
  link::Observe what_;  // that programs_ was looked at with
  bool isBegun_ = false;
  Window refusedLately_{Duration{10'000}, Duration{5'000}};
  Window refused_{Duration{60'000}, Duration{5'000}};
  Window mail_{Duration{60'000}, Duration{5'000}};
  Window spoofed_{Duration{60'000}, Duration{5'000}};
  Window sentHour_{Duration{3'600'000}, Duration{60'000}};
  Window receivedHour_{Duration{3'600'000}, Duration{60'000}};
  Window cpu_{Duration{60'000}, Duration{5'000}};
  std::array<Window, 4> rounding_{Window{Duration{60'000}, Duration{5'000}}, Window{Duration{60'000}, Duration{5'000}},
      Window{Duration{60'000}, Duration{5'000}}, Window{Duration{60'000}, Duration{5'000}}};
  Window sentDay_{Duration{86'400'000}, Duration{600'000}};
};

}  // namespace allmende::observe
