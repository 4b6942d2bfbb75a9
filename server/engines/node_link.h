#pragma once
// One link to the node, from the greeting to its end: asks by number with a bound and a deadline each, events as they come. Behind the
// door of server/engines.
//
// The node is trusted with sandboxes, not with our memory: what it says is decoded strictly, and what is no text of the link is logged and
// otherwise ignored.

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "lib/base/clock.h"
#include "lib/link/link.h"
#include "lib/net/net.h"

namespace allmende::engines {

inline constexpr std::size_t kMostAsks = 256;  // that wait for their answer
inline constexpr Duration kGreetingPatience{5'000};

class NodeLink {
 public:
  using Settle = std::function<void(Result<json::value>)>;
  using Hear = std::function<void(const link::Event&)>;

  NodeLink(Executor executor, Clock& clock, std::shared_ptr<net::WebSocket> socket, Hear hear);

  // Says Hello and waits for the node's. Fails with Conflict when the node speaks another version, TimedOut when it says nothing.
  Task<Result<>> open();

  // `settle` is called exactly once, on the loop: with the answer's body or the node's error; Unavailable when too many asks wait or the
  // link ends first, TimedOut after `patience`.
  void ask(link::AskBody body, Duration patience, Settle settle);

  // Returns why the link ended, once it has and nothing of it runs any more.
  Task<Error> ended();

  // Ends the link with a close frame.
  Task<> close();

 private:
  struct Waiting {
    Duration until;
    Settle settle;
  };

  Task<> read();
  Task<> write();
  Task<> watchDeadlines();
  void hear(link::FromNode said);
  void greet(const link::Hello& theirs);
  void answer(link::Answer answer);
  void end(Error why);

  Clock& clock_;
  std::shared_ptr<net::WebSocket> socket_;
  Hear onEvent_;
  bool greeted_ = false;
  std::optional<Error> ended_;
  std::int64_t lastNumber_ = 0;
  std::map<std::int64_t, Waiting> waiting_;  // at most kMostAsks; beyond it asks are refused
  std::deque<std::string> outgoing_;         // at most kMostAsks and a Hello
  Notifier changed_;                         // greeted_ or ended_
  Notifier toWrite_;
  TaskScope scope_;
};

}  // namespace allmende::engines
