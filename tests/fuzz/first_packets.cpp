// Packets of runtimes and of whoever they talk to, and the messages in which the kernel shows them.

#include <cstdint>
#include <cstring>
#include <vector>

#include "node/network/network.h"
#include "tests/fuzz/fuzz.h"

namespace allmende::fuzz {

void attempt(std::string_view input) {
  const auto packet = network::readPacket(input);
  claim(!packet || packet->payload.size() + 28 <= input.size(), "what is said comes behind two heads");
  std::vector<std::uint64_t> aligned(input.size() / sizeof(std::uint64_t) + 1);
  std::memcpy(aligned.data(), input.data(), input.size());
  const std::string_view messages(reinterpret_cast<const char*>(aligned.data()), input.size());
  std::size_t shown = 0;
  network::readShown(messages, [&](const network::FirstPacket& one) { shown += 28 + one.payload.size(); });
  claim(shown <= input.size(), "no packet is shown twice");
  static_cast<void>(network::readOpen(messages, [](const network::OpenConversation&) {}));
}

}  // namespace allmende::fuzz
