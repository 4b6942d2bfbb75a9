#pragma once
// A message as ZeroMQ frames, signed. Part of the door lib/jupyter/jupyter.h.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/sha256.h"
#include "lib/jupyter/message.h"

namespace allmende::jupyter {

// Signs and verifies with HMAC-SHA256 under one key. An empty key signs nothing and accepts everything, as the protocol says.
class Signer {
 public:
  explicit Signer(std::string_view key);

  // The lower-case hex signature over header, parent header, metadata and content.
  std::string sign(const Message& message) const;
  // In constant time.
  bool verify(const Message& message, std::string_view signature) const;

 private:
  std::optional<HmacSha256> mac_;
};

// identities…, <IDS|MSG>, signature, header, parent header, metadata, content, buffers…; we send no identities.
std::vector<std::string> toWire(Message message, const Signer& signer);

// Fails with InvalidInput when frames are missing, Denied when the signature is wrong.
Result<Message> fromWire(std::vector<std::string> frames, Channel channel, const Signer& signer);

// What a kernel is told at its start: its key and where it binds.
struct ConnectionFile {
  std::string directory;  // for ipc://; sockets are kernel-ID-1 … kernel-ID-5 in it
  std::string id;
  std::string key;
  std::string kernelName;
  std::string json() const;
  // The Unix socket behind a channel.
  std::string socketOf(Channel channel) const;
  // All five; nobody needs the heartbeat's, the process is watched instead.
  std::vector<std::string> sockets() const;
};

}  // namespace allmende::jupyter
