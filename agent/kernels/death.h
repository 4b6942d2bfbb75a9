#pragma once
// Behind the door: why a kernel died, in words for the person whose kernel it was.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "agent/processes/processes.h"

namespace allmende::kernels {

// How many processes the kernel of the machine has ended in our cgroup because memory ran out; nullopt where that cannot be seen.
std::optional<std::int64_t> countOomKills();

struct Death {
  processes::Ended ended;
  std::optional<std::int64_t> oomKillsBefore;
  std::optional<std::int64_t> oomKillsAfter;
  std::string_view lastWords;  // the end of what it printed outside its protocol
  std::string_view fault;      // why we ended it: "it did not answer …"; empty unless we did
  std::string biggest;         // variables that it had, see readBiggest()
};
std::string explain(const Death& death);

// What a kernel wrote about its biggest variables (runtime/helper/allmende_kernel.py), as words: "table (1.2 GB), pictures (800 MB)". The
// file is the person's to write, so whatever is not of that form is nothing.
std::string readBiggest(const std::filesystem::path& file);

}  // namespace allmende::kernels
