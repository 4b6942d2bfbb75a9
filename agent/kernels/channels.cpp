// A kernel's WebSockets: requests in, the journal out.

#include <bit>

#include "agent/kernels/kernel.h"
#include "lib/base/id.h"
#include "lib/base/log.h"

namespace allmende::kernels {
namespace {

constexpr std::size_t kMostOutbox = 8U << 20U;

// A kernel answers nobody who does not say what he asks, and by what name; a whole header goes through untouched.
Result<jupyter::Message> withWholeHeader(jupyter::Message message) {
  const auto header = jupyter::readHeader(message.header);
  if (!header.id.empty() && !header.type.empty() && !header.session.empty()) return message;
  TRY(auto object, during("a message's header", parseJsonObject(message.header)));
  jupyter::completeHeader(object);
  message.header = json::serialize(object);
  return message;
}

Result<jupyter::Message> decode(const net::WebSocketFrame& frame, Dialect dialect) {
  if (dialect == Dialect::Legacy) return jupyter::decodeLegacy(frame.bytes, frame.binary);
  if (!frame.binary) return fail(Code::InvalidInput, "a text frame cannot be a message of {}", jupyter::kV1Protocol);
  TRY(auto message, jupyter::decodeV1(frame.bytes));
  return withWholeHeader(std::move(message));
}

Result<net::WebSocketFrame> encode(std::string frame, Dialect dialect) {
  if (dialect == Dialect::V1) return net::WebSocketFrame{std::move(frame), true};
  TRY(const auto message, jupyter::decodeV1(frame));
  TRY(auto legacy, jupyter::encodeLegacy(message));
  return net::WebSocketFrame{std::move(legacy.bytes), legacy.binary};
}

}  // namespace

// Held by every coroutine that uses the kernel's journal for a socket; stop() waits until none is left.
class Kernel::Connected {
 public:
  explicit Connected(Kernel& kernel) : kernel_(kernel) { ++kernel_.users_; }
  Connected(const Connected&) = delete;
  Connected& operator=(const Connected&) = delete;
  ~Connected() {
    --kernel_.users_;
    kernel_.changed_.notifyAll();
  }

 private:
  Kernel& kernel_;
};

Task<> Kernel::serve(std::shared_ptr<net::WebSocket> socket, Client client, Dialect dialect) {
  auto session = std::move(client.session);
  const auto connected = std::make_shared<Connected>(*this);
  // A client that comes back has lost its old socket, whether that one knows or not.
  for (const auto& other : sockets_) {
    if (!session.empty() && other.session == session) other.socket->abort();
  }
  struct Entry {
    std::list<Socket>& list;
    std::list<Socket>::iterator at;
    ~Entry() { list.erase(at); }
  };
  const Entry entry{sockets_, sockets_.insert(sockets_.end(), {session, socket})};
  const auto leaves = session.empty() ? Journal::Leaves::Nothing : Journal::Leaves::Bookmark;
  if (session.empty()) session = randomUuid();
  TaskScope writing(house_.executor);
  writing.spawn("kernel socket, writing", write(socket, journal_.open(session, leaves, client.after), dialect, connected));
  co_await read(socket, session, dialect);
  co_await writing.close();
}

Task<> Kernel::read(std::shared_ptr<net::WebSocket> socket, std::string session, Dialect dialect) {
  for (;;) {
    const auto frame = co_await socket->read();
    if (!frame) co_return;
    auto message = decode(*frame, dialect);
    if (message && message->channel != jupyter::Channel::Iopub) {
      co_await accept(session, *std::move(message));
    } else if (message || message.error().code == Code::NotFound) {
      noteDropped(message ? "iopub is the kernel's" : message.error().message);
    } else {
      co_await socket->close(1002, message.error().message);
      co_return;
    }
  }
}

// Told at 1, 2, 4, 8, …: whoever says nonsense a million times must not fill the log as well.
void Kernel::noteDropped(std::string_view why) {
  if (std::has_single_bit(++droppedMessages_))
    log::warning("message.dropped", {{"kernel", demand_.id}, {"message", why}, {"so_far", droppedMessages_}});
}

void Kernel::clearOutbox() {
  outbox_.clear();
  outboxBytes_ = 0;
  changed_.notifyAll();
}

// Into the kernel's hands, or, while it starts, into the outbox.
Task<> Kernel::accept(std::string session, jupyter::Message message) {
  if (state_ == State::Dead || wish_ == Wish::Stop) co_return;
  noteRequest(jupyter::readHeader(message.header), std::move(session));
  if (ready_ && outbox_.empty() && !delivering_) {
    const auto wires = wires_;
    co_await wires->send(std::move(message));
    co_return;
  }
  outboxBytes_ += message.size();
  outbox_.push_back(std::move(message));
  changed_.notifyAll();
  while (outboxBytes_ > kMostOutbox) co_await changed_.wait();
}

Task<> Kernel::deliver() {
  for (;;) {
    if (outbox_.empty() || !ready_) {
      co_await changed_.wait();
      continue;
    }
    auto message = std::move(outbox_.front());
    outbox_.pop_front();
    outboxBytes_ -= message.size();
    changed_.notifyAll();
    const auto wires = wires_;
    delivering_ = true;  // nobody overtakes it
    co_await wires->send(std::move(message));
    delivering_ = false;
    changed_.notifyAll();
  }
}

Task<> Kernel::write(std::shared_ptr<net::WebSocket> socket, std::shared_ptr<Journal::Cursor> cursor, Dialect dialect,
    std::shared_ptr<Connected> connected) {
  while (!cursor->session().empty()) {  // until another socket takes the session over
    auto frame = cursor->peek();
    if (!frame && cursor->lost()) {
      co_await socket->close(1013, "you have left too much unread; connect again");
      co_return;
    }
    if (!frame) {
      co_await journal_.grown();
      continue;
    }
    auto encoded = encode(*std::move(frame), dialect);
    if (!encoded) {  // the kernel said what a legacy client could not parse
      noteDropped(encoded.error().message);
      cursor->advance();
      continue;
    }
    const auto written = co_await socket->write(*std::move(encoded));
    if (!written) co_return;
    cursor->advance();
  }
}

Task<> Kernel::closeSockets() {
  TaskScope closing(house_.executor);
  for (const auto& entry : sockets_) closing.spawn("kernel socket, closing", entry.socket->close(1000, "the kernel was shut down"));
  co_await closing.drained();
  for (const auto& entry : sockets_) entry.socket->abort();
  while (users_ > 0) co_await changed_.wait();
}

}  // namespace allmende::kernels
