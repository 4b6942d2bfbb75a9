#pragma once
// Behind the door: one terminal.

#include <boost/asio/posix/stream_descriptor.hpp>
#include <list>
#include <optional>

#include "agent/terminals/messages.h"
#include "agent/terminals/scrollback.h"
#include "agent/terminals/terminals.h"

namespace allmende::terminals {

// Output is read as fast as the client takes it that is furthest, or at once when there is none; slower ones miss some and are told.
class Terminal : public std::enable_shared_from_this<Terminal> {
 public:
  // What all terminals share.
  struct House {
    Executor executor;
    processes::Processes& processes;
    const Clock& clock;
    TerminalsSettings settings;
  };

  Terminal(House& house, std::string name);

  // Starts the shell. Fails as Terminals::start does.
  Result<> begin(std::string_view folder);
  // Returns when the shell has ended, nothing it started is left, and no task of ours runs.
  Task<> live();
  // Asks the shell to end, and makes it; live() does the rest.
  Task<> hangUp();
  Task<> over();
  Task<> serve(std::shared_ptr<net::WebSocket> socket);
  TerminalModel model();

 private:
  struct Client {
    std::shared_ptr<net::WebSocket> socket;
    std::uint64_t at = 0;  // how much of the output it was sent
    std::optional<Size> size;
  };
  class Joined;

  Task<> hear();
  Task<> type();
  bool mayHear() const;
  void fit();
  Task<> listen(std::shared_ptr<Client> client);
  Task<> enter(std::string text);
  static Task<> show(std::shared_ptr<Terminal> terminal, std::shared_ptr<Client> client);

  House& house_;
  const std::string name_;
  const std::string id_;  // in the environment of all that runs here
  Instant lastActivity_;
  std::unique_ptr<processes::Process> process_;
  asio::posix::stream_descriptor pty_;
  Decoder decoder_;
  Scrollback scrollback_;
  std::string input_;  // for the shell; whoever types waits beyond kMostInput bytes
  std::list<std::shared_ptr<Client>> clients_;
  bool silent_ = false;  // the pty has said everything
  bool ended_ = false;   // the shell has
  bool over_ = false;
  Notifier changed_;
  TaskScope scope_;
};

}  // namespace allmende::terminals
