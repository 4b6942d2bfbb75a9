#include "server/engines/node_link.h"

#include "lib/base/cases.h"
#include "lib/base/log.h"

namespace allmende::engines {
namespace {

constexpr Duration kSweep = 1s;  // how exactly deadlines are kept

Error linkEnded() { return {Code::Unavailable, "the link to allmende-node ended before it answered; try again in a moment", {}}; }

}  // namespace

NodeLink::NodeLink(Executor executor, Clock& clock, std::shared_ptr<net::WebSocket> socket, Hear hear)
    : clock_(clock), socket_(std::move(socket)), onEvent_(std::move(hear)), changed_(executor), toWrite_(executor), scope_(executor) {}

Task<Result<>> NodeLink::open() {
  outgoing_.push_back(link::encode(link::Hello{.program = "allmende-server " ALLMENDE_VERSION}));
  scope_.spawn("read link", read());
  scope_.spawn("write link", write());
  scope_.spawn("link deadlines", watchDeadlines());
  while (!greeted_ && !ended_) co_await changed_.wait();
  if (ended_) co_return std::unexpected(co_await ended());
  co_return Result<>{};
}

void NodeLink::ask(link::AskBody body, Duration patience, Settle settle) {
  if (ended_) return settle(std::unexpected(linkEnded()));
  if (waiting_.size() >= kMostAsks || outgoing_.size() > kMostAsks)
    return settle(fail(Code::Unavailable, "{} asks wait for allmende-node already; try again in a moment", kMostAsks));
  const auto number = ++lastNumber_;
  waiting_.emplace(number, Waiting{clock_.sinceStart() + patience, std::move(settle)});
  outgoing_.push_back(link::encode(link::Ask{number, std::move(body)}));
  toWrite_.notifyAll();
}

Task<Error> NodeLink::ended() {
  while (!ended_) co_await changed_.wait();
  co_await scope_.close();
  co_return *ended_;
}

Task<> NodeLink::close() {
  const auto socket = socket_;  // outlives us, should the link end while we wait
  co_await socket->close(1000, "the server lets go");
  socket->abort();
}

Task<> NodeLink::read() {
  while (!ended_) {
    auto frame = co_await socket_->read();
    if (!frame) co_return end({Code::Unavailable, fmt::format("the link to allmende-node broke: {}", frame.error().message), {}});
    auto said = frame->binary ? fail(Code::InvalidInput, "a binary frame on the link") : link::decodeFromNode(frame->bytes);
    if (said) {
      hear(*std::move(said));
    } else if (greeted_) {
      log::warning("link_text.refused", {{"error", said.error().message}});
    } else {
      end({Code::Conflict, fmt::format("what listens there does not greet as allmende-node does: {}", said.error().message), {}});
    }
  }
}

Task<> NodeLink::write() {
  while (!ended_) {
    while (outgoing_.empty()) co_await toWrite_.wait();
    auto text = std::move(outgoing_.front());
    outgoing_.pop_front();
    const auto written = co_await socket_->write({.bytes = std::move(text), .binary = false});
    if (!written) co_return end({Code::Unavailable, fmt::format("the link to allmende-node broke: {}", written.error().message), {}});
  }
}

Task<> NodeLink::watchDeadlines() {
  const auto greetedBy = clock_.sinceStart() + kGreetingPatience;
  while (!ended_) {
    co_await clock_.sleep(kSweep);
    const auto now = clock_.sinceStart();
    if (!greeted_ && now >= greetedBy)
      co_return end({Code::TimedOut, fmt::format("allmende-node did not greet within {} s", kGreetingPatience.count() / 1000), {}});
    std::vector<Settle> late;
    std::erase_if(waiting_, [&](auto& one) {
      if (now < one.second.until) return false;
      late.push_back(std::move(one.second.settle));
      return true;
    });
    for (auto& settle : late) settle(fail(Code::TimedOut, "allmende-node did not answer in time; its log says more"));
  }
}

void NodeLink::hear(link::FromNode said) {
  if (!greeted_ && !std::holds_alternative<link::Hello>(said))
    return end({Code::Conflict, "what listens there does not greet as allmende-node does: its first text is no hello", {}});
  std::visit(Cases{
                 [this](const link::Hello& hello) { greet(hello); },
                 [this](link::Answer& answered) { answer(std::move(answered)); },
                 [this](const link::Event& event) { onEvent_(event); },
             },
      said);
}

void NodeLink::greet(const link::Hello& theirs) {
  if (greeted_) return log::warning("link_text.refused", {{"error", "a second hello"}});
  if (auto agreed = link::agreeOnVersion(theirs); !agreed) return end(std::move(agreed).error());
  greeted_ = true;
  log::info("node.greeted", {{"program", theirs.program}, {"minor", theirs.minor}});
  changed_.notifyAll();
}

void NodeLink::answer(link::Answer answered) {
  auto found = waiting_.extract(answered.number);
  if (found.empty()) return log::warning("link_text.refused", {{"error", "an answer nobody waits for"}, {"number", answered.number}});
  found.mapped().settle(std::move(answered.body));
}

void NodeLink::end(Error why) {
  if (ended_) return;
  ended_ = std::move(why);
  socket_->abort();
  for (auto& [number, one] : std::exchange(waiting_, {})) one.settle(std::unexpected(linkEnded()));
  changed_.notifyAll();
}

}  // namespace allmende::engines
