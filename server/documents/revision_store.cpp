#include "server/documents/revision_store.h"

#include <zlib.h>

#include "lib/base/base64.h"

namespace allmende::documents {
namespace {

constexpr std::size_t kAtOnce = 200;  // parts in one query

std::string packed(const std::string& text) {
  auto size = ::compressBound(text.size());
  std::string bytes(size, '\0');
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): zlib speaks in unsigned bytes
  check(::compress2(reinterpret_cast<Bytef*>(bytes.data()), &size, reinterpret_cast<const Bytef*>(text.data()), text.size(), 6) == Z_OK,
      "there is memory for packing");
  bytes.resize(size);
  return bytes;
}

Result<std::string> unpacked(const std::string& bytes, std::int64_t size) {
  std::string text(static_cast<std::size_t>(size), '\0');
  auto got = static_cast<uLongf>(size);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): as above
  const auto code = ::uncompress(reinterpret_cast<Bytef*>(text.data()), &got, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  if (code != Z_OK || got != text.size()) return fail(Code::Internal, "a part of a revision is damaged in the database");
  return text;
}

}  // namespace

Task<Result<std::vector<Revision>>> RevisionStore::list(DocumentId document) {
  CO_TRY(const auto rows,
      co_await database_.query("SELECT id, made_at, authors, name, reason, changes, content FROM document_revisions WHERE document_id = ? "
                               "ORDER BY made_at, id",
          {document.text()}));
  std::vector<Revision> revisions;
  for (const auto& row : rows) {
    CO_TRY(const auto changes, parseJsonObject(row.text(5)));
    revisions.push_back({.id = row.text(0),
        .madeAt = row.instant(1),
        .authors = row.text(2),
        .name = row.text(3),
        .reason = row.text(4),
        .changes = cellChangesOf(changes),
        .content = row.text(6)});
  }
  co_return revisions;
}

Task<Result<std::set<std::string>>> RevisionStore::partsOf(DocumentId document) {
  CO_TRY(const auto rows, co_await database_.query("SELECT hash FROM document_parts WHERE document_id = ?", {document.text()}));
  std::set<std::string> hashes;
  for (const auto& row : rows) hashes.insert(row.text(0));
  co_return hashes;
}

Task<Result<>> RevisionStore::add(DocumentId document, Revision revision, std::map<std::string, std::string> parts) {
  co_return co_await database_.transaction([document, revision, parts = std::move(parts)](store::Transaction& on) -> Result<> {
    TRY(const auto there, on.query("SELECT id FROM documents WHERE id = ?", {document.text()}));
    if (there.empty()) return fail(Code::NotFound, "the document {} is not there any more", document.text());
    for (const auto& [hash, text] : parts) {
      TRY(on.change(
          "INSERT INTO document_parts (document_id, hash, size, bytes) VALUES (?, ?, ?, ?) ON CONFLICT (document_id, hash) DO NOTHING",
          {document.text(), hash, text.size(), toBase64(packed(text))}));
    }
    TRY(
        on.change("INSERT INTO document_revisions (id, document_id, made_at, authors, name, reason, changes, content) "
                  "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            {revision.id, document.text(), revision.madeAt, revision.authors, revision.name, revision.reason,
                json::serialize(toJsonObject(revision.changes)), revision.content}));
    return {};
  });
}

Task<Result<std::map<std::string, std::string>>> RevisionStore::readParts(DocumentId document, std::vector<std::string> hashes) {
  std::map<std::string, std::string> texts;
  for (std::size_t from = 0; from < hashes.size(); from += kAtOnce) {
    const auto count = std::min(kAtOnce, hashes.size() - from);
    store::Values values{document.text()};
    for (std::size_t at = from; at < from + count; ++at) values.push_back(hashes[at]);
    CO_TRY(const auto rows,
        co_await database_.query(
            fmt::format("SELECT hash, size, bytes FROM document_parts WHERE document_id = ? AND hash IN ({})", store::placesFor(count)),
            values));
    for (const auto& row : rows) {
      const auto bytes = fromBase64(row.text(2));
      if (!bytes) co_return fail(Code::Internal, "the part {} of {} is damaged in the database", row.text(0), document.text());
      CO_TRY(texts[row.text(0)], unpacked(*bytes, row.number(1)));
    }
  }
  co_return texts;
}

Task<Result<>> RevisionStore::remove(DocumentId document, std::vector<std::string> revisions, std::vector<std::string> parts) {
  co_return co_await database_.transaction(
      [document, revisions = std::move(revisions), parts = std::move(parts)](store::Transaction& on) -> Result<> {
        for (const auto& id : revisions) {
          TRY(on.change("DELETE FROM document_revisions WHERE document_id = ? AND id = ?", {document.text(), id}));
        }
        for (const auto& hash : parts) {
          TRY(on.change("DELETE FROM document_parts WHERE document_id = ? AND hash = ?", {document.text(), hash}));
        }
        return {};
      });
}

}  // namespace allmende::documents
