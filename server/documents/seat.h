#pragma once
// One connection in a document's room: what waits to be sent to it, and what it brought. Behind the door of server/documents.

#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "lib/base/json.h"
#include "lib/net/net.h"
#include "lib/ydoc/ydoc.h"
#include "server/documents/document.h"

namespace allmende::documents {

class Seat {
 public:
  // Bytes that may wait for one who reads slowly; beyond them the connection is cut, and asks anew for what it has not seen.
  static constexpr std::size_t kMostWaiting = 64U << 20U;

  Seat(Executor executor, Visitor visitor, std::shared_ptr<net::WebSocket> socket)
      : visitor_(std::move(visitor)), socket_(std::move(socket)), news_(std::move(executor)) {}

  const Visitor& visitor() const { return visitor_; }
  bool mayEdit() const { return visitor_.role >= Role::Editor; }
  // Who is there is for those alone who can be seen themselves.
  bool seesPeople() const { return visitor_.account.has_value(); }
  // Whether that is another one.
  bool setRole(Role role) { return std::exchange(visitor_.role, role) != role; }
  net::WebSocket& socket() { return *socket_; }

  void send(std::shared_ptr<const std::string> message);
  void send(const ydoc::RoomMessage& message) { send(std::make_shared<const std::string>(ydoc::encode(message))); }
  void notify(const json::object& notice);
  // To one who knows more than stock clients do. Who has no account is not told who the others are.
  void notifyOurs(const json::object& notice);

  // Closes the connection once all that waits is sent.
  void end(std::uint16_t code, std::string reason);

  // Sends what waits until the connection ends.
  static Task<> sendAll(std::shared_ptr<Seat> seat);

  // It brought a change, which is in the log under this number, ...
  void brought(std::int64_t number) { unstored_.push_back(number); }
  // ... through which all is durable: tells how many of its messages are.
  void stored(std::int64_t through);

  // Clients whose presence is told over this connection.
  std::set<std::uint64_t>& clients() { return clients_; }

 private:
  Visitor visitor_;
  std::shared_ptr<net::WebSocket> socket_;
  std::deque<std::shared_ptr<const std::string>> waiting_;
  std::size_t bytes_ = 0;
  bool ended_ = false;  // takes no more
  std::optional<std::pair<std::uint16_t, std::string>> farewell_;
  std::deque<std::int64_t> unstored_;
  std::uint64_t storedMessages_ = 0;
  std::set<std::uint64_t> clients_;
  Notifier news_;
};

}  // namespace allmende::documents
