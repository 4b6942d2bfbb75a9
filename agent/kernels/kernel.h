#pragma once
// Behind the door: one kernel, through all the processes it has in its life.

#include <deque>
#include <list>
#include <set>
#include <unordered_map>

#include "agent/kernels/journal.h"
#include "agent/kernels/kernels.h"
#include "agent/kernels/restart_budget.h"
#include "agent/kernels/wires.h"

namespace allmende::kernels {

// Which session asked what, so that answers find their way. Bounded: beyond, the oldest question is forgotten.
class Questions {
 public:
  void put(std::string messageId, std::string session);
  // Empty when nobody known asked.
  std::string_view whoAsked(const std::string& messageId) const;
  void answered(const std::string& messageId) { sessions_.erase(messageId); }
  void clear();

 private:
  std::unordered_map<std::string, std::string> sessions_;
  std::deque<std::string> order_;  // may name some that are answered
};

class Kernel {
 public:
  // What all kernels share.
  struct House {
    Executor executor;
    processes::Processes& processes;
    const Clock& clock;
    KernelsSettings settings;
  };

  Kernel(House& house, jupyter::Kernelspec spec, KernelDemand demand);

  // Starts the first process. Fails as Kernels::start does.
  Result<> begin();
  // Whether a kernel that nobody has used yet is what a demand would have started.
  bool suits(const KernelDemand& demand) const;
  // Makes it that kernel.
  void give(KernelDemand demand);
  // Ends the process, closes every socket; nothing of the kernel runs afterwards.
  Task<> stop();
  Result<> interrupt();
  Task<Result<>> restart();
  Task<> serve(std::shared_ptr<net::WebSocket> socket, Client client, Dialect dialect);
  KernelModel model() const;

 private:
  enum class State { Starting, Idle, Busy, Restarting, Dead };
  enum class Wish { None, Restart, Stop };
  class Connected;

  // Where it writes which variables are big.
  std::string memoryFile() const;
  Result<> launch();
  void removeSockets();
  Task<> live();
  Task<> rise();
  Task<> becomeReady();
  Task<> watch();
  Task<> listen(int output);
  Task<std::string> bury();
  Task<> askToEnd(bool restart);
  Task<> settle();
  void tell(State state);
  void hear(Wires::Heard heard);
  void noteActivity(const Wires::Heard& heard);
  void noteRequest(const jupyter::Header& header, std::string session);

  Task<> read(std::shared_ptr<net::WebSocket> socket, std::string session, Dialect dialect);
  Task<> write(std::shared_ptr<net::WebSocket> socket, std::shared_ptr<Journal::Cursor> cursor, Dialect dialect,
      std::shared_ptr<Connected> connected);
  Task<> accept(std::string session, jupyter::Message message);
  void noteDropped(std::string_view why);
  void clearOutbox();
  Task<> deliver();
  Task<> closeSockets();

  House& house_;
  const jupyter::Kernelspec spec_;
  KernelDemand demand_;
  jupyter::ConnectionFile connection_;
  const std::string session_;  // of messages that we say ourselves
  std::string mark_;           // of the process that runs

  State state_ = State::Starting;
  Wish wish_ = Wish::None;
  bool alive_ = false;  // live() runs
  bool ready_ = false;  // the process answers
  std::uint64_t timesReady_ = 0;
  std::optional<std::string> reason_;
  std::string lastWords_;
  std::string fault_;  // why we ended the process ourselves
  std::optional<std::int64_t> oomKills_;
  Duration startedAt_{0};
  Instant lastActivity_;
  RestartBudget budget_;

  std::unique_ptr<processes::Process> process_;
  std::shared_ptr<Wires> wires_;  // who sends keeps them until it has
  std::unique_ptr<TaskScope> ofProcess_;
  Questions questions_;
  std::set<std::string> busyWith_;       // requests between their "busy" and their "idle"
  std::deque<jupyter::Message> outbox_;  // for the kernel, in order; readers of sockets wait beyond kMostOutbox bytes
  std::size_t outboxBytes_ = 0;
  bool delivering_ = false;  // one that was taken from there is on its way
  std::uint64_t droppedMessages_ = 0;

  struct Socket {
    std::string session;
    std::shared_ptr<net::WebSocket> socket;
  };
  std::list<Socket> sockets_;
  std::size_t users_ = 0;  // coroutines that use the journal
  Journal journal_;
  Notifier changed_;
  TaskScope scope_;
};

}  // namespace allmende::kernels
