#pragma once
// What people are told of each other. Behind the door of server/api.

#include "server/api/people.h"
#include "server/api/typed.h"
#include "server/documents/documents.h"
#include "server/groups/groups.h"
#include "server/notices/notices.h"

namespace allmende::api {

struct NoticeView {
  notices::NoticeId id;
  std::string kind;
  Person by;
  std::string about;
  std::string title;
  std::optional<std::string> comment;
  std::string words;
  Instant madeAt;
  bool read = false;
};
constexpr auto fieldsOf(Type<NoticeView>) {
  using N = NoticeView;
  return record("Notice", field("id", &N::id, "Begins with ntc_."),
      field("kind", &N::kind, "mentioned, answered, commented, shared, given, asked or added."), field("by", &N::by, "Who did it."),
      field("about", &N::about, "The id of the document or the group."), field("title", &N::title, "Its name."),
      field("comment", &N::comment, "The id of the comment, of the first three."),
      field("words", &N::words, "How what was said begins; may be empty."), field("made_at", &N::madeAt, "When."),
      field("read", &N::read, "Whether one has seen it."));
}

struct NoticesView {
  std::int64_t unread = 0;
  std::vector<NoticeView> notices;
};
constexpr auto fieldsOf(Type<NoticesView>) {
  return record("Notices", field("unread", &NoticesView::unread, "How many one has not seen."),
      field("notices", &NoticesView::notices, "The last 200, newest first."));
}

class NoticesApi {
 public:
  NoticesApi(notices::Notices& notices, accounts::Accounts& accounts) : notices_(notices), accounts_(accounts) {}

  Task<Result<NoticesView>> list(accounts::Caller caller);
  Task<Result<>> markRead(accounts::Caller caller);

 private:
  notices::Notices& notices_;
  accounts::Accounts& accounts_;
};

// Tells people what others did. That it could not be told is logged, and is no failure of what was done.
class Teller {
 public:
  Teller(notices::Notices& notices, documents::Documents& documents, groups::Groups& groups, accounts::Accounts& accounts)
      : notices_(notices), documents_(documents), groups_(groups), accounts_(accounts) {}

  // Whom a comment speaks to, who is in its thread, whose notebook it is on: as far as they can open the notebook.
  Task<> commented(documents::DocumentId on, documents::Comment comment);
  Task<> shared(documents::DocumentId document, AccountId by, documents::Share share);
  Task<> given(documents::DocumentId document, AccountId by, AccountId to);
  Task<> asked(documents::DocumentId document, AccountId by, std::string words);
  Task<> added(GroupId group, AccountId by, AccountId who);

 private:
  Task<> tell(std::vector<AccountId> to, notices::News news);

  notices::Notices& notices_;
  documents::Documents& documents_;
  groups::Groups& groups_;
  accounts::Accounts& accounts_;
};

// The names that a text speaks to, each once, in their order: "@ada", but not the @ of a mail address.
std::vector<std::string> mentionsOf(std::string_view text);

}  // namespace allmende::api
