#include "server/documents/run_store.h"

#include <array>

#include "lib/base/base64.h"

namespace allmende::documents {
namespace {

constexpr std::array<std::string_view, 3> kStates{"queued", "sent", "started"};

std::string_view nameOf(Run::State state) { return kStates.at(static_cast<std::size_t>(state)); }

Result<Run> runOf(const store::Row& row) {
  TRY(auto document, DocumentId::parse(row.text(1)));
  TRY(auto account, AccountId::parse(row.text(5)));
  TRY(auto askedBy, AccountId::parse(row.text(9)));
  const auto state = std::ranges::find(kStates, row.text(7));
  if (state == kStates.end()) return fail(Code::Internal, "the run {} has the unknown state '{}'", row.text(0), row.text(7));
  return Run{.id = row.text(0),
      .document = std::move(document),
      .place = row.number(2),
      .cell = row.text(3),
      .source = row.text(4),
      .account = std::move(account),
      .askedBy = std::move(askedBy),
      .name = row.text(6),
      .state = static_cast<Run::State>(state - kStates.begin()),
      .changedAt = row.instant(8)};
}

Result<> setState(store::Transaction& on, const std::string& run, Run::State state, Instant now) {
  TRY(on.change("UPDATE document_runs SET state = ?, changed_at = ? WHERE id = ?", {nameOf(state), now, run}));
  return {};
}

Result<> storeRest(store::Transaction& on, const DocumentId& document, const Rest& rest) {
  if (rest.beginsAnew) {
    TRY(on.change("DELETE FROM document_rests WHERE document_id = ? AND run = ?", {document.text(), rest.run}));
  }
  if (rest.text.empty()) return {};
  TRY(const auto rows,
      on.query("SELECT COALESCE(MAX(number), 0) FROM document_rests WHERE document_id = ? AND run = ?", {document.text(), rest.run}));
  TRY(on.change("INSERT INTO document_rests (document_id, run, number, cell, size, bytes) VALUES (?, ?, ?, ?, ?, ?)",
      {document.text(), rest.run, rows.front().number(0) + 1, rest.cell, rest.text.size(), toBase64(rest.text)}));
  return {};
}

}  // namespace

json::object noticeOf(const LastRun& run) {
  return {{"cell", run.cell}, {"account", run.account.text()}, {"by", run.name}, {"runtime_of", run.runtimeOf.text()},
      {"started_at", formatUtc(run.startedAt)}, {"ended_at", formatUtc(run.endedAt)}, {"status", run.failed ? "error" : "ok"}};
}

Result<> storeProgress(store::Transaction& on, const DocumentId& document, const Progress& progress, Instant now) {
  if (!progress.message.empty()) {
    TRY(on.change("UPDATE document_cursors SET last_message = ? WHERE document_id = ? AND account_id = ?",
        {progress.message, document.text(), progress.account.text()}));
  }
  if (!progress.startedRun.empty()) {
    TRY(setState(on, progress.startedRun, Run::State::Started, now));
    TRY(on.change("DELETE FROM document_rests WHERE document_id = ? AND cell = (SELECT cell FROM document_runs WHERE id = ?)",
        {document.text(), progress.startedRun}));  // of earlier runs of the cell
  }
  if (!progress.endedRun.empty()) {
    TRY(on.change(
        "INSERT INTO document_last_runs (document_id, cell, account_id, account_name, runtime_of, started_at, ended_at, failed) "
        "SELECT document_id, cell, asked_by, account_name, account_id, changed_at, CAST(? AS BIGINT), CAST(? AS BIGINT) FROM document_runs "
        "WHERE id = ? "
        "ON CONFLICT (document_id, cell) DO UPDATE SET account_id = excluded.account_id, account_name = excluded.account_name, "
        "runtime_of = excluded.runtime_of, started_at = excluded.started_at, ended_at = excluded.ended_at, failed = excluded.failed",
        {now, progress.failed, progress.endedRun}));
    TRY(on.change("DELETE FROM document_runs WHERE id = ?", {progress.endedRun}));
  }
  if (progress.rest) {
    TRY(storeRest(on, document, *progress.rest));
  }
  return {};
}

Task<Result<>> RunStore::add(std::vector<Run> runs) {
  co_return co_await database_.transaction([runs = std::move(runs)](store::Transaction& on) -> Result<> {
    for (const auto& run : runs) {
      TRY(on.change(
          "INSERT INTO document_runs (id, document_id, place, cell, source, account_id, asked_by, account_name, state, changed_at) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
          {run.id, run.document.text(), run.place, run.cell, run.source, run.account.text(), run.askedBy.text(), run.name,
              nameOf(run.state), run.changedAt}));
    }
    return {};
  });
}

Task<Result<>> RunStore::markSent(std::string run) {
  co_return co_await database_.transaction(
      [run = std::move(run), now = clock_.now()](store::Transaction& on) { return setState(on, run, Run::State::Sent, now); });
}

Task<Result<>> RunStore::remove(std::vector<std::string> runs) {
  co_return co_await database_.transaction([runs = std::move(runs)](store::Transaction& on) -> Result<> {
    for (const auto& run : runs) {
      TRY(on.change("DELETE FROM document_runs WHERE id = ?", {run}));
    }
    return {};
  });
}

Task<Result<std::vector<Run>>> RunStore::all() {
  CO_TRY(const auto rows, co_await database_.query("SELECT id, document_id, place, cell, source, account_id, account_name, state, "
                                                   "changed_at, asked_by FROM document_runs ORDER BY document_id, place"));
  std::vector<Run> runs;
  for (const auto& row : rows) {
    CO_TRY(runs.emplace_back(), runOf(row));
  }
  co_return runs;
}

Task<Result<std::vector<LastRun>>> RunStore::listLast(DocumentId document) {
  CO_TRY(const auto rows, co_await database_.query("SELECT cell, account_id, account_name, started_at, ended_at, failed, runtime_of FROM "
                                                   "document_last_runs WHERE document_id = ? ORDER BY cell",
                              {document.text()}));
  std::vector<LastRun> runs;
  for (const auto& row : rows) {
    CO_TRY(auto account, AccountId::parse(row.text(1)));
    CO_TRY(auto runtimeOf, AccountId::parse(row.text(6)));
    runs.push_back({.cell = row.text(0),
        .account = std::move(account),
        .name = row.text(2),
        .runtimeOf = std::move(runtimeOf),
        .startedAt = row.instant(3),
        .endedAt = row.instant(4),
        .failed = row.flag(5)});
  }
  co_return runs;
}

Task<Result<std::string>> RunStore::readRest(DocumentId document, std::string run) {
  CO_TRY(const auto rows, co_await database_.query("SELECT bytes FROM document_rests WHERE document_id = ? AND run = ? ORDER BY number",
                              {document.text(), std::move(run)}));
  std::string text;
  for (const auto& row : rows) {
    const auto part = fromBase64(row.text(0));
    if (!part) co_return fail(Code::Internal, "output of {} is damaged in the database", document.text());
    text += *part;
  }
  co_return text;
}

Task<Result<std::size_t>> RunStore::sizeOfRest(DocumentId document, std::string run) {
  CO_TRY(const auto rows,
      co_await database_.query("SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM document_rests WHERE document_id = ? AND run = ?",
          {document.text(), std::move(run)}));
  co_return static_cast<std::size_t>(rows.front().number(0));
}

Task<Result<std::optional<KernelCursor>>> RunStore::findCursor(DocumentId document, AccountId account) {
  CO_TRY(const auto rows,
      co_await database_.query("SELECT kernel_id, last_message FROM document_cursors WHERE document_id = ? AND account_id = ?",
          {document.text(), account.text()}));
  if (rows.empty()) co_return std::nullopt;
  co_return KernelCursor{rows.front().text(0), rows.front().text(1)};
}

Task<Result<>> RunStore::setKernel(DocumentId document, AccountId account, std::string kernel) {
  CO_TRY(
      co_await database_.change("INSERT INTO document_cursors (document_id, account_id, kernel_id, last_message) VALUES (?, ?, ?, '') "
                                "ON CONFLICT (document_id, account_id) DO UPDATE SET kernel_id = excluded.kernel_id, last_message = ''",
          {document.text(), account.text(), kernel}));
  co_return Result<>{};
}

}  // namespace allmende::documents
