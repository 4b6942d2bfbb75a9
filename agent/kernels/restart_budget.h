#pragma once
// Behind the door: how often a kernel that dies is started again.

#include "lib/base/clock.h"

namespace allmende::kernels {

// Five times in a row; a kernel that lived for ten seconds begins a new count, as stock Jupyter has it.
class RestartBudget {
 public:
  bool allows(Duration lived) {
    if (lived >= kStable) used_ = 0;
    return used_++ < kMost;
  }

 private:
  static constexpr int kMost = 5;
  static constexpr Duration kStable{10'000};
  int used_ = 0;
};

}  // namespace allmende::kernels
