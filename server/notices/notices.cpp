#include "server/notices/notices.h"

#include <algorithm>
#include <array>

namespace allmende::notices {
namespace {

constexpr std::array<std::string_view, 7> kKinds{"mentioned", "answered", "commented", "shared", "given", "asked", "added"};

// The beginning of a text, cut between characters of UTF-8.
std::string beginningOf(const std::string& text) {
  if (text.size() <= Notices::kMostWords) return text;
  auto end = Notices::kMostWords;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) --end;
  return text.substr(0, end) + "…";
}

Result<Notice> noticeOf(const store::Row& row) {
  TRY(auto id, NoticeId::parse(row.text(0)));
  const auto kind = std::ranges::find(kKinds, row.text(1));
  if (kind == kKinds.end()) return fail(Code::Internal, "the notice {} is of the unknown kind '{}'", id.text(), row.text(1));
  TRY(auto by, AccountId::parse(row.text(2)));
  return Notice{.id = std::move(id),
      .news = {.kind = static_cast<Kind>(kind - kKinds.begin()),
          .by = std::move(by),
          .about = row.text(3),
          .title = row.text(4),
          .comment = row.findText(5),
          .words = row.text(6)},
      .madeAt = row.instant(7),
      .isRead = !row.isNull(8)};
}

Result<> add(store::Transaction& on, const AccountId& to, const News& news, Instant now) {
  TRY(
      on.change("DELETE FROM notices WHERE account_id = ? AND kind = ? AND by_account = ? AND about = ? AND COALESCE(comment, '') = ? "
                "AND read_at IS NULL",
          {to.text(), nameOf(news.kind), news.by.text(), news.about, news.comment.value_or("")}));
  TRY(
      on.change("INSERT INTO notices (id, account_id, kind, by_account, about, title, comment, words, made_at, read_at) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)",
          {NoticeId::make().text(), to.text(), nameOf(news.kind), news.by.text(), news.about, news.title, news.comment,
              beginningOf(news.words), now}));
  TRY(
      on.change("DELETE FROM notices WHERE account_id = ? AND id NOT IN "
                "(SELECT id FROM notices WHERE account_id = ? ORDER BY made_at DESC, id DESC LIMIT ?)",
          {to.text(), to.text(), Notices::kMost}));
  return {};
}

}  // namespace

std::string_view nameOf(Kind kind) { return kKinds.at(static_cast<std::size_t>(kind)); }

Task<Result<>> Notices::tell(std::vector<AccountId> to, News news) {
  std::ranges::sort(to);
  to.erase(std::ranges::unique(to).begin(), to.end());
  std::erase(to, news.by);
  if (to.empty()) co_return Result<>{};
  co_return co_await database_.transaction([=, now = clock_.now()](store::Transaction& on) -> Result<> {
    for (const auto& account : to) {
      TRY(add(on, account, news, now));
    }
    return {};
  });
}

Task<Result<std::vector<Notice>>> Notices::list(AccountId of) {
  CO_TRY(
      const auto rows, co_await database_.query("SELECT id, kind, by_account, about, title, comment, words, made_at, read_at FROM notices "
                                                "WHERE account_id = ? ORDER BY made_at DESC, id DESC",
                           {of.text()}));
  std::vector<Notice> notices;
  for (const auto& row : rows) {
    CO_TRY(notices.emplace_back(), noticeOf(row));
  }
  co_return notices;
}

Task<Result<>> Notices::markRead(AccountId of) {
  CO_TRY(co_await database_.change("UPDATE notices SET read_at = ? WHERE account_id = ? AND read_at IS NULL", {clock_.now(), of.text()}));
  co_return Result<>{};
}

Task<Result<>> Notices::forgetAccount(AccountId of) {
  CO_TRY(co_await database_.change("DELETE FROM notices WHERE account_id = ?", {of.text()}));
  co_return Result<>{};
}

}  // namespace allmende::notices
