#pragma once
// The values of live documents. Part of the door server/documents/documents.h.

#include <optional>
#include <string>

#include "lib/base/id.h"
#include "lib/base/record.h"
#include "server/journal/journal.h"

namespace allmende::documents {

struct DocumentKind {
  static constexpr std::string_view prefix = "doc_";
  static constexpr std::string_view name = "document";
};
using DocumentId = Id<DocumentKind>;

// What somebody may do with a document; each may also do what stands before it.
enum class Role : std::uint8_t { Viewer, Commenter, Editor, Owner };
std::string_view nameOf(Role role);

// Who comes into a document's room.
struct Visitor {
  AccountId account;
  std::string name;  // to show
  Role role = Role::Viewer;
  bool hearsNotices = false;  // our page: told what is stored, who runs what, and the like
};

// A document that can be joined.
struct Opened {
  DocumentId id;
  std::string session;
  bool created = false;  // its log began with this call
};

// A cell that somebody wants to run.
struct CellWish {
  std::string id;
  std::optional<std::string> sourceHash;  // of the source that they saw, see source_hash.h; none = whatever it is now
};

// For a notebook that has no kernel yet: one that runs, or one to start.
struct KernelChoice {
  std::string name;               // a kernelspec's
  std::optional<std::string> id;  // of one of the account's that runs
};

struct Queued {
  std::string run;
  std::string cell;
};

}  // namespace allmende::documents
