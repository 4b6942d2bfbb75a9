#include "node/outbox.h"

#include <algorithm>

#include "lib/base/log.h"

namespace allmende::node {
namespace {

const link::MemoryRanOut* memoryNews(const link::Event& event) { return std::get_if<link::MemoryRanOut>(&event); }

}  // namespace

void Outbox::keep(link::Event event) {
  if (std::holds_alternative<link::Observed>(event) && events_.size() >= kMostObserved) return;
  if (const auto* news = memoryNews(event)) {
    const auto older = std::ranges::find_if(events_, [&](const link::Event& one) {
      const auto* before = memoryNews(one);
      return before != nullptr && before->id == news->id;
    });
    if (older != events_.end()) {
      *older = std::move(event);
      return;
    }
  }
  if (events_.size() >= kMostKept) makeRoom();
  events_.push_back(std::move(event));
}

void Outbox::makeRoom() {
  auto least = std::ranges::find_if(events_, [](const link::Event& one) { return memoryNews(one) != nullptr; });
  if (least == events_.end()) least = events_.begin();
  log::warning("event.dropped", {{"kept", events_.size()}, {"event", link::encode(*least)}});
  events_.erase(least);
}

std::optional<link::Event> Outbox::take() {
  if (events_.empty()) return std::nullopt;
  auto event = std::move(events_.front());
  events_.pop_front();
  return event;
}

void Outbox::putBack(link::Event event) { events_.push_front(std::move(event)); }

}  // namespace allmende::node
