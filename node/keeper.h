#pragma once
// Keeps the runtimes of this machine: starts and removes their sandboxes, watches them, and tells how each ended.
//
// What it is asked comes from the server and is checked here and in the sandbox. All of it runs on one loop; what blocks runs on pools.

#include <functional>
#include <list>
#include <memory>
#include <set>
#include <unordered_map>

#include "lib/base/clock.h"
#include "lib/base/turn.h"
#include "lib/link/link.h"
#include "lib/net/net.h"
#include "node/devices/devices.h"
#include "node/first_words.h"
#include "node/machine/machine.h"
#include "node/network/network.h"
#include "node/sandbox/sandbox.h"

namespace allmende::node {

struct Kept;  // a runtime, from its claim to its end

class Keeper {
 public:
  using Tell = std::function<void(link::Event)>;

  // `tell` hears of every end exactly once, and of memory that ran out.
  Keeper(Executor executor, sandbox::Site& site, Clock& clock, Tell tell);
  ~Keeper();
  void begin();

  // The answer that lib/link promises for that ask.
  Task<Result<json::value>> answer(link::AskBody ask);

  // Ends every runtime, those too that are still starting, and refuses others from then on. Returns when nothing is left.
  Task<> stop();
  // Leaves every runtime to the next node, and refuses others from then on.
  Task<> letGo();

 private:
  Task<Result<link::Runtime>> start(link::StartRuntime ask);
  Task<Result<link::RuntimeEnded>> end(link::StopRuntime ask);
  link::Runtimes list() const;
  Task<Result<link::Usage>> usage(link::ReadUsage ask);
  Task<Result<link::Done>> restrain(link::Restrain ask);
  Result<link::Done> setWhatToObserve(link::Observe what);
  Task<std::vector<devices::Device>> findDevices();
  Task<Result<devices::Edits>> handOut(Kept& kept, std::vector<std::string>& demanded);
  Task<std::shared_ptr<network::Gateway>> wayOut(link::Network demanded);

  Result<std::shared_ptr<Kept>> claim(const link::StartRuntime& ask);
  void forget(const std::shared_ptr<Kept>& kept);
  void adopt(sandbox::Adopted adopted);
  // A sandbox of that shape, which waits.
  struct Ready {
    std::unique_ptr<sandbox::Sandbox> sandbox;
    link::StartRuntime shape;
  };
  Task<Result<std::unique_ptr<sandbox::Sandbox>>> takeReady(link::StartRuntime ask);
  void keepReady(const link::StartRuntime& ask);
  Task<> refill();
  Task<> dropReady(std::list<Ready>::iterator which);
  Task<> dropAllReady();

  void takeUp(Kept& kept, std::unique_ptr<sandbox::Sandbox> sandbox, Duration startedAt);
  Task<> plugAgain(std::shared_ptr<Kept> kept);

  Task<> live(std::shared_ptr<Kept> kept);
  Task<> askToEnd(std::shared_ptr<Kept> kept);
  Task<link::RuntimeEnded> remove(std::shared_ptr<Kept> kept);
  Task<> watchAgent(std::shared_ptr<Kept> kept);
  Task<> watchMemory(std::shared_ptr<Kept> kept);
  Task<> hear(std::shared_ptr<Kept> kept);
  Task<> noteMemoryKills(std::shared_ptr<Kept> kept);
  Task<> watchLifetimes();
  Task<> observeAll();
  Task<> watchDrive(std::shared_ptr<Kept> kept);
  Task<> openOrCloseDrive(std::shared_ptr<Kept> kept);

  Executor executor_;
  sandbox::Site& site_;
  Clock& clock_;
  Tell tell_;
  bool stopping_ = false;
  std::unordered_map<link::RuntimeId, std::shared_ptr<Kept>> kept_;  // at most kMostRuntimes
  std::list<Ready> ready_;                                           // at most kMostReady
  Ready wanted_;                                                     // the shape that was asked for last
  bool refilling_ = false;
  std::set<std::string> toldFaults_;           // of what describes devices
  link::Observe observed_;                     // what is looked for
  Notifier changed_;                           // kept_ became smaller
  net::Pool work_;                             // starts and removes
  net::Pool looks_;                            // reads usage
  net::Pool drives_;                           // measures
  net::Pool accelerators_;                     // asks drivers, which may hang
  std::shared_ptr<network::Gateway> gateway_;  // opened when the first runtime may go out
  std::unique_ptr<network::NameRelay> names_;
  std::shared_ptr<FirstWords> firstWords_;  // of the gateway's runtimes
  Turn opening_;
  TaskScope scope_;
};

}  // namespace allmende::node
