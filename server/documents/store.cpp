#include "server/documents/store.h"

#include "lib/base/base64.h"

namespace allmende::documents {
namespace {

constexpr std::string_view kColumns = "id, account_id, path, session, file_hash, saved_through, writing_hash, writing_through";

Result<Record> recordOf(const store::Row& row) {
  TRY(auto id, DocumentId::parse(row.text(0)));
  TRY(auto account, AccountId::parse(row.text(1)));
  return Record{.id = std::move(id),
      .account = std::move(account),
      .path = row.text(2),
      .session = row.text(3),
      .fileHash = row.text(4),
      .savedThrough = row.number(5),
      .writingHash = row.findText(6),
      .writingThrough = row.number(7)};
}

Result<std::optional<Record>> firstOf(const store::Rows& rows) {
  if (rows.empty()) return std::nullopt;
  TRY(auto record, recordOf(rows.front()));
  return record;
}

Result<> insertUpdate(store::Transaction& on, const LogEntry& entry) {
  TRY(on.change("INSERT INTO document_updates (document_id, number, bytes) SELECT id, CAST(? AS BIGINT), ? FROM documents WHERE id = ?",
      {entry.number, toBase64(entry.update), entry.document.text()}));
  return {};
}

// Of a path and all below it, for `account_id = ? AND (path = ? OR substr(path, 1, length(?)) = ?)`.
constexpr std::string_view kAtOrBelow = "account_id = ? AND (path = ? OR substr(path, 1, length(?)) = ?)";
store::Values atOrBelow(const AccountId& of, const std::string& path) { return {of.text(), path, path + "/", path + "/"}; }

// Those of `which`, a condition on documents.
Result<> removeThose(store::Transaction& on, std::string_view which, const store::Values& values) {
  for (const auto* table : {"document_updates", "document_runs", "document_cursors", "document_revisions", "document_parts",
           "document_rests", "document_shares", "document_visits", "document_access_requests", "document_last_runs", "document_comments"}) {
    TRY(on.change(fmt::format("DELETE FROM {} WHERE document_id IN (SELECT id FROM documents WHERE {})", table, which), values));
  }
  TRY(on.change(fmt::format("DELETE FROM documents WHERE {}", which), values));
  return {};
}

Result<> removeAt(store::Transaction& on, const AccountId& of, const std::string& path) {
  return removeThose(on, kAtOrBelow, atOrBelow(of, path));
}

constexpr std::string_view kTrash = ".trash/";  // no file of a drive can be there
std::string trashPathOf(const contents::TrashId& id) { return fmt::format("{}{}", kTrash, id.text()); }

}  // namespace

bool isInTrash(const Record& record) { return record.path.starts_with(kTrash); }

std::string sessionPathOf(const Record& record, const AccountId& account) {
  return account == record.account ? record.path : fmt::format(".shared/{}.ipynb", record.id.text());
}

Task<Result<std::optional<Record>>> DocumentStore::find(DocumentId id) {
  CO_TRY(auto rows, co_await database_.query(fmt::format("SELECT {} FROM documents WHERE id = ?", kColumns), {id.text()}));
  co_return firstOf(rows);
}

Task<Result<std::optional<Record>>> DocumentStore::findByPath(AccountId of, std::string path) {
  CO_TRY(auto rows,
      co_await database_.query(fmt::format("SELECT {} FROM documents WHERE account_id = ? AND path = ?", kColumns), {of.text(), path}));
  co_return firstOf(rows);
}

Task<Result<std::vector<Record>>> DocumentStore::unsaved() {
  CO_TRY(auto rows, co_await database_.query(
                        fmt::format("SELECT {} FROM documents WHERE path NOT LIKE '.trash/%' AND EXISTS (SELECT 1 FROM document_updates "
                                    "WHERE document_id = id AND number > saved_through)",
                            kColumns)));
  std::vector<Record> records;
  for (const auto& row : rows) {
    CO_TRY(records.emplace_back(), recordOf(row));
  }
  co_return records;
}

Task<Result<>> DocumentStore::add(Record record, std::string first) {
  co_return co_await database_.transaction([record, first, now = clock_.now()](store::Transaction& on) -> Result<> {
    TRY(
        on.change("INSERT INTO documents (id, account_id, path, session, file_hash, saved_through, writing_hash, writing_through, used_at) "
                  "VALUES (?, ?, ?, ?, ?, 1, NULL, 0, ?)",
            {record.id.text(), record.account.text(), record.path, record.session, record.fileHash, now}));
    return insertUpdate(on, {record.id, 1, first, {}});
  });
}

Task<Result<std::vector<LogEntry>>> DocumentStore::readLog(DocumentId id) {
  CO_TRY(const auto rows,
      co_await database_.query("SELECT number, bytes FROM document_updates WHERE document_id = ? ORDER BY number", {id.text()}));
  std::vector<LogEntry> log;
  for (const auto& row : rows) {
    auto update = fromBase64(row.text(1));
    if (!update) co_return fail(Code::Internal, "update {} of {} is damaged in the database", row.number(0), id.text());
    log.push_back({id, row.number(0), *std::move(update), {}});
  }
  co_return log;
}

Task<Result<>> DocumentStore::append(std::vector<LogEntry> entries) {
  co_return co_await database_.transaction([entries = std::move(entries), now = clock_.now()](store::Transaction& on) -> Result<> {
    for (const auto& entry : entries) {
      if (!entry.update.empty()) {
        TRY(insertUpdate(on, entry));
      }
      if (entry.progress) {
        TRY(storeProgress(on, entry.document, *entry.progress, now));
      }
    }
    return {};
  });
}

Task<Result<>> DocumentStore::beginSaving(Saving saving) {
  CO_TRY(co_await database_.change("UPDATE documents SET writing_hash = ?, writing_through = ?, used_at = ? WHERE id = ?",
      {saving.hash, saving.through, clock_.now(), saving.document.text()}));
  co_return Result<>{};
}

Task<Result<>> DocumentStore::endSaving(Saving saving, std::optional<std::string> snapshot) {
  co_return co_await database_.transaction(
      [saving = std::move(saving), snapshot = std::move(snapshot)](store::Transaction& on) -> Result<> {
        TRY(on.change("UPDATE documents SET file_hash = ?, saved_through = ?, writing_hash = NULL, writing_through = 0 WHERE id = ?",
            {saving.hash, saving.through, saving.document.text()}));
        if (!snapshot) return {};
        TRY(on.change("DELETE FROM document_updates WHERE document_id = ? AND number <= ?", {saving.document.text(), saving.through}));
        return insertUpdate(on, {saving.document, saving.through, *snapshot, {}});
      });
}

Task<Result<>> DocumentStore::move(AccountId of, std::string from, std::string to) {
  co_return co_await database_.transaction([of, from, to](store::Transaction& on) -> Result<> {
    TRY(removeAt(on, of, to));  // of a file that was there before
    store::Values values{to, from};
    for (auto& value : atOrBelow(of, from)) values.push_back(std::move(value));
    TRY(on.change(fmt::format("UPDATE documents SET path = ? || substr(path, length(?) + 1) WHERE {}", kAtOrBelow), values));
    return {};
  });
}

Task<Result<>> DocumentStore::trash(AccountId of, std::string path, contents::TrashId into) {
  CO_TRY(co_await database_.transaction([of, path](store::Transaction& on) -> Result<> {
    TRY(on.change(fmt::format("DELETE FROM document_runs WHERE document_id IN (SELECT id FROM documents WHERE {})", kAtOrBelow),
        atOrBelow(of, path)));
    return {};
  }));
  co_return co_await move(of, std::move(path), trashPathOf(into));
}

Task<Result<>> DocumentStore::restore(AccountId of, contents::TrashId from, std::string path) {
  co_return co_await move(std::move(of), trashPathOf(from), std::move(path));
}

Task<Result<std::set<DocumentStore::Trashed>>> DocumentStore::listTrashed(std::optional<AccountId> of) {
  CO_TRY(const auto rows,
      co_await database_.query("SELECT account_id, path FROM documents WHERE path LIKE '.trash/%' AND account_id = COALESCE(?, account_id)",
          {of ? std::optional(of->text()) : std::nullopt}));
  std::set<Trashed> found;
  for (const auto& row : rows) {
    CO_TRY(auto account, AccountId::parse(row.text(0)));
    const auto rest = std::string_view(row.text(1)).substr(kTrash.size());
    CO_TRY(auto id, contents::TrashId::parse(rest.substr(0, rest.find('/'))));
    found.insert({std::move(account), std::move(id)});
  }
  co_return found;
}

Task<Result<>> DocumentStore::forgetAccount(AccountId of) {
  co_return co_await database_.transaction([of](store::Transaction& on) { return removeThose(on, "account_id = ?", {of.text()}); });
}

Task<Result<>> DocumentStore::purge(Trashed gone) {
  co_return co_await database_.transaction(
      [gone = std::move(gone)](store::Transaction& on) { return removeAt(on, gone.account, trashPathOf(gone.id)); });
}

}  // namespace allmende::documents
