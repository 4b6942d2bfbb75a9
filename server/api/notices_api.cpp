#include "server/api/notices_api.h"

#include <algorithm>

#include "lib/base/log.h"

namespace allmende::api {
namespace {

constexpr std::size_t kMostMentions = 20;  // of one comment
constexpr std::size_t kLongestName = 32;

bool isNameEnd(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool isNamePart(char c) { return isNameEnd(c) || c == '.' || c == '_' || c == '-'; }
bool isWord(char c) { return isNamePart(c) || (c >= 'A' && c <= 'Z') || c == '@'; }

}  // namespace

std::vector<std::string> mentionsOf(std::string_view text) {
  std::vector<std::string> names;
  for (auto at = text.find('@'); at != std::string_view::npos && names.size() < kMostMentions; at = text.find('@', at + 1)) {
    if (at > 0 && isWord(text[at - 1])) continue;
    auto end = at + 1;
    while (end < text.size() && end - at <= kLongestName && isNamePart(text[end])) ++end;
    while (end > at + 1 && !isNameEnd(text[end - 1])) --end;  // the full stop behind it
    std::string name(text.substr(at + 1, end - at - 1));
    if (!name.empty() && isNameEnd(name.front()) && std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
  }
  return names;
}

Task<Result<NoticesView>> NoticesApi::list(accounts::Caller caller) {
  People people(accounts_);
  CO_TRY(auto all, co_await notices_.list(std::move(caller.account)));
  NoticesView view;
  for (auto& notice : all) {
    CO_TRY(auto by, co_await people.get(std::move(notice.news.by)));
    if (!notice.isRead) ++view.unread;
    view.notices.push_back({.id = std::move(notice.id),
        .kind = std::string(notices::nameOf(notice.news.kind)),
        .by = std::move(by),
        .about = std::move(notice.news.about),
        .title = std::move(notice.news.title),
        .comment = std::move(notice.news.comment),
        .words = std::move(notice.news.words),
        .madeAt = notice.madeAt,
        .read = notice.isRead});
  }
  co_return view;
}

Task<Result<>> NoticesApi::markRead(accounts::Caller caller) { co_return co_await notices_.markRead(std::move(caller.account)); }

Task<> Teller::tell(std::vector<AccountId> to, notices::News news) {
  if (auto told = co_await notices_.tell(std::move(to), std::move(news)); !told)
    log::warning("notice.not_told", {{"error", told.error().message}});
}

Task<> Teller::commented(documents::DocumentId on, documents::Comment comment) {
  const documents::Visitor author{.account = comment.account, .name = {}};
  const auto place = co_await documents_.look(on, author);
  const auto all = co_await documents_.listComments(on, author);
  if (!place || !all) co_return;
  notices::News news{.kind = notices::Kind::Mentioned,
      .by = comment.account,
      .about = on.text(),
      .title = documents::fileNameOf(place->path),
      .comment = comment.id.text(),
      .words = comment.text};
  std::vector<AccountId> known{comment.account};  // whom this comment is told already
  const auto tellThose = [&](notices::Kind kind, const std::vector<AccountId>& people) {
    std::vector<AccountId> to;
    for (const auto& who : people) {
      if (std::ranges::find(known, who) != known.end()) continue;
      known.push_back(who);
      to.push_back(who);
    }
    news.kind = kind;
    return tell(std::move(to), news);
  };
  std::vector<AccountId> spokenTo;
  People people(accounts_);
  for (const auto& name : mentionsOf(comment.text)) {
    auto who = co_await people.named(name);
    if (who && co_await documents_.look(on, {.account = *who, .name = {}})) spokenTo.push_back(*std::move(who));
  }
  std::vector<AccountId> inThread;
  for (const auto& other : *all) {
    if (other.thread == comment.thread && std::ranges::find(inThread, other.account) == inThread.end() &&
        co_await documents_.look(on, {.account = other.account, .name = {}}))
      inThread.push_back(other.account);
  }
  co_await tellThose(notices::Kind::Mentioned, spokenTo);
  co_await tellThose(notices::Kind::Answered, inThread);
  co_await tellThose(notices::Kind::Commented, {place->owner});
}

Task<> Teller::shared(documents::DocumentId document, AccountId by, documents::Share share) {
  std::vector<AccountId> to;
  if (share.account) to.push_back(*share.account);
  if (share.group) {
    auto people = co_await groups_.peopleOf(*share.group);
    if (people) to = *std::move(people);
  }
  const auto place = co_await documents_.look(document, {.account = by, .name = {}});
  if (to.empty() || !place) co_return;
  co_await tell(std::move(to), {.kind = notices::Kind::Shared,
                                   .by = std::move(by),
                                   .about = document.text(),
                                   .title = documents::fileNameOf(place->path),
                                   .comment = {}});
}

Task<> Teller::given(documents::DocumentId document, AccountId by, AccountId to) {
  const auto place = co_await documents_.look(document, {.account = to, .name = {}});
  if (!place) co_return;
  co_await tell({std::move(to)}, {.kind = notices::Kind::Given,
                                     .by = std::move(by),
                                     .about = document.text(),
                                     .title = documents::fileNameOf(place->path),
                                     .comment = {}});
}

Task<> Teller::asked(documents::DocumentId document, AccountId by, std::string words) {
  const auto place = co_await documents_.placeOf(document);
  if (!place) co_return;
  co_await tell({place->owner}, {.kind = notices::Kind::Asked,
                                    .by = std::move(by),
                                    .about = document.text(),
                                    .title = documents::fileNameOf(place->path),
                                    .comment = {},
                                    .words = std::move(words)});
}

Task<> Teller::added(GroupId group, AccountId by, AccountId who) {
  const auto title = co_await groups_.titleOf(group);
  if (!title) co_return;
  co_await tell(
      {std::move(who)}, {.kind = notices::Kind::Added, .by = std::move(by), .about = group.text(), .title = *title, .comment = {}});
}

}  // namespace allmende::api
