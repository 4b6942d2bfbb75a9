// The server's documents at the other end of a pipe, for tests that bring Yjs' own: one request a line, one answer a line.
//
//   new NAME CLIENT | fill NAME JSON | apply NAME BASE64 | state NAME | changes NAME BASE64 | read NAME
//
// The answer is "ok", with BASE64 or JSON where something is asked, or "error" and a sentence.

#include <iostream>
#include <map>
#include <sstream>

#include "lib/base/base64.h"
#include "lib/ydoc/ydoc.h"

namespace allmende::ydoc {
namespace {

Result<std::string> answer(std::map<std::string, Document>& documents, const std::string& line) {
  std::istringstream words(line);
  std::string verb;
  std::string name;
  words >> verb >> name;
  std::string rest(line.begin() + static_cast<std::ptrdiff_t>(std::min(line.size(), verb.size() + name.size() + 2)), line.end());
  if (verb == "new") {
    documents.insert_or_assign(name, Document(std::stoull(rest)));
    return "";
  }
  auto& document = documents.at(name);
  if (verb == "read") {
    TRY(auto notebook, document.readNotebook());
    return json::serialize(notebook);
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
  TRY(auto said, verb == "state" ? document.stateVector() : document.changesSince(*bytes));
  return toBase64(said);
}

}  // namespace
}  // namespace allmende::ydoc

int main() {
  std::map<std::string, allmende::ydoc::Document> documents;
  for (std::string line; std::getline(std::cin, line);) {
    const auto said = allmende::ydoc::answer(documents, line);
    std::cout << (said ? "ok " + *said : "error " + said.error().message) << std::endl;
  }
}
