#pragma once
// The tables of live documents. Behind the door of server/documents.

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lib/base/clock.h"
#include "lib/store/store.h"
#include "server/contents/contents.h"
#include "server/documents/document.h"
#include "server/documents/run_store.h"
#include "server/journal/journal.h"

namespace allmende::documents {

// A document as its table knows it.
struct Record {
  DocumentId id;
  AccountId account;                       // whose drive
  std::string path;                        // of the file
  std::string session;                     // changes when the log begins anew, so that a copy of the old one is not mixed in
  std::string fileHash;                    // of the file when it was last read or written here
  std::int64_t savedThrough = 0;           // the last update that is in that file
  std::optional<std::string> writingHash;  // of the file that was being written
  std::int64_t writingThrough = 0;
};

// Whether its file lies in the trash: nobody can open it then.
bool isInTrash(const Record& record);

// The path by which a person's session of the document is known: the file's own on its drive, a hidden one that no file can have for
// others.
std::string sessionPathOf(const Record& record, const AccountId& account);

// One update of a document's log. Numbers count up from 1; the first in the log may stand for all before it.
struct LogEntry {
  DocumentId document;
  std::int64_t number = 0;
  std::string update;                // empty for progress alone, which has no number
  std::optional<Progress> progress;  // of a run, stored with it
};

// What the file holds once it is written.
struct Saving {
  DocumentId document;
  std::string hash;
  std::int64_t through = 0;
};

class DocumentStore {
 public:
  DocumentStore(store::Database& database, const Clock& clock) : database_(database), clock_(clock) {}

  Task<Result<std::optional<Record>>> find(DocumentId id);
  Task<Result<std::optional<Record>>> findByPath(AccountId of, std::string path);
  // Those with updates that no file has.
  Task<Result<std::vector<Record>>> unsaved();
  // A new one, whose log begins with `first`, number 1, as read from the file.
  Task<Result<>> add(Record record, std::string first);
  Task<Result<std::vector<LogEntry>>> readLog(DocumentId id);
  // All or none. Entries of documents that are gone are left out.
  Task<Result<>> append(std::vector<LogEntry> entries);

  // The file is about to be written, was written, or was found to hold what the log has.
  Task<Result<>> beginSaving(Saving saving);
  // With a snapshot, that takes the place of all updates through saving.through.
  Task<Result<>> endSaving(Saving saving, std::optional<std::string> snapshot);

  // Documents at a path or below it have moved, are in the trash with all that belongs to them, and are back.
  Task<Result<>> move(AccountId of, std::string from, std::string to);
  Task<Result<>> trash(AccountId of, std::string path, contents::TrashId into);
  Task<Result<>> restore(AccountId of, contents::TrashId from, std::string path);
  // Of all accounts, or of one.
  struct Trashed {
    AccountId account;
    contents::TrashId id;
    auto operator<=>(const Trashed&) const = default;
  };
  Task<Result<std::set<Trashed>>> listTrashed(std::optional<AccountId> of);
  // For good.
  Task<Result<>> purge(Trashed gone);
  // All that the account has.
  Task<Result<>> forgetAccount(AccountId of);

 private:
  store::Database& database_;
  const Clock& clock_;
};

}  // namespace allmende::documents
