#pragma once
// Large parts of outputs (pictures, tables, plots), which a live document refers to instead of holding them: in files of the data
// directory, by the hash of what is in them, a folder for each document. Behind the door of server/documents.
//
// In a document the part's MIME type is missing from "data"; kReference has {"parts": {MIME type: {"hash", "size"}}} for it. Files on the
// drive, earlier versions and copies have the parts themselves. All of it blocks: for a pool.

#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/json.h"
#include "lib/base/result.h"
#include "lib/net/net.h"
#include "server/documents/document.h"

namespace allmende::documents {

class LargeOutputs {
 public:
  static constexpr std::string_view kReference = "application/vnd.allmende.output+json";
  static constexpr Duration kGrace = std::chrono::hours{24};  // an undo may bring back what nothing refers to

  // Parts of more than `threshold` bytes of JSON are kept in `folder`; with 0 none are.
  LargeOutputs(std::filesystem::path folder, std::size_t threshold) : folder_(std::move(folder)), threshold_(threshold) {}

  // Whether something of that many bytes may have such a part.
  bool mayBeLarge(std::size_t bytes) const { return threshold_ > 0 && bytes > threshold_; }

  // Large parts of "data" are on the disk, and referred to, when this returns. `output`: as nbformat or a kernel's message has it.
  Result<> takeOut(const DocumentId& of, json::object& output) const;
  Result<> takeOutAll(const DocumentId& of, json::object& notebook) const;
  // The other way round. Of a part that is not there (any more) a text says so.
  void putBackAll(const DocumentId& of, json::object& notebook) const;
  void putBack(const DocumentId& of, json::object& output) const;

  // One part, as JSON. NotFound when it is not there.
  Result<net::FileBody> open(const DocumentId& of, std::string_view hash) const;
  // Parts of one document are the other's, too, which costs no room. NotFound names one that is not there; those before it are.
  Result<> adopt(const DocumentId& by, const DocumentId& from, const std::vector<std::string>& hashes) const;
  // Removes what the notebook as a document has it does not refer to and is older than kGrace.
  void sweep(const DocumentId& of, const json::object& notebook, Instant now) const;
  // All of a document's.
  void forget(const DocumentId& of) const;
  std::set<DocumentId> listDocuments() const;

 private:
  std::filesystem::path folderOf(const DocumentId& of) const { return folder_ / of.text(); }
  Result<> store(const DocumentId& of, const std::string& hash, std::string_view text) const;
  // Calls make(path of a new file) unless that document has the part, which then begins its time of grace anew.
  template <class Make>
  Result<> keep(const DocumentId& of, const std::string& hash, Make make) const;

  std::filesystem::path folder_;
  std::size_t threshold_;
};

// Bytes of an output with all that it refers to.
std::size_t sizeOfOutput(const json::object& output);

}  // namespace allmende::documents
