#pragma once
// Live documents: Yjs documents (https://docs.yjs.dev), as the browsers hold them, in the server.
//
// The work is done by the Rust crate yrs behind lib/ydoc/bridge. Bytes that peers send are untrusted: whatever they are, the answer is a
// value.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/json.h"
#include "lib/base/result.h"
#include "lib/ydoc/awareness.h"
#include "lib/ydoc/room_message.h"

namespace allmende::ydoc {

struct CellSource {
  std::string id;
  std::string type;  // "code", "markdown", "raw"
  std::string source;
};

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

  // Takes in an update of version 1, whatever the order in which updates come. Returns what of it was new here as an update, empty when all
  // was seen before or waits for earlier changes. Fails with InvalidInput when it is none, or breaks the document, which then refuses
  // everything: make it anew from what is stored.
  Result<std::string> apply(std::string_view update);

  // The same for an update that apply() has taken in before and that was kept safe since: it is not looked through again, and nothing is
  // said of what was new.
  Result<> load(std::string_view update);

  // What this replica has seen.
  Result<std::string> stateVector() const;
  // As one update, what the holder of `stateVector` has not seen; everything for an empty one, also what waits. Fails with InvalidInput
  // when it is none.
  Result<std::string> changesSince(std::string_view stateVector) const;
  // Whether changes wait for earlier ones that have not come.
  Result<bool> waits() const;

  // Fills an empty document from a notebook of nbformat 4 whose cells have ids, in the shape of npm's @jupyter/ydoc 4. Fails with
  // InvalidInput and the place; the document is then spoilt.
  Result<> fillNotebook(const json::object& notebook);
  // The notebook as nbformat JSON with keys in alphabetical order, texts in one piece, and `execution_state` where cells have one.
  Result<json::object> readNotebook() const;
  // Its cells, in order, without their outputs.
  Result<std::vector<CellSource>> listCells() const;

  // What follows changes the document and returns the change as an update, empty when there was nothing to change.
  //
  // Becomes this notebook by small changes: cells are known by their ids, texts change where they differ, outputs as a whole, and
  // `execution_state` stays. Two replicas with one client number that become one notebook from one state make the very same changes.
  Result<std::string> becomeNotebook(const json::object& notebook);

  // What the run of a cell writes; a cell that is not there any more is left alone. `beginRun` clears outputs and count and sets
  // `execution_state` to "running".
  Result<std::string> beginRun(std::string_view cell);
  Result<std::string> clearOutputs(std::string_view cell);
  // An output as nbformat has it, with "transient" where the kernel sent some, which is kept here and is no part of the notebook. A stream
  // goes on in the last output of its name; carriage return and backspace change its last line as in a terminal.
  Result<std::string> appendOutput(std::string_view cell, const json::object& output);
  // Changes data and metadata wherever transient.display_id is `display`.
  Result<std::string> updateDisplay(std::string_view display, const json::object& data, const json::object& metadata);
  // Sets `execution_state` to "idle" and the count, which is not there while a cell runs: JupyterLab takes a cell with a count for one that
  // has ended, and tells everybody so.
  Result<std::string> endRun(std::string_view cell, std::optional<std::int64_t> count);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace allmende::ydoc
