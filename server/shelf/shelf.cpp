#include "server/shelf/shelf.h"

namespace allmende::shelf {
namespace {

std::string_view nameOf(Kind kind) {
  switch (kind) {
    case Kind::Config: return "config";
    case Kind::LabSettings: return "lab_settings";
    case Kind::LabWorkspace: return "lab_workspace";
  }
  return "config";
}

Item itemOf(const store::Row& row) { return {row.text(0), row.text(1), row.instant(2), row.instant(3)}; }

}  // namespace

Task<Result<std::optional<Item>>> Shelf::find(AccountId of, Kind kind, std::string name) {
  CO_TRY(auto rows,
      co_await database_.query("SELECT name, text, created_at, changed_at FROM shelf WHERE account_id = ? AND kind = ? AND name = ?",
          {of.text(), nameOf(kind), name}));
  if (rows.empty()) co_return std::nullopt;
  co_return itemOf(rows[0]);
}

Task<Result<std::vector<Item>>> Shelf::list(AccountId of, Kind kind) {
  CO_TRY(auto rows,
      co_await database_.query("SELECT name, text, created_at, changed_at FROM shelf WHERE account_id = ? AND kind = ? ORDER BY name",
          {of.text(), nameOf(kind)}));
  std::vector<Item> items;
  for (const auto& row : rows) items.push_back(itemOf(row));
  co_return items;
}

Task<Result<>> Shelf::put(AccountId of, Kind kind, std::string name, std::string text) {
  if (name.empty() || name.size() > 200) co_return fail(Code::InvalidInput, "a name has 1 to 200 bytes, not {}", name.size());
  if (text.size() > kLargestText)
    co_return fail(Code::OverLimit, "'{}' has {} bytes; at most {} can be kept", name, text.size(), kLargestText);
  const auto now = clock_.now();
  co_return co_await database_.transaction([of, kind, name, text = std::move(text), now](store::Transaction& on) -> Result<> {
    TRY(auto changed, on.change("UPDATE shelf SET text = ?, changed_at = ? WHERE account_id = ? AND kind = ? AND name = ?",
                          {text, now, of.text(), nameOf(kind), name}));
    if (changed > 0) return {};
    TRY(auto count, on.query("SELECT COUNT(*) FROM shelf WHERE account_id = ?", {of.text()}));
    if (count[0].number(0) >= kMostTexts)
      return fail(Code::OverLimit, "{} settings and workspaces are kept already; remove some first", kMostTexts);
    TRY(on.change("INSERT INTO shelf (account_id, kind, name, text, created_at, changed_at) VALUES (?, ?, ?, ?, ?, ?)",
        {of.text(), nameOf(kind), name, text, now, now}));
    return {};
  });
}

Task<Result<>> Shelf::remove(AccountId of, Kind kind, std::string name) {
  CO_TRY(auto removed,
      co_await database_.change("DELETE FROM shelf WHERE account_id = ? AND kind = ? AND name = ?", {of.text(), nameOf(kind), name}));
  if (removed == 0) co_return fail(Code::NotFound, "'{}' is not kept here", name);
  co_return Result<>{};
}

Task<Result<>> Shelf::forgetAccount(AccountId of) {
  CO_TRY(co_await database_.change("DELETE FROM shelf WHERE account_id = ?", {of.text()}));
  co_return Result<>{};
}

}  // namespace allmende::shelf
