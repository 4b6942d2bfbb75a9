#include "server/documents/room.h"

#include <boost/asio/this_coro.hpp>

#include "lib/base/log.h"

namespace allmende::documents {
namespace {

constexpr std::string_view kNothing("\0\0", 2);    // an update without changes
constexpr std::string_view kNothingSeen("\0", 1);  // a state vector

constexpr Duration kPatienceForLog{5'000};
constexpr std::size_t kMessageSize = 1'024;  // of a kernel's message beside what it brings

}  // namespace

Room::Room(Executor executor, Record record, ydoc::Document document, std::int64_t last, UpdateLog& log)
    : executor_(executor),
      record_(std::move(record)),
      document_(std::move(document)),
      last_(last),
      durable_(last),
      log_(log),
      turn_(executor),
      news_(executor),
      stored_(executor) {}

// ---- one connection ----

// Takes its seat when made and leaves it, however the connection ends.
struct Room::Presence {
  Presence(std::shared_ptr<Room> in, std::shared_ptr<Seat> of) : room(std::move(in)), seat(std::move(of)) {
    room->seats_.push_back(seat);
    room->news_.notifyAll();
  }
  Presence(const Presence&) = delete;
  Presence& operator=(const Presence&) = delete;
  ~Presence() { room->leave(seat); }
  std::shared_ptr<Room> room;
  std::shared_ptr<Seat> seat;
};

Task<> Room::serve(Visitor visitor, std::shared_ptr<net::WebSocket> socket, Save save, std::vector<json::object> notices) {
  if (ended_) co_return co_await socket->close(ended_->code, ended_->reason);
  if (seats_.size() >= kMostSeats) {
    co_return co_await socket->close(
        net::closeCodeOf(Code::OverLimit), fmt::format("{} people have this notebook open; try again later", kMostSeats));
  }
  auto seat = std::make_shared<Seat>(executor_, std::move(visitor), socket);
  const Presence presence(shared_from_this(), seat);
  co_await greet(seat, notices);
  TaskScope sending(executor_);
  sending.spawn("send to who is in a room", Seat::sendAll(seat));
  for (;;) {
    auto frame = co_await socket->read();
    if (!frame) break;
    if (!frame->binary) continue;  // the protocol has none
    if (const auto fault = co_await take(seat, std::move(frame->bytes), save)) {
      co_await socket->close(fault->code, fault->reason);
      break;
    }
  }
  socket->abort();
  co_await sending.close();
}

Task<> Room::greet(std::shared_ptr<Seat> seat, const std::vector<json::object>& notices) {
  const auto held = co_await turn_.take();
  seat->notifyOurs({{"type", "role"}, {"role", nameOf(seat->visitor().role)}});
  if (auto seen = document_.stateVector()) seat->send(ydoc::SyncStep1{*std::move(seen)});
  if (awareness_.present() > 0 && seat->seesPeople()) seat->send(ydoc::AwarenessUpdate{awareness_.everybody()});
  for (const auto& notice : greeting_()) seat->notifyOurs(notice);
  for (const auto& notice : notices) seat->notifyOurs(notice);
}

void Room::leave(const std::shared_ptr<Seat>& seat) {
  std::erase(seats_, seat);
  const std::vector<std::uint64_t> clients(seat->clients().begin(), seat->clients().end());
  if (!clients.empty()) broadcastPeople(ydoc::AwarenessUpdate{awareness_.leave(clients)}, nullptr);
  news_.notifyAll();
}

// ---- what it says ----

Task<std::optional<Room::Fault>> Room::take(std::shared_ptr<Seat> seat, std::string bytes, const Save& save) {
  auto message = ydoc::decodeRoomMessage(bytes);
  if (!message) co_return Fault{net::closeCodeOf(Code::InvalidInput), message.error().message};
  if (const auto* request = std::get_if<ydoc::SaveRequest>(&*message)) {
    co_await answerSave(seat, request->id, save);
    co_return std::nullopt;
  }
  co_await log_.room();
  const auto held = co_await turn_.take();
  if (const auto* step = std::get_if<ydoc::SyncStep1>(&*message)) {
    // What runs have written and is not stored yet would be written again after a crash: nobody may bring it back then.
    static_cast<void>(co_await log_.settled(kPatienceForLog));
    if (!whole_.empty() && (step->stateVector.empty() || step->stateVector == kNothingSeen)) {
      seat->send(ydoc::SyncStep2{std::exchange(whole_, {})});
      co_return std::nullopt;
    }
    auto missing = document_.changesSince(step->stateVector);
    if (!missing) co_return Fault{net::closeCodeOf(missing.error().code), missing.error().message};
    seat->send(ydoc::SyncStep2{*std::move(missing)});
  } else if (const auto* answer = std::get_if<ydoc::SyncStep2>(&*message)) {
    co_return takeUpdate(*seat, answer->update);
  } else if (const auto* change = std::get_if<ydoc::SyncUpdate>(&*message)) {
    co_return takeUpdate(*seat, change->update);
  } else if (const auto* presence = std::get_if<ydoc::AwarenessUpdate>(&*message)) {
    co_return takeAwareness(*seat, presence->update);
  } else if (std::holds_alternative<ydoc::AwarenessQuery>(*message)) {
    if (seat->seesPeople()) {
      seat->send(ydoc::AwarenessUpdate{awareness_.everybody()});
    } else {
      seat->send(ydoc::AwarenessUpdate{ydoc::Awareness().everybody()});
    }
  }
  co_return std::nullopt;
}

std::optional<Room::Fault> Room::takeUpdate(Seat& seat, const std::string& update) {
  if (update != kNothing && !seat.mayEdit()) {
    seat.notifyOurs({{"type", "refused"}, {"reason", "read_only"}, {"message", "you can read this notebook, but not change it"}});
    return std::nullopt;
  }
  if (update != kNothing) {
    auto applied = document_.apply(update);
    if (!applied) {
      log::warning("document.update_refused",
          {{"document", record_.id.text()}, {"account", seat.visitor().account ? seat.visitor().account->text() : std::string("none")},
              {"error", applied.error().message}});
      return Fault{net::closeCodeOf(Code::InvalidInput), applied.error().message};
    }
    if (!applied->empty()) authors_.insert(seat.visitor().name);
    if (document_.waits().value_or(false)) {
      // It builds on changes that have not come: it is kept as it is, and asked for they come.
      add(update, &seat);
      if (auto seen = document_.stateVector()) seat.send(ydoc::SyncStep1{*std::move(seen)});
    } else if (!applied->empty()) {
      add(*std::move(applied), &seat);
    }
  }
  seat.brought(last_);
  seat.stored(durable_);
  return std::nullopt;
}

// A connection speaks for its own clients. Stock clients repeat what they heard of others, which is left out; who comes back on a new
// connection before the old one has ended takes their client along.
std::optional<Room::Fault> Room::takeAwareness(Seat& seat, const std::string& update) {
  if (!seat.visitor().account) return std::nullopt;  // who has no account looks on unseen
  const auto isTheirs = [&](std::uint64_t client) {
    return std::ranges::none_of(seats_, [&](const auto& other) {
      return other.get() != &seat && other->clients().contains(client) && other->visitor().account != seat.visitor().account;
    });
  };
  auto clients = awareness_.apply(update, isTheirs);
  if (!clients) return Fault{net::closeCodeOf(clients.error().code), clients.error().message};
  if (clients->empty()) return std::nullopt;
  for (const auto client : *clients) {
    for (const auto& other : seats_) other->clients().erase(client);
    seat.clients().insert(client);
  }
  broadcastPeople(ydoc::AwarenessUpdate{awareness_.about(*clients)}, &seat);
  return std::nullopt;
}

Task<> Room::answerSave(std::shared_ptr<Seat> seat, std::uint64_t request, const Save& save) {
  json::object answer{{"type", "save"}, {"responseTo", request}, {"status", "skipped"}};
  if (seat->mayEdit()) {
    const auto saved = co_await save();
    answer["status"] = saved ? "success" : "failed";
    if (!saved) answer["message"] = saved.error().message;
  }
  seat->notify(answer);
}

// ---- what changes ----

void Room::add(std::string update, Seat* by) {
  if (update.empty()) return;
  broadcast(ydoc::SyncUpdate{update}, by);
  keep(std::move(update), std::nullopt, [](Room&) {});
}

void Room::addDone(std::string update, Progress progress) {
  auto message = update.empty() ? std::string() : ydoc::encode(ydoc::SyncUpdate{update});
  const auto bytes = kMessageSize + update.size() + (progress.rest ? progress.rest->text.size() : 0);
  unstored_ += bytes;
  keep(std::move(update), std::move(progress), [bytes, message = std::make_shared<const std::string>(std::move(message))](Room& room) {
    room.unstored_ -= bytes;
    room.stored_.notifyAll();
    if (message->empty()) return;
    for (const auto& seat : room.seats_) seat->send(message);
  });
}

Task<> Room::storedTo(std::size_t bytes) {
  while (unstored_ > bytes) co_await stored_.wait();
}

void Room::tellInTurn(json::object notice) {
  keep({}, std::nullopt, [notice = std::move(notice)](Room& room) { room.tell(notice); });
}

void Room::keep(std::string update, std::optional<Progress> progress, std::function<void(Room&)> then) {
  bytesAdded_ += update.size();
  if (!update.empty()) whole_ = {};
  const auto number = update.empty() ? 0 : ++last_;  // progress alone is no update of the document
  log_.append({record_.id, number, std::move(update), std::move(progress)}, [room = weak_from_this(), number, then = std::move(then)] {
    const auto here = room.lock();
    if (here == nullptr) return;
    then(*here);
    if (number > 0) here->stored(number);
  });
  news_.notifyAll();
}

void Room::stored(std::int64_t number) {
  durable_ = number;
  for (const auto& seat : seats_) seat->stored(number);
}

void Room::broadcast(const ydoc::RoomMessage& message, const Seat* but) {
  if (seats_.empty()) return;
  const auto bytes = std::make_shared<const std::string>(ydoc::encode(message));
  for (const auto& seat : seats_) {
    if (seat.get() != but) seat->send(bytes);
  }
}

void Room::broadcastPeople(const ydoc::AwarenessUpdate& update, const Seat* but) {
  const auto bytes = std::make_shared<const std::string>(ydoc::encode(update));
  for (const auto& seat : seats_) {
    if (seat.get() != but && seat->seesPeople()) seat->send(bytes);
  }
}

void Room::moved(std::string path) {
  record_.path = std::move(path);
  tellEach([&](const Visitor& visitor) {
    json::object notice{{"type", "renamed"}, {"name", fileNameOf(record_.path)}};
    if (visitor.account == record_.account) notice["path"] = record_.path;  // how their drive is ordered is the owner's own affair
    return notice;
  });
}

void Room::tell(const json::object& notice) {
  for (const auto& seat : seats_) seat->notifyOurs(notice);
}

void Room::tellEach(const std::function<json::object(const Visitor&)>& notice) {
  for (const auto& seat : seats_) seat->notifyOurs(notice(seat->visitor()));
}

void Room::tellOwner(const json::object& notice) {
  for (const auto& seat : seats_) {
    if (seat->visitor().account == record_.account) seat->notifyOurs(notice);
  }
}

void Room::reconsider(const std::function<std::optional<Role>(const Visitor&)>& roleOf) {
  for (const auto& seat : seats_) {
    const auto role = roleOf(seat->visitor());
    if (!role) {
      seat->end(net::closeCodeOf(Code::Denied), "this notebook is not shared with you any more");
    } else if (seat->setRole(*role)) {
      seat->notifyOurs({{"type", "role"}, {"role", nameOf(*role)}});
    }
  }
}

void Room::given(AccountId account, std::string path) {
  record_.account = std::move(account);
  record_.path = std::move(path);
}

void Room::endFor(const AccountId& account, std::uint16_t code, const std::string& reason) {
  for (const auto& seat : seats_) {
    if (seat->visitor().account == account) seat->end(code, reason);
  }
}

void Room::end(std::uint16_t code, const std::string& reason) {
  ended_ = Fault{code, reason};
  for (const auto& seat : seats_) seat->end(code, reason);
}

}  // namespace allmende::documents
