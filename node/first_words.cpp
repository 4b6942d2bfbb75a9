#include "node/first_words.h"

#include "lib/base/log.h"

namespace allmende::node {
namespace {

observe::Connection connectionOf(const network::Conversation& one) {
  return {.guest = one.guest, .place = one.place, .guestPort = one.guestPort, .placePort = one.placePort, .isStream = one.isStream};
}

}  // namespace

void FirstWords::begin(std::unique_ptr<network::FirstPackets> packets) {
  packets_ = std::move(packets);
  scope_.spawn("hear first words", hear());
}

Task<> FirstWords::close() {
  closing_ = true;
  if (packets_) packets_->close();
  co_await scope_.close();
}

Task<> FirstWords::hear() {
  for (std::int64_t losses = 0;;) {
    const auto read = co_await packets_->read([this](const network::FirstPacket& packet) {
      const std::lock_guard lock(mutex_);
      conversations_.take({.of = connectionOf(packet.of), .fromGuest = packet.fromGuest, .payload = packet.payload}, clock_.sinceStart());
    });
    if (packets_->losses() != losses) log::warning("first_words.lost", {{"times", packets_->losses()}});
    losses = packets_->losses();
    if (read) continue;
    if (closing_) co_return;
    log::warning("first_words.no_more", {{"message", read.error().message}});
    co_return;
  }
}

void FirstWords::lookFor(std::vector<std::string> names) {
  const std::lock_guard lock(mutex_);
  conversations_.lookFor(std::move(names));
}

void FirstWords::asked(network::Address guest, const std::string& name) {
  const std::lock_guard lock(mutex_);
  conversations_.asked(guest, name, clock_.sinceStart());
}

void FirstWords::lookAtOpen() {
  {
    const std::lock_guard lock(mutex_);
    if (!conversations_.tellsOfOpen()) return;
  }
  const auto read = gateway_->forEachOpen([this](const network::OpenConversation& open) {
    const std::lock_guard lock(mutex_);
    conversations_.stillOpen(connectionOf(open.of), open.bytes, clock_.sinceStart());
  });
  if (!read) log::warning("first_words.open_not_read", {{"message", read.error().message}});
}

observe::Spoken FirstWords::of(network::Address guest) {
  const std::lock_guard lock(mutex_);
  return conversations_.of(guest, clock_.sinceStart());
}

void FirstWords::keepOnly(const std::set<network::Address>& guests) {
  const std::lock_guard lock(mutex_);
  conversations_.keepOnly(guests);
}

}  // namespace allmende::node
