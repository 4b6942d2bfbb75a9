#pragma once
// Network namespaces without names: one lives as long as a descriptor or a process holds it, so nothing is left when a program is killed.

#include "node/machine/fd.h"

namespace allmende::machine {

// A new one, of the same user namespace as this process.
Result<Fd> makeNetworkNamespace();

// A new one that belongs to the user namespace `space`: who is root there sees it as its own, whoever holds it from outside rules it.
Result<Fd> makeNetworkNamespaceIn(const Fd& space);

// Where programs that are started here can open it.
std::string pathOf(const Fd& held);

// The calling thread is in the network namespace `space` for as long as this lives, and so are the programs it starts. The thread may do
// nothing else meanwhile, above all no coroutine may be left and taken up again.
class NetworkVisit {
 public:
  static Result<NetworkVisit> enter(const Fd& space);
  NetworkVisit(NetworkVisit&&) = default;
  NetworkVisit& operator=(NetworkVisit&&) = delete;
  // Ends the process when the thread cannot return: it would do the machine's work in the wrong place.
  ~NetworkVisit();

 private:
  explicit NetworkVisit(Fd home) : home_(std::move(home)) {}
  Fd home_;
};

}  // namespace allmende::machine
