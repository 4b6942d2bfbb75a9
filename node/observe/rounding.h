#pragma once
// How the programs of each runtime have the processor round, counted in the kernel at switches from task to task. Behind the door of
// node/observe.
//
// It tells apart computing by random programs, which uses all four ways (RandomX), from everything ordinary, which rounds to the nearest
// alone. It sees four numbers and nothing else of a program.

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

#include "lib/base/result.h"

namespace allmende::observe {

// To the nearest, down, up, to zero: in the order of the register's field (Intel SDM 1, 10.2.3.1).
using RoundingCounts = std::array<std::uint64_t, 4>;

class Rounding {
 public:
  // Loads the counter into the kernel. Fails with Unavailable naming what the machine lacks: the right to (CAP_BPF and CAP_PERFMON), the
  // kernel's description of its types, the processor.
  static Result<std::unique_ptr<Rounding>> open();
  Rounding(const Rounding&) = delete;
  Rounding& operator=(const Rounding&) = delete;
  ~Rounding();

  // Since it was opened, of the pid namespace with this inode; zeros of one that is not known.
  RoundingCounts of(std::uint32_t space) const;

 private:
  struct Loaded;
  explicit Rounding(std::unique_ptr<Loaded> loaded);
  std::unique_ptr<Loaded> loaded_;
};

// The inode of a process's pid namespace; 0 when it has ended.
std::uint32_t pidNamespaceOf(int pid);

// The compiled counter; empty on processors without that register.
std::string_view roundingProgram();

}  // namespace allmende::observe
