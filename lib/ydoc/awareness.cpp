#include "lib/ydoc/awareness.h"

#include <algorithm>

#include "lib/base/json.h"
#include "lib/ydoc/room_message.h"

namespace allmende::ydoc {
namespace {

constexpr std::string_view kGone = "null";

}  // namespace

Result<std::vector<std::uint64_t>> Awareness::apply(std::string_view update, const Filter& isTheirs) {
  Lib0Reader reader(update);
  TRY(const auto count, reader.number());
  if (count > kMostClients) return fail(Code::OverLimit, "{} clients at once are more than the {} that a room holds", count, kMostClients);
  std::map<std::uint64_t, State> news;
  for (std::uint64_t i = 0; i < count; ++i) {
    TRY(const auto client, reader.number());
    TRY(const auto clock, reader.number());
    TRY(const auto json, reader.bytes());
    if (json.size() > kLargestState)
      return fail(Code::OverLimit, "a client's state of {} bytes is larger than {}", json.size(), kLargestState);
    TRY(parseJson(json));
    if (!isTheirs(client)) continue;
    const auto known = states_.find(client);
    // Being gone wins over a state of the same clock, so that nobody stays whom the others saw leave.
    const bool newer = known == states_.end() || clock > known->second.clock || (clock == known->second.clock && json == kGone);
    if (newer) news.insert_or_assign(client, State{clock, std::string(json)});
  }
  if (!reader.atEnd()) return fail(Code::InvalidInput, "bytes follow the awareness update's end");
  std::size_t more = 0;
  for (const auto& [client, state] : news) more += states_.contains(client) ? 0 : 1;
  if (states_.size() + more > kMostClients) forgetGone();
  if (states_.size() + more > kMostClients) return fail(Code::OverLimit, "the room holds {} clients, and no more", kMostClients);
  std::vector<std::uint64_t> clients;
  for (auto& [client, state] : news) {
    clients.push_back(client);
    states_.insert_or_assign(client, std::move(state));
  }
  return clients;
}

std::string Awareness::everybody() const {
  std::vector<std::pair<std::uint64_t, const State*>> there;
  for (const auto& [client, state] : states_) {
    if (state.json != kGone) there.emplace_back(client, &state);
  }
  return encodeStates(there);
}

std::string Awareness::about(const std::vector<std::uint64_t>& clients) const {
  std::vector<std::pair<std::uint64_t, const State*>> known;
  for (const auto client : clients) {
    if (const auto found = states_.find(client); found != states_.end()) known.emplace_back(client, &found->second);
  }
  return encodeStates(known);
}

std::string Awareness::leave(const std::vector<std::uint64_t>& clients) {
  for (const auto client : clients) {
    const auto found = states_.find(client);
    if (found != states_.end() && found->second.json != kGone) found->second = {found->second.clock + 1, std::string(kGone)};
  }
  return about(clients);
}

std::size_t Awareness::present() const {
  return static_cast<std::size_t>(std::ranges::count_if(states_, [](const auto& entry) { return entry.second.json != kGone; }));
}

std::string Awareness::encodeStates(const std::vector<std::pair<std::uint64_t, const State*>>& states) {
  std::string update;
  appendNumber(update, states.size());
  for (const auto& [client, state] : states) {
    appendNumber(update, client);
    appendNumber(update, state->clock);
    appendBytes(update, state->json);
  }
  return update;
}

void Awareness::forgetGone() {
  std::erase_if(states_, [](const auto& entry) { return entry.second.json == kGone; });
}

}  // namespace allmende::ydoc
