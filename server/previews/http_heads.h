#pragma once
// The heads of HTTP/1.1 messages (RFC 9112) as they go through a preview: pure text. Behind the door of server/previews. What an app
// answers is untrusted and fuzzed.

#include <optional>
#include <string>

#include "lib/net/net.h"

namespace allmende::previews {

inline constexpr std::string_view kPassCookie = "allmende_app";
inline constexpr std::size_t kLargestAnswerHead = 64U << 10U;

// Where a browser and an app meet.
struct Meeting {
  std::string host;    // what the browser calls it, with the port
  std::string origin;  // the same with its scheme: "http://app-….localhost:8080"
  bool secure = false;
  std::uint16_t port = 0;  // of the app, on its own machine
};

// A browser's head as the app gets it: the app is called localhost, as when it is used where it runs; our cookie is not its business; the
// connection ends with the answer, unless it becomes a WebSocket's.
std::string headForApp(const net::RequestHead& head, const Meeting& meeting);

struct AnswerHead {
  int status = 0;
  std::string text;  // with the empty line at its end
  // Another head follows: "100 Continue", "103 Early Hints".
  bool isInterim() const { return status >= 100 && status < 200 && status != 101; }
};

// Takes an app's head from the beginning of `bytes`, as the browser gets it: the connection ends with it; a redirect to localhost leads to
// where the browser is; cookies are for this name alone, and none is called as ours. nullopt when it is not whole yet. Fails with
// InvalidInput when it is no head, or one larger than kLargestAnswerHead.
Result<std::optional<AnswerHead>> takeAnswerHead(std::string& bytes, const Meeting& meeting);

}  // namespace allmende::previews
