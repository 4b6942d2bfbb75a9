#pragma once
// Carrying frames between a client's socket and an agent's. Part of the door server/runtimes/runtimes.h.
//
// Each direction holds one frame at a time: who does not read makes the other side wait, nothing piles up here.

#include <memory>

#include "server/runtimes/kernels.h"

namespace allmende::runtimes {

// The protocol the client speaks; the agent's end always speaks v1.
enum class ClientProtocol : std::uint8_t { V1, Legacy };

// Runs until one side ends, then closes both. A kernel that is gone is told to the client as a status "dead" before its socket closes.
Task<> relayKernel(std::shared_ptr<net::WebSocket> client, std::shared_ptr<net::WebSocket> agent, ClientProtocol protocol, Kernels& kernels,
    AccountId of, std::string kernel);

// Frames as they are, for terminals.
Task<> relayFrames(std::shared_ptr<net::WebSocket> client, std::shared_ptr<net::WebSocket> agent);

// Whether a v1 frame of a client is something that keeps a kernel in use: code, completion, inspection, comms; not kernel_info.
bool isUse(std::string_view frame);

}  // namespace allmende::runtimes
