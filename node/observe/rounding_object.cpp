// The program of rounding.bpf.c, as it was compiled: see cmake/rounding.cmake.

#include "node/observe/rounding.h"

#ifdef ALLMENDE_ROUNDING_OBJECT
// clang-format off
asm(".section .rodata\n"
    ".balign 8\n"
    "allmende_rounding_begin:\n"
    ".incbin \"" ALLMENDE_ROUNDING_OBJECT "\"\n"
    "allmende_rounding_end:\n"
    ".previous\n");
// clang-format on
extern "C" {
extern const char allmende_rounding_begin[];
extern const char allmende_rounding_end[];
}
#endif

namespace allmende::observe {

std::string_view roundingProgram() {
#ifdef ALLMENDE_ROUNDING_OBJECT
  return {allmende_rounding_begin, static_cast<std::size_t>(allmende_rounding_end - allmende_rounding_begin)};
#else
  return {};
#endif
}

}  // namespace allmende::observe
