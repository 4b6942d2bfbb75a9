#pragma once
// Terminals: shells on ptys, spoken with over WebSockets as terminado does. A terminal lives on without a client, and shows its last
// output to who comes later; several clients share one. What was started in it ends with it.

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/processes/processes.h"
#include "lib/base/clock.h"
#include "lib/base/result.h"
#include "lib/base/task.h"
#include "lib/net/net.h"

namespace allmende::terminals {

struct TerminalsSettings {
  std::filesystem::path python;   // an environment: its bin stands first in PATH
  std::filesystem::path content;  // where shells begin
  std::string shell;              // empty = SHELL of the environment, or bash, or sh
  std::size_t most = 32;          // terminals at once
};

struct TerminalDemand {
  std::string name;    // 1 to 64 letters, digits, '_' and '-'; empty = the next free number
  std::string folder;  // absolute or below `content`; the nearest folder that exists is taken
};

// As the API shows it.
struct TerminalModel {
  std::string name;
  Instant lastActivity;
  bool busy = false;  // something other than the shell has the terminal: a job runs
};

inline constexpr std::size_t kLargestTerminalMessage = 1U << 20U;  // bytes a client may send at once

class Terminals {
 public:
  Terminals(Executor executor, processes::Processes& processes, const Clock& clock, TerminalsSettings settings);
  ~Terminals();
  // Ends all terminals.
  Task<> stop();

  std::vector<TerminalModel> list() const;
  std::optional<TerminalModel> find(std::string_view name) const;

  // One that has the name already is as good. InvalidInput: no name, or the shell cannot stand in that folder. OverLimit: too many.
  Result<TerminalModel> start(TerminalDemand demand);
  // Returns when nothing of it is left. NotFound when there is no such terminal.
  Task<Result<>> remove(std::string name);
  // Speaks with a client until either is done.
  Task<> serve(std::string name, std::shared_ptr<net::WebSocket> socket);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace allmende::terminals
