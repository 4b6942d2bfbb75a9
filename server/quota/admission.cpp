#include "server/quota/admission.h"

namespace allmende::quota {
namespace {

constexpr std::size_t kRememberedPlaces = 20;
constexpr std::size_t kLeastToEstimate = 3;

}  // namespace

Task<Result<>> Admission::enter(Waiting one) {
  if (one.memoryBytes > room_)
    co_return fail(Code::OverLimit, "a runtime of {} MB does not fit this machine, which has {} MB for all of them", one.memoryBytes >> 20,
        room_ >> 20);
  if (!one.device.empty() && !devices_.contains(one.device)) co_return fail(Code::OverLimit, "this machine has no {}", one.device);
  const auto id = one.id;
  one.since = clock_.sinceStart();
  if (closed_ || !queue_.join(std::move(one)))
    co_return fail(Code::Unavailable, "{}", closed_ ? "the server is stopping; try again in a moment" : "too many people wait already");
  outside_.insert(id);
  admit();
  while (!closed_ && outside_.contains(id)) co_await changed_.wait();
  if (inside_.contains(id)) co_return Result<>{};
  if (closed_) co_return fail(Code::Unavailable, "the server is stopping; try again in a moment");
  co_return fail(Code::Cancelled, "it was taken out of the queue");
}

void Admission::claim(const std::string& id, std::int64_t memoryBytes, const std::string& device) {
  outside_.erase(id);
  if (!inside_.emplace(id, Held{memoryBytes, device}).second) return;
  promised_ += memoryBytes;
  if (!device.empty()) ++used_[device];
}

void Admission::setDevices(std::map<std::string, std::int64_t> devices) {
  devices_ = std::move(devices);
  admit();
}

std::int64_t Admission::freeDevices(const std::string& kind) const {
  const auto there = devices_.find(kind);
  const auto used = used_.find(kind);
  return (there == devices_.end() ? 0 : there->second) - (used == used_.end() ? 0 : used->second);
}

bool Admission::hasRoomFor(std::int64_t memoryBytes, const std::string& device) const {
  const auto free = [this](const std::string& kind) { return freeDevices(kind); };
  return paused_.empty() && memoryBytes <= room_ - promised_ && (device.empty() || free(device) > 0) && !queue_.someWaitForMemory(free);
}

void Admission::leave(const std::string& id) {
  if (outside_.erase(id) > 0) queue_.leave(id);
  if (const auto found = inside_.find(id); found != inside_.end()) {
    promised_ -= found->second.memoryBytes;
    if (!found->second.device.empty()) --used_[found->second.device];
    inside_.erase(found);
    freed_.push_back(clock_.sinceStart());
    if (freed_.size() > kRememberedPlaces) freed_.pop_front();
  }
  admit();
  changed_.notifyAll();
}

void Admission::close() {
  closed_ = true;
  changed_.notifyAll();
}

void Admission::resume() {
  paused_.clear();
  admit();
}

void Admission::admit() {
  bool some = false;
  if (!paused_.empty()) return;
  const auto free = [this](const std::string& kind) { return freeDevices(kind); };
  while (auto next = queue_.take(clock_.sinceStart(), room_ - promised_, free)) {
    claim(next->id, next->memoryBytes, next->device);
    some = true;
  }
  if (some) changed_.notifyAll();
}

std::optional<Place> Admission::placeOf(const std::string& id) const {
  const auto found = queue_.placeOf(id, clock_.sinceStart());
  if (!found) return std::nullopt;
  Place place{.number = found->number, .of = found->of, .estimate = {}, .paused = paused_};
  if (paused_.empty() && freed_.size() >= kLeastToEstimate) {
    const auto between = (clock_.sinceStart() - freed_.front()) / static_cast<std::int64_t>(freed_.size());
    place.estimate = between * static_cast<std::int64_t>(found->number);
  }
  return place;
}

}  // namespace allmende::quota
