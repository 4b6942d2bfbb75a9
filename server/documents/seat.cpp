#include "server/documents/seat.h"

namespace allmende::documents {

void Seat::send(std::shared_ptr<const std::string> message) {
  if (ended_) return;
  bytes_ += message->size();
  if (bytes_ > kMostWaiting && waiting_.size() > 1) {
    ended_ = true;
    socket_->abort();  // without a close frame, which would wait behind all the rest
    return;
  }
  waiting_.push_back(std::move(message));
  news_.notifyAll();
}

namespace {

json::value withoutPeople(json::value value) {
  if (auto* list = value.if_array()) {
    for (auto& one : *list) one = withoutPeople(std::move(one));
  } else if (auto* object = value.if_object()) {
    for (const auto* name : {"by", "account"}) object->erase(name);
    for (auto& [key, one] : *object) one = withoutPeople(std::move(one));
  }
  return value;
}

}  // namespace

void Seat::notifyOurs(const json::object& notice) {
  if (!visitor_.hearsNotices) return;
  notify(seesPeople() ? notice : withoutPeople(notice).as_object());
}

void Seat::notify(const json::object& notice) { send(ydoc::Notice{json::serialize(notice)}); }

void Seat::end(std::uint16_t code, std::string reason) {
  ended_ = true;
  farewell_.emplace(code, std::move(reason));
  news_.notifyAll();
}

Task<> Seat::sendAll(std::shared_ptr<Seat> seat) {
  for (;;) {
    while (seat->waiting_.empty() && !seat->farewell_) co_await seat->news_.wait();
    if (seat->waiting_.empty()) {
      co_await seat->socket_->close(seat->farewell_->first, seat->farewell_->second);
      break;
    }
    const auto next = std::move(seat->waiting_.front());
    seat->waiting_.pop_front();
    if (!co_await seat->socket_->writeShared(next, true)) break;
    seat->bytes_ -= next->size();
  }
  seat->ended_ = true;
  seat->socket_->abort();
}

void Seat::stored(std::int64_t through) {
  const auto before = storedMessages_;
  while (!unstored_.empty() && unstored_.front() <= through) {
    unstored_.pop_front();
    ++storedMessages_;
  }
  if (storedMessages_ != before) notifyOurs({{"type", "stored"}, {"messages", storedMessages_}});
}

}  // namespace allmende::documents
