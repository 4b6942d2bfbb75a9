#pragma once
// The tables of running cells. Behind the door of server/documents.

#include <optional>
#include <string>
#include <vector>

#include "lib/base/clock.h"
#include "lib/store/store.h"
#include "server/documents/document.h"

namespace allmende::documents {

// One run of a cell, from the press of a button to the kernel's answer.
struct Run {
  enum class State : std::uint8_t { Queued, Sent, Started };
  std::string id;  // also that of the message to the kernel
  DocumentId document;
  std::int64_t place = 0;  // in the order of the document's runs
  std::string cell;
  std::string source;  // as the document had it when the run was asked for
  AccountId account;   // in whose kernel it runs
  AccountId askedBy;   // who runs it, and their name
  std::string name;
  State state = State::Queued;
  Instant changedAt;  // when it was queued, or the kernel took it up
};

// How far a document has taken in what a person's kernel says.
struct KernelCursor {
  std::string kernel;
  std::string message;  // the id of the last one; empty before the first
};

// Text of a run that its notebook does not hold.
struct Rest {
  std::string run;
  std::string cell;
  std::string text;
  bool beginsAnew = false;  // what was there of this run is gone
};

// What is stored together with the change that a kernel's message made, so that none is taken in twice or lost.
struct Progress {
  AccountId account = {};  // whose kernel it is
  std::string message;     // its id; empty = none
  std::string startedRun;  // empty = none
  std::string endedRun;    // empty = none
  bool failed = false;     // the ended run
  std::optional<Rest> rest = std::nullopt;
};
Result<> storeProgress(store::Transaction& on, const DocumentId& document, const Progress& progress, Instant now);

class RunStore {
 public:
  RunStore(store::Database& database, const Clock& clock) : database_(database), clock_(clock) {}

  Task<Result<>> add(std::vector<Run> runs);
  Task<Result<>> markSent(std::string run);
  Task<Result<>> remove(std::vector<std::string> runs);
  // Of all documents, each one's in their order.
  Task<Result<std::vector<Run>>> all();

  // Of each cell that was run.
  Task<Result<std::vector<LastRun>>> listLast(DocumentId document);

  // The text of a run that its notebook does not hold; empty when there is none. Its size in bytes.
  Task<Result<std::string>> readRest(DocumentId document, std::string run);
  Task<Result<std::size_t>> sizeOfRest(DocumentId document, std::string run);

  Task<Result<std::optional<KernelCursor>>> findCursor(DocumentId document, AccountId account);
  Task<Result<>> setKernel(DocumentId document, AccountId account, std::string kernel);

 private:
  store::Database& database_;
  const Clock& clock_;
};

}  // namespace allmende::documents
