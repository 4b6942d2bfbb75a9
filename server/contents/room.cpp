#include "server/contents/room.h"

#include <fcntl.h>

#include <algorithm>
#include <limits>

#include "server/contents/failures.h"
#include "server/contents/reading.h"
#include "server/contents/tree.h"

namespace allmende::contents {
namespace {

constexpr Duration kKnownFor{10'000};
constexpr std::size_t kMostKnown = 10'000;
constexpr std::int64_t kMostEntries = 2'000'000;  // more count as more than anybody may have
constexpr std::int64_t kLeastOfOne = 4096;        // as the node counts

std::int64_t measure(const Root& root, std::int64_t& entries) {
  std::int64_t sum = 0;
  walk(root, DrivePath(), [&](const DrivePath&, const Facts& facts) {
    sum +=
        std::max(kLeastOfOne, facts.isFile() ? static_cast<std::int64_t>(std::min<std::uint64_t>(facts.size, std::uint64_t{1} << 60U)) : 0);
    return ++entries > kMostEntries || sum > std::int64_t{1} << 60U ? Onward::Stop : Onward::Into;
  });
  return sum;
}

std::int64_t measureAll(const Space& space) {
  std::int64_t entries = 0;
  const auto drive = measure(space.drive, entries);
  const auto trash = measure(Root(Descriptor(::openat(space.trash.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC))), entries);
  return entries > kMostEntries ? std::numeric_limits<std::int64_t>::max() / 2 : drive + trash;
}

}  // namespace

Result<std::int64_t> Room::left(const AccountId& of, const Space& space, std::int64_t limit, Duration now) {
  if (limit <= 0) return std::numeric_limits<std::int64_t>::max();
  Measured known;
  {
    const std::scoped_lock lock(mutex_);
    if (const auto found = measured_.find(of); found != measured_.end()) known = found->second;
  }
  if (known.at == Duration{0} || now - known.at >= kKnownFor) {
    known = {.bytes = measureAll(space), .at = now};
    const std::scoped_lock lock(mutex_);
    if (measured_.size() >= kMostKnown) measured_.clear();
    measured_.insert_or_assign(of, known);
  }
  if (known.bytes < limit) return limit - known.bytes;
  return fail(Code::OverLimit, "your files are full: they may have {} and have {}, the trash included; delete some, and empty the trash",
      inMegabytes(static_cast<std::uint64_t>(limit)), inMegabytes(static_cast<std::uint64_t>(known.bytes)));
}

void Room::wrote(const AccountId& of, std::int64_t bytes) {
  const std::scoped_lock lock(mutex_);
  if (const auto found = measured_.find(of); found != measured_.end()) found->second.bytes += bytes;
}

}  // namespace allmende::contents
