#pragma once
// Where the data directory keeps what belongs to an account, and unfinished files. Behind the door of server/contents.

#include <limits>
#include <string>

#include "server/contents/root.h"
#include "server/journal/journal.h"

namespace allmende::contents {

// The four folders of one account, open for the length of one call.
struct Space {
  Root drive;
  Root checkpoints;
  Descriptor uploads;  // notes of drafts: links whose target names the draft
  Descriptor trash;
  // Bytes that may still be written in this call; what is edited live is saved in any case.
  mutable std::int64_t room = std::numeric_limits<std::int64_t>::max();
};

// The four folders of the data directory, each with one folder per account.
class Places {
 public:
  // Makes them, and removes the drafts that a stopped server left in anybody's drive. Blocks.
  static Result<Places> open(const std::string& dataDirectory);
  // Makes the account's folders when they are missing.
  Result<Space> space(const AccountId& of) const;

 private:
  Places() = default;
  Result<> removeLeftovers() const;

  Descriptor drives_;
  Descriptor checkpoints_;
  Descriptor uploads_;
  Descriptor trash_;
};

}  // namespace allmende::contents
