#pragma once
// Live documents: Yjs documents (https://docs.yjs.dev), as the browsers hold them, in the server.
//
// The work is done by the Rust crate yrs behind lib/ydoc/bridge. Bytes that peers send are untrusted: whatever they are, the answer is a
// value.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "lib/base/json.h"
#include "lib/base/result.h"
#include "lib/ydoc/awareness.h"
#include "lib/ydoc/room_message.h"

namespace allmende::ydoc {

// One replica of a document. Not for several threads at once.
class Document {
 public:
  // An empty one. Its own changes carry `client`, at most 53 bits, which no other replica may use at the same time. Documents that are
  // filled from a file use kLoader, so that whoever loads the same file again makes the very same changes, and nothing doubles.
  explicit Document(std::uint64_t client);
  static constexpr std::uint64_t kLoader = 0;
  Document(Document&&) noexcept;
  Document& operator=(Document&&) noexcept;
  ~Document();

  // Takes in an update of version 1, whatever the order in which updates come; one that was seen before changes nothing. Fails with
  // InvalidInput when it is none, or breaks the document, which then refuses everything: make it anew from what is stored.
  Result<> apply(std::string_view update);

  // What this replica has seen.
  Result<std::string> stateVector() const;
  // As one update, what the holder of `stateVector` has not seen; everything for an empty one. Fails with InvalidInput when it is none.
  Result<std::string> changesSince(std::string_view stateVector) const;
  // Whether changes wait for earlier ones that have not come.
  Result<bool> waits() const;

  // Fills an empty document from a notebook of nbformat 4 whose cells have ids, in the shape of npm's @jupyter/ydoc 4. Fails with
  // InvalidInput and the place; the document is then spoilt.
  Result<> fillNotebook(const json::object& notebook);
  // The notebook as nbformat JSON with keys in alphabetical order, texts in one piece, and `execution_state` where cells have one.
  Result<json::object> readNotebook() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace allmende::ydoc
