#pragma once
// Behind the door: the four connections to one process of a kernel, and the signing and checking of what goes over them.

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "agent/kernels/peer.h"
#include "lib/jupyter/jupyter.h"

namespace allmende::kernels {

class Wires {
 public:
  struct Heard {
    jupyter::Message message;
    jupyter::Header header;
    jupyter::Header parent;
  };
  using OnMessage = std::function<void(Heard)>;

  // One DEALER for each of shell, control and stdin, all with the same identity, so that input is asked of who executes; who of the
  // clients that is, the kernel's requests tell.
  Wires(Executor executor, const jupyter::ConnectionFile& file, OnMessage onMessage);

  // Returns when the kernel has answered kernel_info_request and its output is heard, so that nothing of it can be missed.
  Task<Result<>> open(Duration patience);
  Task<Result<>> send(jupyter::Message message);
  // A request of our own, whose answer nobody hears; returns its id.
  Result<std::string> ask(jupyter::Channel channel, std::string type, std::string content);
  // Returns when all that was sent before is answered, and the answers are heard.
  Task<> settled(Duration patience);
  // Returns when a connection is gone that was open, with the reason: "it spoke nonsense on …".
  Task<Error> broken();
  // Until the process has closed its side of the output.
  Task<> drained(Duration patience) { return of(jupyter::Channel::Iopub).drained(patience); }
  Task<> close();

 private:
  Peer& of(jupyter::Channel channel) { return *peers_.at(static_cast<std::size_t>(channel)); }
  void take(jupyter::Channel channel, std::vector<std::string> frames);
  bool isOurs(const Heard& heard);
  void noteOwn(const Heard& heard);

  jupyter::Signer signer_;
  OnMessage onMessage_;
  std::string session_;  // of our own requests
  bool answered_ = false;
  bool outputHeard_ = false;
  std::string last_;  // id of the request that settled() made, and what was heard of it
  bool lastAnswered_ = false;
  bool lastRested_ = false;
  std::uint64_t forged_ = 0;
  Notifier changed_;
  std::array<std::unique_ptr<Peer>, 4> peers_;
};

}  // namespace allmende::kernels
