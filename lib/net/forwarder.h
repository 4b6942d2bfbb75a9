#pragma once
// Connections that are passed on whole to another server, whatever is spoken on them. Part of the door lib/net/net.h; include that.

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "lib/base/result.h"
#include "lib/base/task.h"

namespace allmende::net {

// A server that takes what is forwarded to it: where it listens (HttpServer::listenForwarded) and the secret that lets one in.
struct ForwardTarget {
  TcpEndpoint where;
  std::string secret;  // 1 to 256 bytes
};

// Listens in the place of another server. Each connection begins over there with who is really asking, in the PROXY protocol of HAProxy,
// version 2, with the secret as its field of type 0xE0.
class Forwarder {
 public:
  // `target` is asked for each connection; nullopt = nobody serves at the moment, which is waited for. Connections to a target that was
  // replaced by another are cut: a server that hangs would hold them.
  Forwarder(Executor executor, std::function<std::optional<ForwardTarget>()> target);
  ~Forwarder();
  // The failures of HttpServer::listen(). Returns where it listens.
  Result<Endpoint> listen(TcpEndpoint endpoint);
  // Accepts no more and gives away what it listened on, still open: what comes meanwhile waits there for whoever listens on it next.
  // Connections that are there live on.
  InheritedEndpoint release();
  // Cuts what is left.
  Task<> stop();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace allmende::net
