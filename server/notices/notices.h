#pragma once
// What people are told of each other outside the page that it happened on: that somebody has spoken to them, has given them something, asks
// them for something. The rooms where that happens know nothing of it; who serves the request tells it here.

#include <optional>
#include <string>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/id.h"
#include "lib/base/result.h"
#include "lib/base/task.h"
#include "lib/store/store.h"
#include "server/journal/journal.h"

namespace allmende::notices {

struct NoticeKind {
  static constexpr std::string_view prefix = "ntc_";
  static constexpr std::string_view name = "notice";
};
using NoticeId = Id<NoticeKind>;

enum class Kind : std::uint8_t {
  Mentioned,  // in a comment
  Answered,   // in a thread that they have spoken in
  Commented,  // on their notebook
  Shared,     // a notebook was
  Given,      // a notebook is theirs from now on
  Asked,      // for access to their notebook
  Added,      // to a group
};
std::string_view nameOf(Kind kind);  // "mentioned", …

// Something that happened.
struct News {
  Kind kind = Kind::Mentioned;
  AccountId by;
  std::string about;                   // the id of the document or group
  std::string title;                   // its name
  std::optional<std::string> comment;  // the id of the comment
  std::string words = {};              // what was said; its first kMostWords bytes are kept
};

struct Notice {
  NoticeId id;
  News news;
  Instant madeAt;
  bool isRead = false;
};

class Notices {
 public:
  static constexpr std::int64_t kMost = 200;  // of one account; the oldest go
  static constexpr std::size_t kMostWords = 200;

  Notices(store::Database& database, const Clock& clock) : database_(database), clock_(clock) {}

  // Tells all of them but who did it. The same of the same by the same replaces what was not read yet.
  Task<Result<>> tell(std::vector<AccountId> to, News news);
  // Newest first.
  Task<Result<std::vector<Notice>>> list(AccountId of);
  // All that an account was told.
  Task<Result<>> forgetAccount(AccountId of);
  // All of them are read.
  Task<Result<>> markRead(AccountId of);

 private:
  store::Database& database_;
  const Clock& clock_;
};

}  // namespace allmende::notices
