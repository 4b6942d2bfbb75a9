#pragma once
// Live documents: the server holds the notebooks that people have open, keeps every change before it says so, and keeps the file on the
// drive alike.
//
// A document is a Yjs document in the shape of @jupyter/ydoc. It lives in memory while somebody has it open and for a minute more; its log
// is in the database. What others do to its file, through the contents API or beside it, is merged into it.

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "lib/net/net.h"
#include "lib/store/store.h"
#include "server/contents/contents.h"
#include "server/documents/document.h"
#include "server/documents/revision.h"
#include "server/groups/groups.h"
#include "server/runtimes/runtimes.h"

namespace allmende::documents {

class Documents {
 public:
  // The rooms below, which outlive this one.
  struct Below {
    store::Database& database;
    contents::Contents& contents;
    runtimes::Kernels& kernels;
    runtimes::Sessions& sessions;
    groups::Groups& groups;
    journal::Journal& journal;
    Clock& clock;
  };
  // How they are kept.
  struct Keep {
    std::filesystem::path outputs;  // folder for large parts of outputs
    std::size_t largestOutput = 0;  // bytes of one part that a document holds itself; 0 = all
  };
  Documents(Executor executor, Below below, Keep keep);
  ~Documents();

  // Asked before cells run: an error keeps them all from it, and is what the asker hears.
  using MayRun = std::function<Task<Result<>>(AccountId, std::vector<CellToRun>)>;
  void onRun(MayRun mayRun);
  // From here on changes are stored; what a crash left out of the files is written to them.
  void begin();
  // Writes what is left. Connections are to be closed before.
  Task<> close();

  // A notebook on the account's drive. NotFound when it is not there, InvalidInput when it is no valid notebook of nbformat 4.
  Task<Result<Opened>> open(AccountId of, std::string path);
  // Below, what a visitor may do with a document is what its owner gave them; Unauthenticated or Denied when that is not enough, NotFound
  // when there is no such document.

  // Comes to a document by its id.
  Task<Result<Joined>> join(DocumentId id, Visitor by);
  // The same, without being remembered as somebody who has opened it.
  Task<Result<Joined>> look(DocumentId id, Visitor by);
  // Whose it is and where, without asking who wants to know.
  struct Place {
    AccountId owner;
    std::string path;
  };
  Task<Result<Place>> placeOf(DocumentId id);
  // A connection to its room, until it ends. What is wrong is said with a close code: 4401, 4403 and 4404 for the above, 1003 and
  // {"reason", "sessionId", "reloadable"} for one whose log has begun anew.
  Task<> serve(DocumentId id, std::string session, Visitor visitor, std::shared_ptr<net::WebSocket> socket);

  // A room without a document, where the account's own pages see each other.
  Task<> serveAwareness(Visitor visitor, std::shared_ptr<net::WebSocket> socket);

  // Runs cells of a document in the visitor's own kernel for it, which is started when there is none, as runners.h says. Fails as that
  // does.
  Task<Result<std::vector<Queued>>> run(DocumentId id, Visitor by, std::vector<CellWish> cells, KernelChoice kernel);
  Task<Result<>> cancelRuns(DocumentId id, Visitor by);
  // How a run that was asked for here stands: one that waits or runs, or one of the last that ended. NotFound for others.
  Task<Result<RunReport>> reportRun(Visitor by, std::string run);
  Task<Result<>> answerInput(DocumentId id, Visitor by, std::string run, std::string value);

  // How the last run of each cell went, of those that were run.
  Task<Result<std::vector<LastRun>>> listLastRuns(DocumentId id, Visitor by);
  // What a run printed beyond what its notebook holds; NotFound when there is nothing (any more).
  Task<Result<std::string>> readRest(DocumentId id, Visitor by, std::string run);
  // A large part of an output, which the document refers to by its hash: JSON. NotFound when it is not there (any more).
  Task<Result<net::FileBody>> openOutput(DocumentId id, Visitor by, std::string hash);
  // Those parts of another document, which the visitor may read, are this one's, too: before cells of that one are pasted into it.
  Task<Result<>> adoptOutputs(DocumentId id, Visitor by, DocumentId from, std::vector<std::string> hashes);

