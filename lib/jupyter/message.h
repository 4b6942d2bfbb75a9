#pragma once
// One message between a client and a kernel. Part of the door lib/jupyter/jupyter.h.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/json.h"
#include "lib/base/result.h"

namespace allmende::jupyter {

enum class Channel : std::uint8_t { Shell, Control, Stdin, Iopub };
std::string_view nameOf(Channel channel);
std::optional<Channel> findChannel(std::string_view name);

// The four JSON parts stay text: a relay looks into headers only, and passes unknown fields through untouched.
struct Message {
  Channel channel = Channel::Shell;
  std::string header;
  std::string parentHeader = "{}";
  std::string metadata = "{}";
  std::string content = "{}";
  std::vector<std::string> buffers;

  bool operator==(const Message&) const = default;
  std::size_t size() const;  // bytes of all parts
};

// What is read of a header; absent fields are empty.
struct Header {
  std::string id;    // msg_id
  std::string type;  // msg_type
  std::string session;
};

// Reads a header's fields; an empty Header when the text is no JSON object.
Header readHeader(std::string_view text);

// The execution_state that a status message tells; empty when it is another message or tells none.
std::string stateToldBy(const Header& header, const Message& message);

// Fills in what kernels need and sparse clients leave out: an id, a type of no meaning, a session, a name, a date, a version.
void completeHeader(json::object& header);

// A message of our own, with a fresh id.
Message makeMessage(Channel channel, std::string_view type, std::string_view session, std::string content, std::string parentHeader = "{}");

// status with {"execution_state": state}, as the server itself sends for restarting and dead kernels.
Message makeStatus(std::string_view state, std::string_view session);

}  // namespace allmende::jupyter
