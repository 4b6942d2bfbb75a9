#include "lib/jupyter/wire.h"

#include "lib/base/json.h"

namespace allmende::jupyter {
namespace {

constexpr std::string_view kDelimiter = "<IDS|MSG>";

}  // namespace

Signer::Signer(std::string_view key) {
  if (!key.empty()) mac_.emplace(key);
}

std::string Signer::sign(const Message& message) const {
  return mac_ ? hexOf(mac_->of({message.header, message.parentHeader, message.metadata, message.content})) : "";
}

bool Signer::verify(const Message& message, std::string_view signature) const {
  return !mac_ || sameInConstantTime(sign(message), signature);
}

std::vector<std::string> toWire(Message message, const Signer& signer) {
  std::vector<std::string> frames;
  frames.reserve(6 + message.buffers.size());
  frames.emplace_back(kDelimiter);
  frames.push_back(signer.sign(message));
  frames.push_back(std::move(message.header));
  frames.push_back(std::move(message.parentHeader));
  frames.push_back(std::move(message.metadata));
  frames.push_back(std::move(message.content));
  for (auto& buffer : message.buffers) frames.push_back(std::move(buffer));
  return frames;
}

Result<Message> fromWire(std::vector<std::string> frames, Channel channel, const Signer& signer) {
  std::size_t at = 0;
  while (at < frames.size() && frames[at] != kDelimiter) ++at;
  if (frames.size() - at < 6) return fail(Code::InvalidInput, "a message of {} frames lacks some behind its delimiter", frames.size());
  Message message{channel, std::move(frames[at + 2]), std::move(frames[at + 3]), std::move(frames[at + 4]), std::move(frames[at + 5]), {}};
  for (auto i = at + 6; i < frames.size(); ++i) message.buffers.push_back(std::move(frames[i]));
  if (!signer.verify(message, frames[at + 1])) return fail(Code::Denied, "a message's signature is wrong");
  return message;
}

std::string ConnectionFile::json() const {
  const json::object file{{"transport", "ipc"}, {"ip", fmt::format("{}/kernel-{}", directory, id)}, {"shell_port", 1}, {"iopub_port", 2},
      {"stdin_port", 3}, {"control_port", 4}, {"hb_port", 5}, {"key", key}, {"signature_scheme", "hmac-sha256"},
      {"kernel_name", kernelName}};
  return json::serialize(file);
}

std::string ConnectionFile::socketOf(Channel channel) const {
  const int port = channel == Channel::Shell ? 1 : channel == Channel::Iopub ? 2 : channel == Channel::Stdin ? 3 : 4;
  return fmt::format("{}/kernel-{}-{}", directory, id, port);
}

std::vector<std::string> ConnectionFile::sockets() const {
  std::vector<std::string> all;
  for (int port = 1; port <= 5; ++port) all.push_back(fmt::format("{}/kernel-{}-{}", directory, id, port));
  return all;
}

}  // namespace allmende::jupyter
