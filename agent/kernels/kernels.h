#pragma once
// Kernels: started from kernelspecs, watched, restarted, ended, and spoken with over WebSockets. Each has an output journal, so that no
// client can make it wait or lose what it said.

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/processes/processes.h"
#include "lib/base/clock.h"
#include "lib/base/result.h"
#include "lib/base/task.h"
#include "lib/jupyter/jupyter.h"
#include "lib/net/net.h"

namespace allmende::kernels {

struct KernelsSettings {
  std::filesystem::path python;              // an environment: its kernelspecs are offered, its bin stands first in PATH
  std::filesystem::path content;             // where paths of notebooks begin
  std::filesystem::path run;                 // for sockets and connection files; ours alone
  std::filesystem::path spool;               // a folder on a disk, for output that nobody has read yet
  std::size_t most = 64;                     // kernels at once
  std::function<void(pid_t)> answered = {};  // called when the process of a kernel has answered first
};

struct KernelDemand {
  std::string name;  // of a kernelspec; empty = the default one
  std::string path;  // of the notebook, or of a folder; decides where the kernel stands
  std::string id;    // empty = a fresh one
  std::map<std::string, std::string> environment;
};

// As the API shows it.
struct KernelModel {
  std::string id;
  std::string name;
  Instant lastActivity;
  std::string state;  // starting, idle, busy, restarting, dead
  std::size_t connections = 0;
  std::optional<std::string> reason;  // why it died the last time
};

// Which of the two WebSocket subprotocols a client speaks.
enum class Dialect { Legacy, V1 };

// Who comes to a kernel. Coming back under the same name, a client goes on where it stopped; with `after`, the id of the last message that
// it took in ("*" for none yet), it is told again what was lost on its way.
struct Client {
  std::string session;
  std::string after;
};

class Kernel;

class Kernels {
 public:
  Kernels(Executor executor, processes::Processes& processes, const Clock& clock, KernelsSettings settings);
  ~Kernels();
  // Makes the folder for sockets.
  Result<> begin();
  // Starts a kernel of that kernelspec for nobody yet: the first start() it suits is given it. A failure is logged.
  void makeReady(const std::string& name);
  // Ends all kernels, all at once and politely first.
  Task<> stop();

  std::map<std::string, jupyter::Kernelspec> specs() const;
  std::string defaultSpec() const;

  std::vector<KernelModel> list() const;
  std::optional<KernelModel> find(std::string_view id) const;

  // Returns at once: the kernel's process runs, but has yet to answer. NotFound: no such kernelspec. InvalidInput: it cannot be started.
  // Conflict: the id is taken. OverLimit: too many run.
  Result<KernelModel> start(KernelDemand demand);
  // The four below fail with NotFound when there is no such kernel.
  Task<Result<>> interrupt(std::string id);
  // Returns when the new process has answered. TimedOut after 60 s; Unavailable when it died instead.
  Task<Result<KernelModel>> restart(std::string id);
  // Ends it, and everything it started.
  Task<Result<>> remove(std::string id);
  // Speaks with a client until either is done.
  Task<> serve(std::string id, std::shared_ptr<net::WebSocket> socket, Client client, Dialect dialect);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace allmende::kernels
