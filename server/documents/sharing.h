#pragma once
// Who may do what with a document: what its owner has given, and to whom. Behind the door of server/documents.

#include <optional>
#include <vector>

#include "server/documents/store.h"

namespace allmende::documents {

// Somebody whom a share may mean.
struct Person {
  std::optional<AccountId> account;  // none: without an account
  std::vector<GroupId> groups;       // that they are in
};

// What somebody may do by these shares, as of now; none = they may not even know it.
std::optional<Role> roleOf(const Record& record, const std::vector<Share>& shares, const Person& who, Instant now);
// Whether they may run it in its owner's runtime, who always may.
bool mayUseRuntime(const Record& record, const std::vector<Share>& shares, const Person& who, Instant now);

class ShareStore {
 public:
  static constexpr std::size_t kMostShares = 500;    // of one document
  static constexpr std::size_t kMostRequests = 100;  // that wait, of one document
  static constexpr std::size_t kLongestMessage = 1'000;

  ShareStore(store::Database& database, journal::Journal& journal, const Clock& clock)
      : database_(database), journal_(journal), clock_(clock) {}

  // In the order they were made.
  Task<Result<std::vector<Share>>> list(DocumentId document);
  // Gives, or changes what was given to the same; a request of theirs is answered by it. OverLimit when there are too many.
  Task<Result<Share>> put(DocumentId document, AccountId by, ShareWish wish);
  // The documents that a group was given; forget() takes them from it.
  Task<Result<std::vector<DocumentId>>> listGivenTo(GroupId group);
  Task<Result<std::vector<DocumentId>>> forget(GroupId gone);
  // What was given to an account, and what it asked for.
  Task<Result<>> forgetAccount(AccountId who);
  // NotFound when it is not there.
  Task<Result<>> remove(DocumentId document, AccountId by, ShareId share);

  // Somebody has opened it.
  Task<Result<>> noteVisit(DocumentId document, AccountId who);
  // Documents of others that `who` can open and that were given to them, a group of theirs or everyone, or were opened by them before; last
  // opened first.
  Task<Result<std::vector<SharedDocument>>> listFor(AccountId who, std::vector<GroupId> groups);

  // Oldest first. InvalidInput for a long message, OverLimit when too many wait.
  Task<Result<std::vector<AccessRequest>>> listRequests(DocumentId document);
  Task<Result<>> request(DocumentId document, AccessRequest wish);
  Task<Result<>> removeRequest(DocumentId document, AccountId who);

  // The document is another account's from now on, whose share goes; who had it becomes an editor.
  Task<Result<>> transfer(Record record, AccountId to, std::string path);

 private:
  store::Database& database_;
  journal::Journal& journal_;
  const Clock& clock_;
};

}  // namespace allmende::documents
