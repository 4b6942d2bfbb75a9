#pragma once
// Answers runtimes' questions for names at the gateway with what the machine's own servers say, so that they work wherever those are: on
// the machine itself or in a private network that no runtime reaches. Whoever may reach only what is named is told of nothing else.

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <functional>
#include <unordered_map>

#include "lib/base/task.h"
#include "lib/net/net.h"
#include "node/network/gateway.h"

namespace allmende::network {

class NameRelay {
 public:
  // `gateway` must outlive it. `resolvConf` is read anew for each question.
  NameRelay(Executor executor, Clock& clock, Gateway& gateway, std::string resolvConf = "/etc/resolv.conf");
  // Is told of every name that is asked for, with who asks. Before begin().
  void onQuestion(std::function<void(Address guest, const std::string& name)> tell) { onQuestion_ = std::move(tell); }
  // Takes the gateway's doors and answers until close().
  void begin();
  Task<> close();

 private:
  using Udp = asio::ip::udp;
  using Tcp = asio::ip::tcp;

  Task<> hearDatagrams();
  Task<> hearStreams();
  Task<> answerDatagram(std::string message, Udp::endpoint from);
  Task<> answerStream(std::shared_ptr<Tcp::socket> from, Address guest);
  // nullopt when it is best not answered at all.
  Task<std::optional<std::string>> answerTo(std::string message, Address guest, bool stream);
  Task<std::optional<std::string>> askServers(std::string message, bool stream);
  bool takeTurn(Address guest);
  void endTurn(Address guest);

  Executor executor_;
  Clock& clock_;
  Gateway& gateway_;
  std::string resolvConf_;
  Udp::socket datagrams_;
  Tcp::acceptor streams_;
  std::unordered_map<Address, int> asking_;  // questions of each that are not answered yet
  int askingInAll_ = 0;
  std::function<void(Address, const std::string&)> onQuestion_ = [](Address, const std::string&) {};
  net::Pool work_;
  TaskScope scope_;
};

}  // namespace allmende::network
