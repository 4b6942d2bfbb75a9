#pragma once
// One runtime's agent, as somebody who may hang or lie. Part of the door server/runtimes/runtimes.h.

#include <memory>
#include <string>
#include <vector>

#include "lib/base/result.h"
#include "lib/base/task.h"
#include "lib/net/net.h"
#include "server/runtimes/runtime.h"

namespace allmende::runtimes {

inline constexpr std::size_t kLargestAgentReply = 4U << 20U;  // bytes of JSON about kernels and terminals
inline constexpr std::size_t kLargestAgentFile = 192U << 20U;

// Held by shared_ptr: a request in flight may outlive the runtime.
class Agent {
 public:
  Agent(Executor executor, net::Endpoint at, RuntimeId runtime)
      : client_(std::move(executor), std::move(at)), runtime_(std::move(runtime)) {}

  const RuntimeId& runtime() const { return runtime_; }

  // Asks and gives the answer whatever its status. Fails with Unavailable when the agent cannot be reached or says too much, TimedOut
  // after `patience`.
  Task<Result<net::Response>> send(net::Method method, std::string target, std::string body, Duration patience);

  // The same for an answer that must be a success: its JSON. An agent's refusal becomes an Error with the agent's sentence.
  Task<Result<json::value>> ask(net::Method method, std::string target, std::string body, Duration patience);

  // For files: larger answers, and the headers that matter for them.
  Task<Result<net::Response>> forward(net::Method method, std::string target, std::string body, Duration patience);

  Task<Result<std::shared_ptr<net::WebSocket>>> open(std::string target, std::vector<std::string> subprotocols);

 private:
  net::HttpClient client_;
  RuntimeId runtime_;
};

}  // namespace allmende::runtimes
