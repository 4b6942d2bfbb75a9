#pragma once
// The values of live documents. Part of the door server/documents/documents.h.

#include <optional>
#include <string>

#include "lib/base/id.h"
#include "lib/base/json.h"
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
// Viewer, commenter or editor: what can be given to others. InvalidInput for anything else.
Result<Role> parseSharedRole(std::string_view name);

// The name of the file at a path.
inline std::string fileNameOf(const std::string& path) { return path.substr(path.rfind('/') + 1); }

// Who comes to a document.
struct Visitor {
  std::optional<AccountId> account;  // none: somebody without an account, who may know the link
  std::string name;                  // to show
  Role most = Role::Viewer;          // what they showed allows no more than this, whatever the document's owner gave them
  Role role = Role::Viewer;          // what they may do, once they are in
  bool hearsNotices = false;         // our page: told what is stored, who runs what, and the like
  bool mayUseRuntime = false;        // of the owner, once they are in
};

// A document that can be joined.
struct Opened {
  DocumentId id;
  std::string session;
  bool created = false;  // its log began with this call
};

// A cell that somebody is about to run.
struct CellToRun {
  std::string id;
  std::string source;
};

// How the last run of a cell went.
struct LastRun {
  std::string cell;
  AccountId account;
  std::string name;     // of who ran it
  AccountId runtimeOf;  // in whose runtime
  Instant startedAt;
  Instant endedAt;
  bool failed = false;
};

// As notices and the API have it.
json::object noticeOf(const LastRun& run);

// A document as somebody has joined it.
struct Joined {
  DocumentId id;
  std::string session;
  AccountId owner;
  std::string path;  // on the owner's drive
  Role role = Role::Viewer;
  std::string sessionPath;     // by which the visitor's kernel session of it is known; empty for who cannot run anything
  bool mayUseRuntime = false;  // of the owner
};

// ---- sharing ----

struct ShareKind {
  static constexpr std::string_view prefix = "shr_";
  static constexpr std::string_view name = "share";
};
using ShareId = Id<ShareKind>;

// To whom a document is given: an account, everyone with an account here, whoever knows its link (without an account one can only read), or
// those of a group.
enum class Whom : std::uint8_t { Account, Everyone, Link, Group };
std::string_view nameOf(Whom whom);
Result<Whom> parseWhom(std::string_view name);

struct Share {
  ShareId id;
  Whom whom = Whom::Account;
  std::optional<AccountId> account;  // of Whom::Account
  std::optional<GroupId> group;      // of Whom::Group
  Role role = Role::Viewer;
  bool inRuntime = false;  // whether editors may run it in the owner's runtime, which the owner's units pay for
  std::optional<Instant> expiresAt;
  AccountId madeBy;
  Instant madeAt;
};

struct ShareWish {
  Whom whom = Whom::Account;
  std::optional<AccountId> account;
  std::optional<GroupId> group;
  Role role = Role::Viewer;
  bool inRuntime = false;                     // for editors
  std::optional<std::chrono::seconds> lasts;  // none = for good
};

// A document of somebody else that the account can open.
struct SharedDocument {
  DocumentId id;
  std::optional<ShareId> share;  // that which is the account's own, of which it can take leave
  AccountId owner;
  std::string path;  // on the owner's drive
  Role role = Role::Viewer;
  std::optional<Instant> visitedAt;  // when the account has last opened it
};

struct AccessRequest {
  AccountId account;
  Role role = Role::Viewer;
  std::string message;
  Instant madeAt;
};

// ---- comments ----

struct CommentKind {
  static constexpr std::string_view prefix = "cmt_";
  static constexpr std::string_view name = "comment";
};
using CommentId = Id<CommentKind>;

struct Comment {
  CommentId id;
  CommentId thread;  // the id of its first one
  std::string cell;
  AccountId account;  // who says it
  std::string text;
  Instant madeAt;
  std::optional<Instant> editedAt;
  std::optional<Instant> resolvedAt;  // of a thread's first one
  std::optional<AccountId> resolvedBy;
};

struct CommentWish {
  std::string text;
  std::string cell;                 // for a new thread
  std::optional<CommentId> thread;  // to answer in
};

// What is absent stays as it is.
struct CommentChange {
  std::optional<std::string> text;
  std::optional<bool> resolved;  // of the whole thread
};

enum class Outputs : std::uint8_t { Keep, LeaveOut };

// A cell that somebody wants to run.
struct CellWish {
  std::string id;
  std::optional<std::string> sourceHash;  // of the source that they saw, see source_hash.h; none = whatever it is now
  std::optional<std::string> source;      // the same as the source itself
};

// For a notebook that has no kernel yet: one that runs, or one to start.
struct KernelChoice {
  std::string name;               // a kernelspec's
  std::optional<std::string> id;  // of one of the account's that runs
  bool isOwners = false;          // of the notebook's owner instead of one's own
};

struct Queued {
  std::string run;
  std::string cell;
};

// How a run stands.
struct RunReport {
  enum class State : std::uint8_t { Queued, Running, Asking, Ended };
  DocumentId document;
  std::string path;  // on the owner's drive
  std::string cell;
  State state = State::Queued;
  std::string prompt;     // of what it asks for
  bool password = false;  // which is not to be shown
  bool failed = false;    // once it has ended
  std::optional<std::int64_t> count;
  json::array outputs;  // what stands below the cell now
};

}  // namespace allmende::documents
