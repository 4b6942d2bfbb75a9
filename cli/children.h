#pragma once
// Child processes of the launcher: started with a death signal, so that none outlives it; stopped politely, then surely.

#include <signal.h>
#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/json.h"
#include "lib/base/result.h"

namespace allmende::cli {

struct ChildDemand {
  std::filesystem::path program;
  std::vector<std::string> arguments;
  std::string user;         // run as this system user; empty = as we are
  bool readOutput = false;  // keep its standard output for readLine()
  bool quiet = false;       // its log goes nowhere
};

class Child {
 public:
  // Fails with NotFound when the program does not exist, Unavailable when it cannot be started.
  static Result<Child> start(const ChildDemand& demand);
  Child(Child&& other) noexcept;
  Child& operator=(Child&& other) noexcept;
  ~Child();  // kills what still runs

  // What is attended to while somebody waits, some times in a second; an error ends the wait.
  using Meanwhile = std::function<Result<>()>;

  // The next line of its standard output, without newline. Fails with Unavailable when it ended first, TimedOut after `patience`.
  Result<std::string> readLine(Duration patience, const Meanwhile& meanwhile = {});

  // The same, as the line in which our programs say that they are ready. Fails in the program's own words when it says why it is not.
  Result<json::object> readReady(Duration patience, const Meanwhile& meanwhile = {});

  // `asking`, then SIGKILL after `patience`; returns when it is gone.
  void stop(Duration patience, int asking = SIGTERM);

  // Its wait status when it has ended.
  std::optional<int> ended();

  pid_t pid() const { return pid_; }

 private:
  Child(std::string name, pid_t pid, int output) : name_(std::move(name)), pid_(pid), output_(output) {}
  std::string name_;  // the program's
  pid_t pid_ = -1;
  int output_ = -1;
  std::string unread_;
  std::optional<int> status_;
};

// "exit status 3" or "signal 9 (Killed)".
std::string describe(int waitStatus);

// The system user that the server runs as when we are root; empty otherwise.
std::string serverUser();

}  // namespace allmende::cli
