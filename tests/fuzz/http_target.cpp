// Targets of requests: paths and queries.

#include <algorithm>

#include "lib/net/net.h"
#include "tests/fuzz/fuzz.h"

namespace allmende::fuzz {

void attempt(std::string_view input) {
  const auto question = std::min(input.find('?'), input.size());
  if (const auto path = net::decodePath(input.substr(0, question))) {
    claim(net::isUtf8(*path) && !path->contains('\0'), "a path is UTF-8 without NUL");
    claim(net::decodePath(net::encodePath(*path)) == *path, "a path survives the round trip");
  }
  const auto query = net::Query::parse(input.substr(std::min(question + 1, input.size())));
  for (const auto* name : {"token", "session_id", "content", ""}) {
    if (const auto value = query.find(name)) claim(value->size() <= input.size(), "decoding never grows");
  }
}

}  // namespace allmende::fuzz
