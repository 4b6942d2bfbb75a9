#pragma once
// Programs of the person: started as an unprivileged user, noticed when they end, and ended with all they left behind.

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/result.h"
#include "lib/base/task.h"
#include "lib/net/net.h"

namespace allmende::processes {

// Whom kernels and shells run as. An agent that is root becomes that user for them; another agent has no choice and stays what it is.
struct User {
  uid_t uid = 0;
  gid_t gid = 0;
  bool switches = false;  // whether the agent must change to become that user
};
User userOf(std::int64_t uid, std::int64_t gid);

// The calling thread's rights to files are the user's until this goes: no capability, no root. Never across an await.
class ActingAs {
 public:
  explicit ActingAs(const User& user);
  ~ActingAs();
  ActingAs(const ActingAs&) = delete;
  ActingAs& operator=(const ActingAs&) = delete;

 private:
  bool switched_ = false;
};

// How a process ended.
struct Ended {
  int exitStatus = 0;
  int signal = 0;  // 0 unless one killed it
  // "exited with status 3", "was killed by signal 9 (SIGKILL)"
  std::string describe() const;
  bool operator==(const Ended&) const = default;
};

struct Program {
  std::vector<std::string> argv;  // argv[0] with a slash, or found in the PATH of `environment`
  std::map<std::string, std::string> environment;
  std::string directory = "/";
  int output = -1;    // a descriptor for standard output and error; -1 = /dev/null
  int terminal = -1;  // the slave of a pty: it becomes the controlling terminal, and all three standard streams
};

// A running program, leader of a session and a process group of its own. Destroying it kills the group.
class Process {
 public:
  struct State;
  explicit Process(std::shared_ptr<State> state) : state_(std::move(state)) {}
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process();

  pid_t pid() const;
  const std::optional<Ended>& ended() const;
  Task<Ended> wait();
  // Whether it has ended, after `patience` at most.
  Task<bool> endsWithin(Duration patience);
  void signal(int number) const;       // the leader alone
  void signalGroup(int number) const;  // everybody in its group

 private:
  std::shared_ptr<State> state_;
};

// Starts programs and reaps: its own children, and, as PID 1, every orphan.
class Processes {
 public:
  Processes(Executor executor, net::Pool& pool, User user);
  ~Processes();
  void begin();
  Task<> stop();
  const User& user() const;

  // Fails with NotFound when there is no such program, InvalidInput when it cannot be started in that directory.
  Result<std::unique_ptr<Process>> start(Program program);

  // Kills every process that has `mark` ("NAME=value") in its environment, or is of the session of `leader`; returns when none is left.
  // What a kernel started and forgot ends with it, even behind a double fork.
  Task<> killAll(std::string mark, pid_t leader);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// This process's own environment.
std::map<std::string, std::string> environment();

// The same as programs of the person begin with: without what concerns only us, and with the programs of `python`, an environment's
// folder or empty, first in PATH.
std::map<std::string, std::string> personsEnvironment(const std::filesystem::path& python);

// The folder a program stands in for a notebook's or folder's path: the nearest that exists, never above `content`.
std::filesystem::path nearestFolder(const std::filesystem::path& content, std::string_view path);

}  // namespace allmende::processes
