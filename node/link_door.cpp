#include "node/link_door.h"

#include "lib/base/log.h"

namespace allmende::node {
namespace {

Error linked() { return {Code::Conflict, "another server is linked to this node; stop that one first", {}}; }

// The number of an ask that cannot be read, so that whoever asked learns why.
std::optional<std::int64_t> numberOf(std::string_view text) {
  const auto object = parseJsonObject(text);
  const auto* number = object ? object->if_contains("number") : nullptr;
  if (number == nullptr || !number->is_int64()) return std::nullopt;
  return number->get_int64();
}

}  // namespace

struct LinkDoor::Link {
  Link(const Executor& executor, std::shared_ptr<net::WebSocket> with) : socket(std::move(with)), changed(executor) {}

  std::shared_ptr<net::WebSocket> socket;
  bool greeted = false;
  bool ended = false;
  std::size_t asks = 0;              // being answered
  std::deque<std::string> outgoing;  // a Hello and answers: with `asks` at most kMostAsks and a few
  Notifier changed;

  bool full() const { return asks + outgoing.size() >= kMostAsks; }
  void send(std::string text) {
    outgoing.push_back(std::move(text));
    changed.notifyAll();
  }
};

LinkDoor::LinkDoor(Executor executor, Clock& clock, Answer answer)
    : executor_(executor), clock_(clock), answer_(std::move(answer)), sent_(executor), scope_(executor) {}

Task<net::Answer> LinkDoor::handle(net::Request request) {
  if (request.path != "/link" || !request.upgrade)
    co_return net::errorResponse({Code::NotFound, "only the server's link is here: a WebSocket at /link", {}});
  if (link_) co_return net::errorResponse(linked());
  co_return net::Upgrade{.subprotocol = "", .maxMessage = kMostText, .serve = [this](std::shared_ptr<net::WebSocket> socket) {
                           return serve(std::move(socket));
                         }};
}

Task<> LinkDoor::serve(std::shared_ptr<net::WebSocket> socket) {
  if (link_) co_return co_await socket->close(net::closeCodeOf(Code::Conflict), linked().message);
  const auto link = std::make_shared<Link>(executor_, socket);
  link_ = link;
  link->outgoing.push_back(link::encode(link::Hello{.program = "allmende-node " ALLMENDE_VERSION}));
  scope_.spawn("write link", write(link));
  scope_.spawn("expect greeting", expectGreeting(link));
  const auto why = co_await read(link);
  link->ended = true;
  link->changed.notifyAll();
  link_.reset();
  sent_.notifyAll();
  log::info("link.ended", {{"reason", nameOf(why.code)}, {"message", why.message}});
  if (why.code != Code::Cancelled) co_await socket->close(net::closeCodeOf(why.code), why.message);
  socket->abort();
}

// Returns why the link ends.
Task<Error> LinkDoor::read(std::shared_ptr<Link> link) {
  for (;;) {
    while (link->full() && !link->ended) co_await link->changed.wait();
    if (link->ended) co_return Error{Code::Unavailable, "the link broke while it was written to", {}};
    const auto frame = co_await link->socket->read();
    if (!frame) co_return frame.error();
    if (auto heard = hear(link, *frame); !heard) co_return std::move(heard).error();
  }
}

// Fails when the link cannot go on.
Result<> LinkDoor::hear(const std::shared_ptr<Link>& link, const net::WebSocketFrame& frame) {
  if (frame.binary) return fail(Code::InvalidInput, "a binary frame on the link; texts are expected");
  auto said = link::decodeFromServer(frame.bytes);
  if (!said) {
    const auto number = link->greeted ? numberOf(frame.bytes) : std::nullopt;
    log::warning("link_text.refused", {{"error", said.error().message}});
    if (!number) return std::unexpected(std::move(said).error());
    link->send(link::encode(link::Answer{.number = *number, .body = std::unexpected(std::move(said).error())}));
    return {};
  }
  if (const auto* hello = std::get_if<link::Hello>(&*said)) return greet(*link, *hello);
  if (!link->greeted) return fail(Code::InvalidInput, "the first text of a link must be a hello");
  ++link->asks;
  scope_.spawn("answer ask", answer(link, std::get<link::Ask>(*std::move(said))));
  return {};
}

Result<> LinkDoor::greet(Link& link, const link::Hello& theirs) {
  if (link.greeted) return fail(Code::InvalidInput, "a second hello on one link");
  TRY(link::agreeOnVersion(theirs));
  link.greeted = true;
  link.changed.notifyAll();
  log::info("server.greeted", {{"program", theirs.program.substr(0, 64)}, {"minor", theirs.minor}});
  return {};
}

// Goes on when the link ends: what was asked has begun.
Task<> LinkDoor::answer(std::shared_ptr<Link> link, link::Ask ask) {
  Result<json::value> body = fail(Code::Internal, "the node failed at this; its log says more");
  try {
    body = co_await answer_(std::move(ask.body));
  } catch (const std::exception& bug) {
    log::error("ask.broke", {{"error", bug.what()}});
  }
  --link->asks;
  if (!link->ended) link->send(link::encode(link::Answer{.number = ask.number, .body = std::move(body)}));
}

// Answers first: an event about a runtime makes most sense to one who knows that it was started.
Task<> LinkDoor::write(std::shared_ptr<Link> link) {
  for (;;) {
    while (!link->ended && link->outgoing.empty() && (!link->greeted || outbox_.empty())) co_await link->changed.wait();
    if (link->ended) co_return;
    std::optional<link::Event> event;
    std::string text;
    if (link->outgoing.empty()) {
      event = outbox_.take();
      text = link::encode(*event);
    } else {
      text = std::move(link->outgoing.front());
      link->outgoing.pop_front();
    }
    const auto written = co_await link->socket->write({.bytes = std::move(text), .binary = false});
    if (!written && event) outbox_.putBack(*std::move(event));
    if (!written) link->ended = true;  // for a reader who waits for room
    link->changed.notifyAll();
    sent_.notifyAll();
    if (!written) co_return link->socket->abort();
  }
}

Task<> LinkDoor::expectGreeting(std::shared_ptr<Link> link) {
  co_await clock_.sleep(kGreetingPatience);
  if (!link->greeted && !link->ended) co_await link->socket->close(net::closeCodeOf(Code::TimedOut), "no hello within 5 s");
}

void LinkDoor::tell(link::Event event) {
  // What is seen is seen again in a moment: it is for a server that is there.
  if (std::holds_alternative<link::Observed>(event) && !(link_ && link_->greeted)) return;
  outbox_.keep(std::move(event));
  if (link_) link_->changed.notifyAll();
}

Task<> LinkDoor::close(Duration patience) {
  const auto until = clock_.sinceStart() + patience;
  while (link_ && link_->greeted && !outbox_.empty()) {
    const auto left = until - clock_.sinceStart();
    if (left <= Duration{0}) break;
    co_await sent_.waitFor(left);
  }
  if (const auto link = link_) co_await link->socket->close(1012, "the node ends");
  co_await scope_.close();
}

}  // namespace allmende::node