  // Earlier states, as history.h says, for those who may change the document.
  Task<Result<std::vector<Revision>>> listRevisions(DocumentId id, Visitor by);
  Task<Result<json::object>> readRevision(DocumentId id, Visitor by, std::string revision);
  Task<Result<Revision>> nameRevision(DocumentId id, Visitor by, std::string name);
  Task<Result<>> restoreRevision(DocumentId id, Visitor by, std::string revision, std::optional<std::string> cell);

  // The notebook as it is now.
  Task<Result<json::object>> readNotebook(DocumentId id, Visitor by);

  // What its owner gave, and to whom: for editors to see and for the owner to change. A visitor can take leave by removing their own share.
  Task<Result<std::vector<Share>>> listShares(DocumentId id, Visitor by);
  Task<Result<Share>> share(DocumentId id, Visitor by, ShareWish wish);
  Task<Result<>> stopSharing(DocumentId id, Visitor by, ShareId share);
  // Documents of others that the account can open, last opened first.
  Task<Result<std::vector<SharedDocument>>> listShared(AccountId who);
  // Asks the owner for a role, which needs no access; the owner lists and refuses, or answers by share(). Conflict when they have that
  // role.
  Task<Result<>> requestAccess(DocumentId id, Visitor by, Role role, std::string message);
  Task<Result<std::vector<AccessRequest>>> listAccessRequests(DocumentId id, Visitor by);
  Task<Result<>> refuseAccess(DocumentId id, Visitor by, AccountId who);
  // What people say of cells, oldest first. A viewer reads; a commenter adds, answers, resolves and opens threads anew; words are changed
  // by who wrote them, and deleted by them or the owner.
  Task<Result<std::vector<Comment>>> listComments(DocumentId id, Visitor by);
  Task<Result<Comment>> comment(DocumentId id, Visitor by, CommentWish wish);
  Task<Result<Comment>> changeComment(DocumentId id, Visitor by, CommentId comment, CommentChange change);
  Task<Result<>> removeComment(DocumentId id, Visitor by, CommentId comment);
  // Gives the notebook to another account: its file moves to the top of their drive, and who had it becomes an editor. Conflict while it
  // runs.
  Task<Result<>> transfer(DocumentId id, Visitor by, AccountId to);
  // A copy on the visitor's own drive, with or without what the cells have printed.
  Task<Result<contents::Model>> copy(DocumentId id, Visitor by, Outputs outputs);

  // The files of live documents at a path and below it hold what the documents hold, and the other way round, as far as that is possible:
  // to be called before they are read and after they are written by others. Here and below, paths are as models spell them.
  Task<> settle(AccountId of, std::string path);
  // contents::Contents' calls, which take live documents along.
  Task<Result<contents::Model>> rename(AccountId of, std::string path, std::string body);
  Task<Result<contents::TrashId>> remove(AccountId of, std::string path);
  Task<Result<contents::Model>> restore(AccountId of, contents::TrashId id);
  // Documents whose file the trash holds no longer, of one account or all, are gone with their earlier versions and all else: to be called
  // after something was purged.
  Task<Result<>> forgetPurged(std::optional<AccountId> of);
  // To be called when an account was closed: its people are shown out (4401), and what they run is stopped.
  Task<> shutOut(AccountId who);
  // To be called when an account is erased: its documents go with all that belongs to them, and what it was given.
  Task<Result<>> forgetAccount(AccountId who);
  // To be called when others belong to a group than before, or it is no more: who is in a document does what they may do now.
  Task<> groupChanged(GroupId group, bool isGone);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace allmende::documents
