#pragma once
// What runtimes say at the beginning of their connections, as node/network shows it and node/observe understands it.

#include <memory>
#include <mutex>
#include <set>

#include "lib/base/task.h"
#include "node/network/network.h"
#include "node/observe/observe.h"

namespace allmende::node {

// But for begin() and close() any thread may call any of it.
class FirstWords {
 public:
  FirstWords(Executor executor, std::shared_ptr<network::Gateway> gateway, Clock& clock)
      : gateway_(std::move(gateway)), clock_(clock), scope_(executor) {}
  // Listens from then on to what `packets` shows until close(). Where the kernel cannot show any, names that are asked for are all that is
  // known.
  void begin(std::unique_ptr<network::FirstPackets> packets);
  Task<> close();

  void lookFor(std::vector<std::string> names);
  void asked(network::Address guest, const std::string& name);
  // Blocks for as long as the kernel's table takes to read, if what is open matters.
  void lookAtOpen();
  observe::Spoken of(network::Address guest);
  // All others are gone.
  void keepOnly(const std::set<network::Address>& guests);

 private:
  Task<> hear();

  std::shared_ptr<network::Gateway> gateway_;
  Clock& clock_;
  std::unique_ptr<network::FirstPackets> packets_;
  bool closing_ = false;
  std::mutex mutex_;
  observe::Conversations conversations_;
  TaskScope scope_;
};

}  // namespace allmende::node
