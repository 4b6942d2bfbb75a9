#pragma once
// Where the server links to this node: one link at a time, asks in, answers and events out.
//
// Whoever links may send anything: a text that cannot be read is refused with a reason, by its number where it has one, else by closing the
// link. A link that ends leaves what was asked to go on.

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "lib/base/clock.h"
#include "lib/link/link.h"
#include "lib/net/net.h"
#include "node/outbox.h"

namespace allmende::node {

inline constexpr std::size_t kMostText = 1U << 20U;  // bytes of one text
inline constexpr std::size_t kMostAsks = 256;        // unanswered; until one is answered no further text is read
inline constexpr Duration kGreetingPatience{5'000};

class LinkDoor final : public net::Handler {
 public:
  using Answer = std::function<Task<Result<json::value>>(link::AskBody)>;
  LinkDoor(Executor executor, Clock& clock, Answer answer);

  Task<net::Answer> handle(net::Request request) override;
  net::BodyLimit bodyLimit(const net::RequestHead&) const override { return {.bytes = 0}; }

  // Sends the event, or keeps it for the next link.
  void tell(link::Event event);

  // Lets the present link take what is kept, for `patience` at most, and ends it.
  Task<> close(Duration patience);

 private:
  struct Link;
  Task<> serve(std::shared_ptr<net::WebSocket> socket);
  Task<Error> read(std::shared_ptr<Link> link);
  Result<> hear(const std::shared_ptr<Link>& link, const net::WebSocketFrame& frame);
  static Result<> greet(Link& link, const link::Hello& theirs);
  Task<> answer(std::shared_ptr<Link> link, link::Ask ask);
  Task<> write(std::shared_ptr<Link> link);
  Task<> expectGreeting(std::shared_ptr<Link> link);

  Executor executor_;
  Clock& clock_;
  Answer answer_;
  std::shared_ptr<Link> link_;
  Outbox outbox_;
  Notifier sent_;
  TaskScope scope_;
};

}  // namespace allmende::node
