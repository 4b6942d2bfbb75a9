#pragma once
// The first name that is free. Behind the door of server/contents.

#include "server/contents/failures.h"
#include "server/contents/names.h"
#include "server/contents/root.h"

namespace allmende::contents {

inline constexpr std::size_t kMostNumbered = 10'000;  // names tried before giving up

// Calls `take` with the first path in a folder that is free, with the next when that says Conflict because somebody was faster.
template <class Take>
Result<DrivePath> takeFreeName(const Root& drive, const DrivePath& folder, const NumberedName& wish, Take take) {
  TRY(const auto open, drive.openFolder(folder));
  for (std::size_t number = 0; number < kMostNumbered; ++number) {
    const auto name = jupyter::numberedName(wish.name, wish.insert, number);
    TRY(auto path, folder.child(name));
    if (findFacts(open.get(), name.c_str())) continue;
    auto taken = take(path);
    if (taken) return path;
    if (taken.error().code != Code::Conflict) return std::unexpected(std::move(taken).error());
  }
  return fail(Code::Conflict, "there are {} names like '{}' already; rename some", kMostNumbered, shown(wish.name));
}

}  // namespace allmende::contents
