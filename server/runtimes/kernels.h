#pragma once
// The kernels and terminals of each account, through its runtime's agent. Part of the door server/runtimes/runtimes.h.
//
// What is remembered here answers /api/status and says which kernels are somebody's; what a kernel does is asked of the agent.

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "server/runtimes/kernelspecs.h"
#include "server/runtimes/lifecycle.h"

namespace allmende::runtimes {

struct KernelWish {
  std::string name;                 // a kernelspec's
  std::optional<std::string> path;  // of the notebook: its folder is where the kernel starts, if the runtime has it
  std::optional<std::string> id;    // a UUID that the client chose
  std::string runtime;              // the name of the one it runs in; empty: the one without a name
};

struct KernelStatus {
  std::size_t kernels = 0;
  std::size_t connections = 0;
  Instant lastActivity;
};

class Kernels {
 public:
  Kernels(Runtimes& runtimes, const Clock& clock) : runtimes_(runtimes), clock_(clock) {}

  // From memory.
  KernelStatus status(const AccountId& of) const;
  KernelStatus statusOfAll() const;
  std::size_t countIn(const AccountId& of, const RuntimeId& runtime) const;
  bool has(const AccountId& of, const std::string& id) const;
  // Whether those are remembered that lived on while the server was restarted.
  bool areKnown() const { return runtimes_.knows(); }

  // All of these speak of the account's own kernels; another's is NotFound. The sentence of a NotFound says why, when the runtime ended.
  Task<Result<std::vector<KernelModel>>> list(AccountId of);
  Task<Result<KernelModel>> get(AccountId of, std::string id);
  // Starts the runtime when it does not run.
  Task<Result<KernelModel>> start(AccountId of, KernelWish wish);
  Task<Result<>> stop(AccountId of, std::string id);
  Task<Result<>> interrupt(AccountId of, std::string id);
  Task<Result<KernelModel>> restart(AccountId of, std::string id);

  // The agent's end of a client's socket to a kernel, speaking v1. A client that comes back as the same `session` goes on where it stopped;
  // `after`, the id of the last message it took in, has it told again what was lost on its way; kFromTheBeginning when it took in none.
  static constexpr std::string_view kFromTheBeginning = "*";
  Task<Result<std::shared_ptr<net::WebSocket>>> open(AccountId of, std::string id, std::string session, std::string after);
  // Counts a client's socket; the count ends with the object.
  class Connection {
   public:
    Connection(Kernels& kernels, AccountId of, std::string id);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection();

   private:
    Kernels& kernels_;
    AccountId of_;
    std::string id_;
  };
  // Called with code that a client has a kernel run past the documents.
  using HearCode = std::function<void(const AccountId&, std::string_view code)>;
  void onCode(HearCode code) { code_ = std::move(code); }
  void tellCode(const AccountId& of, std::string_view code) const {
    if (code_) code_(of, code);
  }
  // Somebody used the kernel just now.
  void touch(const AccountId& of, const std::string& id);

  // What Runtimes tells: a runtime has come, or ended.
  Task<> found(std::shared_ptr<Agent> agent, AccountId of);
  void ended(const Runtime& runtime);

  // "Kernel does not exist: ID", with the reason of the runtime's end when that took it.
  Error notFound(const AccountId& of, const std::string& id) const;

 private:
  struct Known {
    KernelModel model;
    RuntimeId runtime;
    std::size_t connections = 0;
    std::optional<Instant> usedAt;
  };
  struct Ours {
    std::map<std::string, Known> kernels;
    std::deque<std::pair<std::string, std::string>> lost;  // that ended with their runtime, and the sentence of its end; the last ones
    std::optional<Instant> lastActivity;
  };

  Task<Result<std::shared_ptr<Agent>>> agentOf(AccountId of, std::string id);
  Task<Result<json::value>> ask(AccountId of, std::string id, net::Method method, std::string action, Duration patience);
  Result<KernelModel> keep(const AccountId& of, const RuntimeId& in, const json::value& said);
  // The same of a kernel that is known.
  Result<KernelModel> keepOf(const AccountId& of, const std::string& id, const json::value& said);
  KernelModel shown(const Known& known) const;
  void refresh(const AccountId& of, const RuntimeId& in, const json::value& said);

  Runtimes& runtimes_;
  const Clock& clock_;
  std::map<AccountId, Ours> ours_;
  HearCode code_;
};

}  // namespace allmende::runtimes
