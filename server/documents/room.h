#pragma once
// A document that somebody has open: who is there, and what they say to each other. Behind the door of server/documents.
//
// Spoken is y-protocols' sync and awareness, as jupyter-collaboration has them (its rooms; close codes 1003, 4400, 4404, 4500).

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lib/base/turn.h"
#include "lib/ydoc/ydoc.h"
#include "server/documents/large_outputs.h"
#include "server/documents/log.h"
#include "server/documents/seat.h"

namespace allmende::documents {

class Room : public std::enable_shared_from_this<Room> {
 public:
  static constexpr std::size_t kMostSeats = 1'000;  // connections at once

  // `last` is the number of the log's last update, all of which `document` holds.
  Room(Executor executor, Record record, ydoc::Document document, std::int64_t last, UpdateLog& log);

  const Record& record() const { return record_; }

  // One connection from its greeting to its end. `save` answers who asks for the file to be written; `notices` are told in the greeting.
  using Save = std::function<Task<Result<>>()>;
  Task<> serve(Visitor visitor, std::shared_ptr<net::WebSocket> socket, Save save, std::vector<json::object> notices = {});

  // The document, for whoever holds the turn.
  Task<Turn::Held> turn() { return turn_.take(); }
  ydoc::Document& document() { return document_; }
  // The document as one update, for the first who asks for all of it: to encode it anew takes longer than all else.
  void knowWhole(std::string update) { whole_ = std::move(update); }
  // What has just been changed in the document goes to the log and to everybody but `by`. Call it before the next co_await.
  void add(std::string update, Seat* by = nullptr);
  // The same for what a kernel's message changed, which nobody hears of before it is stored: the message comes again after a crash, and a
  // page that had seen the change would bring it back beside the second one.
  void addDone(std::string update, Progress progress);
  // Waits until no more than that many bytes of what addDone() was given are still to be stored.
  Task<> storedTo(std::size_t bytes);
  // The number of the last update in the log.
  std::int64_t last() const { return last_; }
  // All that add() has put into the log.
  std::size_t bytesAdded() const { return bytesAdded_; }
  // Names of those who changed something since this was last asked.
  std::set<std::string> takeAuthors() { return std::exchange(authors_, {}); }
  void addAuthor(std::string name) { authors_.insert(std::move(name)); }
  // Notifies at each update, and when somebody comes or leaves.
  Notifier& news() { return news_; }

  void moved(std::string path);
  // It is on another account's drive now.
  void given(AccountId account, std::string path);
  // What those who are there may do has changed; none = they have to leave.
  void reconsider(const std::function<std::optional<Role>(const Visitor&)>& roleOf);
  // To all of our pages, the same or what each may know.
  void tell(const json::object& notice);
  void tellEach(const std::function<json::object(const Visitor&)>& notice);
  // To the owner's pages.
  void tellOwner(const json::object& notice);
  // To all of ours once all is stored, and told, that was added before.
  void tellInTurn(json::object notice);
  // What else one is told who comes in.
  void greetWith(std::function<std::vector<json::object>()> notices) { greeting_ = std::move(notices); }
  // The same for the connections of one account alone.
  void endFor(const AccountId& account, std::uint16_t code, const std::string& reason);
  // Closes every connection, once all that waits for it is sent, and those who come later.
  void end(std::uint16_t code, const std::string& reason);
  bool isEmpty() const { return seats_.empty(); }

 private:
  struct Fault {
    std::uint16_t code = 1003;
    std::string reason;
  };
  struct Presence;
  Task<> greet(std::shared_ptr<Seat> seat, const std::vector<json::object>& notices);
  void leave(const std::shared_ptr<Seat>& seat);
  Task<std::optional<Fault>> take(std::shared_ptr<Seat> seat, std::string bytes, const Save& save);
  std::optional<Fault> takeUpdate(Seat& seat, const std::string& update);
  std::optional<Fault> takeAwareness(Seat& seat, const std::string& update);
  Task<> answerSave(std::shared_ptr<Seat> seat, std::uint64_t request, const Save& save);
  void keep(std::string update, std::optional<Progress> progress, std::function<void(Room&)> then);
  void stored(std::int64_t number);
  void broadcast(const ydoc::RoomMessage& message, const Seat* but);
  void broadcastPeople(const ydoc::AwarenessUpdate& update, const Seat* but);

  Executor executor_;
  Record record_;
  ydoc::Document document_;
  ydoc::Awareness awareness_;
  std::vector<std::shared_ptr<Seat>> seats_;
  std::int64_t last_;
  std::int64_t durable_;
  std::size_t bytesAdded_ = 0;
  std::string whole_;  // empty when it is not known
  std::set<std::string> authors_;
  UpdateLog& log_;
  std::function<std::vector<json::object>()> greeting_ = [] { return std::vector<json::object>(); };
  std::optional<Fault> ended_;
  std::size_t unstored_ = 0;  // bytes of what kernels' messages changed, and of the messages themselves by guess
  Turn turn_;
  Notifier news_;
  Notifier stored_;
};

// The notebook of a room with all that its outputs refer to. Under the room's turn, on a pool.
inline Result<json::object> readWhole(Room& room, const LargeOutputs& outputs) {
  TRY(auto notebook, room.document().readNotebook());
  outputs.putBackAll(room.record().id, notebook);
  return notebook;
}

}  // namespace allmende::documents
