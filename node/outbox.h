#pragma once
// Events on their way to the server, kept while no link is open.

#include <deque>
#include <optional>

#include "lib/link/link.h"

namespace allmende::node {

inline constexpr std::size_t kMostKept = 4096;
inline constexpr std::size_t kMostObserved = 1024;  // with so many waiting, what was observed is dropped

// In the order of what happened. News of memory counts on, so the latest of a runtime replaces one that still waits: what grows is at most
// the number of runtimes. Should it be full all the same, the oldest news of memory goes first, then the oldest end.
class Outbox {
 public:
  void keep(link::Event event);
  // The next one; whoever could not send it puts it back.
  std::optional<link::Event> take();
  void putBack(link::Event event);
  bool empty() const { return events_.empty(); }
  std::size_t size() const { return events_.size(); }

 private:
  void makeRoom();
  std::deque<link::Event> events_;
};

}  // namespace allmende::node
