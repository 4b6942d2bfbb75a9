#include "agent/kernels/wires.h"

#include <bit>

#include "lib/base/id.h"
#include "lib/base/log.h"

namespace allmende::kernels {
namespace {

constexpr Duration kNudgeEvery{500};
constexpr std::array kChannels{jupyter::Channel::Shell, jupyter::Channel::Control, jupyter::Channel::Stdin, jupyter::Channel::Iopub};

}  // namespace

Wires::Wires(Executor executor, const jupyter::ConnectionFile& file, OnMessage onMessage)
    : signer_(file.key), onMessage_(std::move(onMessage)), session_("allmende-" + randomUuid()), changed_(executor) {
  const auto identity = randomUuid();
  for (const auto channel : kChannels) {
    const bool output = channel == jupyter::Channel::Iopub;
    peers_.at(static_cast<std::size_t>(channel)) = std::make_unique<Peer>(
        executor,
        Peer::Demand{file.socketOf(channel), output ? "SUB" : "DEALER", identity, output ? std::size_t{64} << 10U : std::size_t{4} << 10U},
        [this, channel](std::vector<std::string> frames) { take(channel, std::move(frames)); }, [this] { changed_.notifyAll(); });
  }
}

Task<Result<>> Wires::open(Duration patience) {
  RealClock clock;
  const auto end = clock.sinceStart() + patience;
  for (const auto channel : kChannels) CO_TRY(co_await of(channel).connect(end - clock.sinceStart()));
  // Each request is a new one: kernels refuse a signature they have seen.
  while (!answered_ || !outputHeard_) {
    if (clock.sinceStart() >= end) co_return fail(Code::TimedOut, "it did not answer within {} s", patience.count() / 1000);
    CO_TRY(ask(jupyter::Channel::Shell, "kernel_info_request", "{}"));
    const auto nudgeAt = clock.sinceStart() + kNudgeEvery;
    while ((!answered_ || !outputHeard_) && clock.sinceStart() < nudgeAt) co_await changed_.waitFor(nudgeAt - clock.sinceStart());
  }
  co_return Result<>{};
}

// One request more: the kernel takes them in order, and says "idle" behind all that it said of those before.
Task<> Wires::settled(Duration patience) {
  RealClock clock;
  const auto end = clock.sinceStart() + patience;
  const auto last = ask(jupyter::Channel::Shell, "kernel_info_request", "{}");
  if (!last) co_return;
  last_ = *last;
  lastAnswered_ = lastRested_ = false;
  while ((!lastAnswered_ || !lastRested_) && clock.sinceStart() < end) co_await changed_.waitFor(end - clock.sinceStart());
}

Task<Result<>> Wires::send(jupyter::Message message) {
  auto& peer = of(message.channel);
  return peer.send(jupyter::toWire(std::move(message), signer_));
}

Result<std::string> Wires::ask(jupyter::Channel channel, std::string type, std::string content) {
  auto request = jupyter::makeMessage(channel, type, session_, std::move(content));
  auto id = jupyter::readHeader(request.header).id;
  TRY(of(channel).push(jupyter::toWire(std::move(request), signer_)));
  return id;
}

Task<Error> Wires::broken() {
  for (;;) {
    for (const auto& peer : peers_) {
      if (peer->fault()) co_return *peer->fault();
    }
    co_await changed_.wait();
  }
}

Task<> Wires::close() {
  for (auto& peer : peers_) co_await peer->close();
}

// Answers to our own requests, and the greeting of a subscription, are nobody else's business.
bool Wires::isOurs(const Heard& heard) {
  const bool ours = heard.parent.session == session_;
  const bool output = heard.message.channel == jupyter::Channel::Iopub;
  if (output && !outputHeard_) {
    outputHeard_ = true;
    changed_.notifyAll();
  }
  if (ours) noteOwn(heard);
  return ours || (output && heard.header.type == "iopub_welcome");
}

void Wires::noteOwn(const Heard& heard) {
  const bool ofLast = heard.parent.id == last_;
  if (heard.header.type == "kernel_info_reply") {
    answered_ = true;
    lastAnswered_ = lastAnswered_ || ofLast;
  } else if (ofLast && jupyter::stateToldBy(heard.header, heard.message) == "idle") {
    lastRested_ = true;
  }
  changed_.notifyAll();
}

void Wires::take(jupyter::Channel channel, std::vector<std::string> frames) {
  auto message = jupyter::fromWire(std::move(frames), channel, signer_);
  if (!message) {
    // Told at 1, 2, 4, 8, …: whoever forges a million must not fill the log as well.
    if (std::has_single_bit(++forged_)) {
      log::warning("message.refused", {{"channel", jupyter::nameOf(channel)}, {"message", message.error().message}, {"so_far", forged_}});
    }
    return;
  }
  Heard heard{*std::move(message), {}, {}};
  heard.header = jupyter::readHeader(heard.message.header);
  heard.parent = jupyter::readHeader(heard.message.parentHeader);
  if (!isOurs(heard)) onMessage_(std::move(heard));
}

}  // namespace allmende::kernels
