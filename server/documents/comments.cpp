#include "server/documents/comments.h"

namespace allmende::documents {
namespace {

constexpr std::string_view kColumns = "id, thread, cell, account_id, text, made_at, edited_at, resolved_at, resolved_by";
constexpr std::size_t kLongestCellId = 256;

Result<Comment> commentOf(const store::Row& row) {
  TRY(auto id, CommentId::parse(row.text(0)));
  TRY(auto thread, CommentId::parse(row.text(1)));
  TRY(auto account, AccountId::parse(row.text(3)));
  Comment comment{.id = std::move(id),
      .thread = std::move(thread),
      .cell = row.text(2),
      .account = std::move(account),
      .text = row.text(4),
      .madeAt = row.instant(5),
      .editedAt = row.findInstant(6),
      .resolvedAt = row.findInstant(7),
      .resolvedBy = {}};
  if (const auto by = row.findText(8)) {
    TRY(comment.resolvedBy, AccountId::parse(*by));
  }
  return comment;
}

Result<> checkText(std::string_view text) {
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return fail(Code::InvalidInput, "a comment needs some text");
  if (text.size() > CommentStore::kLongest)
    return fail(Code::InvalidInput, "the comment has {} bytes; {} at most are taken", text.size(), CommentStore::kLongest);
  return {};
}

}  // namespace

Task<Result<std::vector<Comment>>> CommentStore::list(DocumentId document) {
  CO_TRY(const auto rows,
      co_await database_.query(
          fmt::format("SELECT {} FROM document_comments WHERE document_id = ? ORDER BY made_at, id", kColumns), {document.text()}));
  std::vector<Comment> comments;
  for (const auto& row : rows) {
    CO_TRY(comments.emplace_back(), commentOf(row));
  }
  co_return comments;
}

Task<Result<std::int64_t>> CommentStore::count(DocumentId document) {
  CO_TRY(const auto rows, co_await database_.query("SELECT COUNT(*) FROM document_comments WHERE document_id = ?", {document.text()}));
  co_return rows.front().number(0);
}

Task<Result<Comment>> CommentStore::find(DocumentId document, CommentId comment) {
  CO_TRY(
      const auto rows, co_await database_.query(fmt::format("SELECT {} FROM document_comments WHERE document_id = ? AND id = ?", kColumns),
                           {document.text(), comment.text()}));
  if (rows.empty()) co_return fail(Code::NotFound, "there is no comment {} on this notebook (any more)", comment.text());
  co_return commentOf(rows.front());
}

Task<Result<Comment>> CommentStore::add(DocumentId document, AccountId by, CommentWish wish) {
  CO_TRY(checkText(wish.text));
  Comment comment{.id = CommentId::make(),
      .thread = {},
      .cell = std::move(wish.cell),
      .account = std::move(by),
      .text = std::move(wish.text),
      .madeAt = clock_.now(),
      .editedAt = {},
      .resolvedAt = {},
      .resolvedBy = {}};
  comment.thread = wish.thread.value_or(comment.id);
  if (wish.thread) {
    CO_TRY(auto first, co_await find(document, *wish.thread));
    if (first.thread != first.id)
      co_return fail(Code::InvalidInput, "{} is an answer; answer in its thread, {}", first.id.text(), first.thread.text());
    comment.cell = std::move(first.cell);
  }
  if (comment.cell.empty() || comment.cell.size() > kLongestCellId)
    co_return fail(Code::InvalidInput, "'cell' must be the id of the cell that the comment is on");
  CO_TRY(co_await database_.transaction([=](store::Transaction& on) -> Result<> {
    TRY(const auto counted, on.query("SELECT COUNT(*) FROM document_comments WHERE document_id = ?", {document.text()}));
    if (counted.front().number(0) >= static_cast<std::int64_t>(kMost))
      return fail(Code::OverLimit, "this notebook has {} comments; delete some", kMost);
    TRY(on.change("UPDATE document_comments SET resolved_at = NULL, resolved_by = NULL WHERE document_id = ? AND id = ?",
        {document.text(), comment.thread.text()}));
    TRY(on.change("INSERT INTO document_comments (id, document_id, thread, cell, account_id, text, made_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        {comment.id.text(), document.text(), comment.thread.text(), comment.cell, comment.account.text(), comment.text, comment.madeAt}));
    return {};
  }));
  co_return comment;
}

Task<Result<Comment>> CommentStore::change(Comment before, AccountId by, CommentChange change) {
  auto after = std::move(before);
  if (change.text) {
    CO_TRY(checkText(*change.text));
    after.text = *std::move(change.text);
    after.editedAt = clock_.now();
  }
  if (change.resolved) {
    if (after.thread != after.id)
      co_return fail(Code::InvalidInput, "'resolved' is of a whole thread: change its first comment, {}", after.thread.text());
    after.resolvedAt = *change.resolved ? std::optional(clock_.now()) : std::nullopt;
    after.resolvedBy = *change.resolved ? std::optional(by) : std::nullopt;
  }
  const auto resolvedBy = after.resolvedBy ? std::optional(after.resolvedBy->text()) : std::nullopt;
  CO_TRY(co_await database_.change("UPDATE document_comments SET text = ?, edited_at = ?, resolved_at = ?, resolved_by = ? WHERE id = ?",
      {after.text, after.editedAt, after.resolvedAt, resolvedBy, after.id.text()}));
  co_return after;
}

Task<Result<>> CommentStore::remove(Comment comment) {
  CO_TRY(co_await database_.change("DELETE FROM document_comments WHERE id = ? OR thread = ?", {comment.id.text(), comment.id.text()}));
  co_return Result<>{};
}

}  // namespace allmende::documents
