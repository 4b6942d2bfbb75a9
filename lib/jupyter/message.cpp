#include "lib/jupyter/message.h"

#include "lib/base/clock.h"
#include "lib/base/id.h"
#include "lib/base/json.h"

namespace allmende::jupyter {

std::string_view nameOf(Channel channel) {
  switch (channel) {
    case Channel::Shell: return "shell";
    case Channel::Control: return "control";
    case Channel::Stdin: return "stdin";
    case Channel::Iopub: return "iopub";
  }
  return "shell";
}

std::optional<Channel> findChannel(std::string_view name) {
  for (const auto channel : {Channel::Shell, Channel::Control, Channel::Stdin, Channel::Iopub}) {
    if (nameOf(channel) == name) return channel;
  }
  return std::nullopt;
}

std::size_t Message::size() const {
  auto total = header.size() + parentHeader.size() + metadata.size() + content.size();
  for (const auto& buffer : buffers) total += buffer.size();
  return total;
}

Header readHeader(std::string_view text) {
  unsigned char memory[2048];
  json::monotonic_resource resource(memory, sizeof memory);
  boost::system::error_code error;
  const auto value = json::parse(text, error, &resource);
  Header header;
  if (error || !value.is_object()) return header;
  const auto read = [&](std::string_view name, std::string& to) {
    if (const auto* field = findString(value.get_object(), name)) to.assign(field->data(), field->size());
  };
  read("msg_id", header.id);
  read("msg_type", header.type);
  read("session", header.session);
  return header;
}

std::string stateToldBy(const Header& header, const Message& message) {
  if (header.type != "status") return {};
  const auto content = parseJsonObject(message.content);
  const auto* state = content ? findString(*content, "execution_state") : nullptr;
  return state == nullptr ? std::string() : std::string(*state);
}

void completeHeader(json::object& header) {
  const auto fill = [&](std::string_view name, auto make) {
    const auto* text = findString(header, name);
    if (text == nullptr || text->empty()) header[name] = make();
  };
  fill("msg_id", randomUuid);
  fill("msg_type", [] { return ""; });
  fill("session", randomUuid);
  fill("username", [] { return "username"; });
  fill("date", [] { return formatUtc(systemNow()); });
  fill("version", [] { return "5.3"; });
}

Message makeMessage(Channel channel, std::string_view type, std::string_view session, std::string content, std::string parentHeader) {
  const json::object header{{"msg_id", randomUuid()}, {"msg_type", type}, {"session", session}, {"username", "allmende"},
      {"date", formatUtc(systemNow())}, {"version", "5.4"}};
  return {channel, json::serialize(header), std::move(parentHeader), "{}", std::move(content), {}};
}

Message makeStatus(std::string_view state, std::string_view session) {
  return makeMessage(Channel::Iopub, "status", session, json::serialize(json::object{{"execution_state", state}}));
}

}  // namespace allmende::jupyter
