#include "server/quota/fair_queue.h"

#include <algorithm>
#include <cmath>

namespace allmende::quota {
namespace {

constexpr double kHeadStart = 30;  // seconds: makes weight and use count from the first moment on

}  // namespace

double claimOf(const Waiting& one, Duration now) {
  const auto waited = std::chrono::duration<double>(std::max(now - one.since, Duration{0})).count();
  const auto halvings = waited / std::chrono::duration<double>(FairQueue::kHalfLife).count();
  const auto used = std::max(0.0, one.usedLately) * std::exp2(-halvings) / FairQueue::kOrdinaryUse;
  return (waited + kHeadStart) * one.weight / (1 + used * used);
}

bool FairQueue::join(Waiting one) {
  if (waiting_.size() >= kMost) return false;
  waiting_.push_back(std::move(one));
  return true;
}

void FairQueue::leave(const std::string& id) {
  std::erase_if(waiting_, [&](const Waiting& one) { return one.id == id; });
}

namespace {

bool canHaveDevice(const Waiting& one, const FairQueue::FreeDevices& free) { return one.device.empty() || (free && free(one.device) > 0); }

}  // namespace

std::optional<Waiting> FairQueue::take(Duration now, std::int64_t room, const FreeDevices& free) {
  // max_element gives the first of equals: who came first.
  const auto first =
      std::ranges::max_element(waiting_, {}, [&](const Waiting& one) { return canHaveDevice(one, free) ? claimOf(one, now) : -1; });
  if (first == waiting_.end() || first->memoryBytes > room || !canHaveDevice(*first, free)) return std::nullopt;
  auto taken = std::move(*first);
  waiting_.erase(first);
  return taken;
}

bool FairQueue::someWaitForMemory(const FreeDevices& free) const {
  return std::ranges::any_of(waiting_, [&](const Waiting& one) { return canHaveDevice(one, free); });
}

std::optional<FairQueue::Place> FairQueue::placeOf(const std::string& id, Duration now) const {
  const auto found = std::ranges::find(waiting_, id, &Waiting::id);
  if (found == waiting_.end()) return std::nullopt;
  const auto claim = claimOf(*found, now);
  Place place{.number = 1};
  for (auto one = waiting_.begin(); one != waiting_.end(); ++one) {
    if (one->device != found->device) continue;
    ++place.of;
    const auto theirs = claimOf(*one, now);
    if (theirs > claim || (theirs == claim && one < found)) ++place.number;
  }
  return place;
}

Duration FairQueue::longestWait(Duration now) const {
  Duration longest{0};
  for (const auto& one : waiting_) longest = std::max(longest, now - one.since);
  return longest;
}

}  // namespace allmende::quota
