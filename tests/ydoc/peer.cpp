// The server's documents at the other end of a pipe, for tests that bring Yjs' own: one request a line, one answer a line.
//
//   new NAME CLIENT | fill NAME JSON | apply NAME BASE64 | state NAME | changes NAME BASE64 | read NAME | waits NAME
//   message NAME BASE64: reads a room's message, does what it asks of the document, and says the answer to it, or the message itself
//   present NAME BASE64: takes in who is there, and says who is
//
// The answer is "ok", with BASE64 or JSON where something is asked, or "error" and a sentence.

#include <iostream>
#include <map>
#include <sstream>

#include "lib/base/base64.h"
#include "lib/ydoc/ydoc.h"

namespace allmende::ydoc {
namespace {

struct Room {
  Document document;
  Awareness awareness = {};
};

Result<RoomMessage> answerTo(Room& room, RoomMessage message) {
  if (const auto* one = std::get_if<SyncStep1>(&message)) {
    TRY(auto update, room.document.changesSince(one->stateVector));
    return SyncStep2{std::move(update)};
  }
  if (const auto* two = std::get_if<SyncStep2>(&message)) TRY(room.document.apply(two->update));
  if (const auto* update = std::get_if<SyncUpdate>(&message)) TRY(room.document.apply(update->update));
  return message;
}

Result<std::string> answer(std::map<std::string, Room>& rooms, const std::string& line) {
  std::istringstream words(line);
  std::string verb;
  std::string name;
  words >> verb >> name;
  std::string rest(line.begin() + static_cast<std::ptrdiff_t>(std::min(line.size(), verb.size() + name.size() + 2)), line.end());
  if (verb == "new") {
    rooms.insert_or_assign(name, Room{Document(std::stoull(rest))});
    return "";
  }
  auto& [document, awareness] = rooms.at(name);
  if (verb == "read") {
    TRY(auto notebook, document.readNotebook());
    return json::serialize(notebook);
  }
  if (verb == "waits") {
    TRY(const auto waits, document.waits());
    return waits ? "true" : "false";
  }
  if (verb == "fill") {
    TRY(auto notebook, parseJsonObject(rest));
    TRY(document.fillNotebook(notebook));
    return "";
  }
  const auto bytes = fromBase64(rest);
  if (!bytes) return fail(Code::InvalidInput, "'{}' is no base64", rest);
  if (verb == "apply") {
    TRY(document.apply(*bytes));
    return "";
  }
  if (verb == "message") {
    TRY(auto message, decodeRoomMessage(*bytes));
    TRY(auto said, answerTo(rooms.at(name), std::move(message)));
    return toBase64(encode(said));
  }
  if (verb == "present") {
    TRY(awareness.apply(*bytes));
    return toBase64(awareness.everybody());
  }
  TRY(auto said, verb == "state" ? document.stateVector() : document.changesSince(*bytes));
  return toBase64(said);
}

}  // namespace
}  // namespace allmende::ydoc

int main() {
  std::map<std::string, allmende::ydoc::Room> rooms;
  for (std::string line; std::getline(std::cin, line);) {
    const auto said = allmende::ydoc::answer(rooms, line);
    std::cout << (said ? "ok " + *said : "error " + said.error().message) << std::endl;
  }
}
