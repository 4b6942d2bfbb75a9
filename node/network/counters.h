#pragma once
// What nft says of a set whose elements count. Behind the door of node/network.

#include <string>
#include <string_view>
#include <vector>

#include "node/network/gateway.h"

namespace allmende::network {

struct Counted {
  std::string key;  // of a pair, its first part
  std::int64_t packets = 0;
};

// The elements in the JSON of `nft -j list set`. Fails with InvalidInput for anything else.
Result<std::vector<Counted>> readCountedSet(std::string_view listed);

// The guest that an address or the gateway's end of a cable stands for; nothing for any other word.
std::optional<Address> addressOf(std::string_view word);

}  // namespace allmende::network
