#include "server/documents/sharing.h"

#include <algorithm>
#include <array>

#include "lib/base/json.h"

namespace allmende::documents {
namespace {

constexpr std::array<std::string_view, 4> kRoles{"viewer", "commenter", "editor", "owner"};
constexpr std::array<std::string_view, 4> kWhoms{"account", "everyone", "link", "group"};
constexpr std::string_view kShareColumns =
    "s.id, s.whom, s.account_id, s.role, s.expires_at, s.made_by, s.made_at, s.group_id, s.in_runtime";

Result<Role> parseRole(std::string_view name) {
  const auto found = std::ranges::find(kRoles, name);
  if (found == kRoles.end()) return fail(Code::InvalidInput, "'{}' is no role; there are viewer, commenter and editor", name.substr(0, 64));
  return static_cast<Role>(found - kRoles.begin());
}

Result<Share> shareOf(const store::Row& row, std::size_t first) {
  TRY(auto id, ShareId::parse(row.text(first)));
  TRY(const auto whom, parseWhom(row.text(first + 1)));
  TRY(const auto role, parseRole(row.text(first + 3)));
  TRY(auto madeBy, AccountId::parse(row.text(first + 5)));
  Share share{.id = std::move(id),
      .whom = whom,
      .account = {},
      .group = {},
      .role = role,
      .inRuntime = row.flag(first + 8),
      .expiresAt = row.findInstant(first + 4),
      .madeBy = std::move(madeBy),
      .madeAt = row.instant(first + 6)};
  if (const auto account = row.findText(first + 2)) {
    TRY(share.account, AccountId::parse(*account));
  }
  if (const auto group = row.findText(first + 7)) {
    TRY(share.group, GroupId::parse(*group));
  }
  return share;
}

bool holdsFor(const Share& share, const Person& who, Instant now) {
  if (share.expiresAt && *share.expiresAt <= now) return false;
  switch (share.whom) {
    case Whom::Account: return who.account && share.account == who.account;
    case Whom::Group: return share.group && std::ranges::find(who.groups, *share.group) != who.groups.end();
    case Whom::Everyone: return who.account.has_value();
    case Whom::Link: break;
  }
  return true;
}

json::object detailOf(const ShareWish& wish) {
  json::object detail{{"whom", nameOf(wish.whom)}, {"role", nameOf(wish.role)}};
  if (wish.lasts) detail["lasts_s"] = wish.lasts->count();
  if (wish.inRuntime) detail["in_runtime"] = true;
  return detail;
}

std::vector<std::string> subjectsOf(
    const AccountId& by, const DocumentId& document, const std::optional<AccountId>& whose, const std::optional<GroupId>& group = {}) {
  std::vector<std::string> subjects{by.text(), document.text()};
  if (whose) subjects.push_back(whose->text());
  if (group) subjects.push_back(group->text());
  return subjects;
}

}  // namespace

std::string_view nameOf(Role role) { return kRoles.at(static_cast<std::size_t>(role)); }
std::string_view nameOf(Whom whom) { return kWhoms.at(static_cast<std::size_t>(whom)); }

Result<Role> parseSharedRole(std::string_view name) {
  TRY(const auto role, parseRole(name));
  if (role == Role::Owner) return fail(Code::InvalidInput, "a notebook has one owner; it is given away as a whole");
  return role;
}

Result<Whom> parseWhom(std::string_view name) {
  const auto found = std::ranges::find(kWhoms, name);
  if (found == kWhoms.end())
    return fail(Code::InvalidInput, "'{}' is nobody to share with; there are account, group, everyone and link", name.substr(0, 64));
  return static_cast<Whom>(found - kWhoms.begin());
}

std::optional<Role> roleOf(const Record& record, const std::vector<Share>& shares, const Person& who, Instant now) {
  if (who.account == record.account) return Role::Owner;
  std::optional<Role> best;
  for (const auto& share : shares) {
    if (!holdsFor(share, who, now)) continue;
    best = std::max(best.value_or(Role::Viewer), who.account ? share.role : Role::Viewer);
  }
  return best;
}

bool mayUseRuntime(const Record& record, const std::vector<Share>& shares, const Person& who, Instant now) {
  if (who.account == record.account) return true;
  return who.account && std::ranges::any_of(shares, [&](const Share& share) { return share.inRuntime && holdsFor(share, who, now); });
}

// ---- what was given ----

Task<Result<std::vector<Share>>> ShareStore::list(DocumentId document) {
  CO_TRY(
      const auto rows, co_await database_.query(
                           fmt::format("SELECT {} FROM document_shares s WHERE s.document_id = ? ORDER BY s.made_at, s.id", kShareColumns),
                           {document.text()}));
  std::vector<Share> shares;
  for (const auto& row : rows) {
    CO_TRY(shares.emplace_back(), shareOf(row, 0));
  }
  co_return shares;
}

Task<Result<Share>> ShareStore::put(DocumentId document, AccountId by, ShareWish wish) {
  Share share{.id = ShareId::make(),
      .whom = wish.whom,
      .account = wish.account,
      .group = wish.group,
      .role = wish.role,
      .inRuntime = wish.inRuntime,
      .expiresAt = wish.lasts ? std::optional(clock_.now() + *wish.lasts) : std::nullopt,
      .madeBy = by,
      .madeAt = clock_.now()};
  const auto event = journal_.make(journal::kDocumentShared, subjectsOf(by, document, wish.account, wish.group), detailOf(wish));
  const auto account = wish.account ? std::optional(wish.account->text()) : std::nullopt;
  const auto group = wish.group ? std::optional(wish.group->text()) : std::nullopt;
  CO_TRY(co_await database_.transaction([=](store::Transaction& on) -> Result<> {
    TRY(on.change("DELETE FROM document_shares WHERE document_id = ? AND whom = ? AND COALESCE(account_id, group_id, '') = ?",
        {document.text(), nameOf(share.whom), account ? *account : group.value_or("")}));
    TRY(const auto counted, on.query("SELECT COUNT(*) FROM document_shares WHERE document_id = ?", {document.text()}));
    if (counted.front().number(0) >= static_cast<std::int64_t>(kMostShares))
      return fail(Code::OverLimit, "a notebook can be shared with {} at most; share it with everyone here instead", kMostShares);
    TRY(on.change(
        "INSERT INTO document_shares (id, document_id, whom, account_id, group_id, role, in_runtime, expires_at, made_by, made_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        {share.id.text(), document.text(), nameOf(share.whom), account, group, nameOf(share.role), share.inRuntime, share.expiresAt,
            share.madeBy.text(), share.madeAt}));
    if (account) {
      TRY(on.change("DELETE FROM document_access_requests WHERE document_id = ? AND account_id = ?", {document.text(), *account}));
    }
    return journal::Journal::write(on, event);
  }));
  co_return share;
}

Task<Result<std::vector<DocumentId>>> ShareStore::listGivenTo(GroupId group) {
  CO_TRY(const auto rows, co_await database_.query("SELECT document_id FROM document_shares WHERE group_id = ?", {group.text()}));
  std::vector<DocumentId> documents;
  for (const auto& row : rows) {
    CO_TRY(documents.emplace_back(), DocumentId::parse(row.text(0)));
  }
  co_return documents;
}

Task<Result<std::vector<DocumentId>>> ShareStore::forget(GroupId gone) {
  CO_TRY(auto documents, co_await listGivenTo(gone));
  CO_TRY(co_await database_.change("DELETE FROM document_shares WHERE group_id = ?", {gone.text()}));
  co_return documents;
}

Task<Result<>> ShareStore::forgetAccount(AccountId who) {
  co_return co_await database_.transaction([who](store::Transaction& on) -> Result<> {
    for (const auto* table : {"document_shares", "document_visits", "document_access_requests"}) {
      TRY(on.change(fmt::format("DELETE FROM {} WHERE account_id = ?", table), {who.text()}));
    }
    return {};
  });
}

Task<Result<>> ShareStore::remove(DocumentId document, AccountId by, ShareId share) {
  const auto event = journal_.make(journal::kDocumentUnshared, subjectsOf(by, document, std::nullopt), {{"share", share.text()}});
  co_return co_await database_.transaction([=](store::Transaction& on) -> Result<> {
    TRY(const auto gone, on.change("DELETE FROM document_shares WHERE document_id = ? AND id = ?", {document.text(), share.text()}));
    if (gone == 0) return fail(Code::NotFound, "there is no share {} of this notebook (any more)", share.text());
    return journal::Journal::write(on, event);
  });
}

// ---- what others have ----

Task<Result<>> ShareStore::noteVisit(DocumentId document, AccountId who) {
  CO_TRY(
      co_await database_.change("INSERT INTO document_visits (document_id, account_id, visited_at) VALUES (?, ?, ?) "
                                "ON CONFLICT (document_id, account_id) DO UPDATE SET visited_at = excluded.visited_at",
          {document.text(), who.text(), clock_.now()}));
  co_return Result<>{};
}

Task<Result<std::vector<SharedDocument>>> ShareStore::listFor(AccountId who, std::vector<GroupId> groups) {
  store::Values values{who.text(), who.text(), who.text()};
  for (const auto& group : groups) values.emplace_back(group.text());
  const auto text = fmt::format(
      "SELECT d.id, d.account_id, d.path, v.visited_at, {} FROM documents d JOIN document_shares s ON s.document_id = d.id "
      "LEFT JOIN document_visits v ON v.document_id = d.id AND v.account_id = ? "
      "WHERE d.account_id <> ? AND d.path NOT LIKE '.trash/%' AND (s.account_id = ? OR s.group_id IN ({}) "
      "OR s.whom = 'everyone' OR (s.whom = 'link' AND v.visited_at IS NOT NULL)) "
      "ORDER BY COALESCE(v.visited_at, s.made_at) DESC, d.id LIMIT 1000",
      kShareColumns, store::placesFor(groups.size()));
  CO_TRY(const auto rows, co_await database_.query(text, std::move(values)));
  const Person person{.account = who, .groups = std::move(groups)};
  std::vector<SharedDocument> found;
  for (const auto& row : rows) {
    CO_TRY(auto id, DocumentId::parse(row.text(0)));
    CO_TRY(auto owner, AccountId::parse(row.text(1)));
    CO_TRY(const auto share, shareOf(row, 4));
    const auto role = roleOf(
        Record{.id = {}, .account = owner, .path = {}, .session = {}, .fileHash = {}, .writingHash = {}}, {share}, person, clock_.now());
    if (!role) continue;
    const auto known = std::ranges::find(found, id, &SharedDocument::id);
    const auto own = share.account ? std::optional(share.id) : std::nullopt;
    if (known != found.end()) {
      known->role = std::max(known->role, *role);
      if (own) known->share = own;
    } else {
      found.push_back({.id = std::move(id),
          .share = own,
          .owner = std::move(owner),
          .path = row.text(2),
          .role = *role,
          .visitedAt = row.findInstant(3)});
    }
  }
  co_return found;
}

// ---- asking for it ----

Task<Result<std::vector<AccessRequest>>> ShareStore::listRequests(DocumentId document) {
  CO_TRY(const auto rows,
      co_await database_.query(
          "SELECT account_id, role, message, made_at FROM document_access_requests WHERE document_id = ? ORDER BY made_at, account_id",
          {document.text()}));
  std::vector<AccessRequest> requests;
  for (const auto& row : rows) {
    CO_TRY(auto account, AccountId::parse(row.text(0)));
    CO_TRY(const auto role, parseRole(row.text(1)));
    requests.push_back({.account = std::move(account), .role = role, .message = row.text(2), .madeAt = row.instant(3)});
  }
  co_return requests;
}

Task<Result<>> ShareStore::request(DocumentId document, AccessRequest wish) {
  if (wish.message.size() > kLongestMessage)
    co_return fail(Code::InvalidInput, "the message has {} bytes; {} at most are taken", wish.message.size(), kLongestMessage);
  const auto event =
      journal_.make(journal::kAccessRequested, subjectsOf(wish.account, document, std::nullopt), {{"role", nameOf(wish.role)}});
  const auto now = clock_.now();
  co_return co_await database_.transaction([=](store::Transaction& on) -> Result<> {
    TRY(on.change("DELETE FROM document_access_requests WHERE document_id = ? AND account_id = ?", {document.text(), wish.account.text()}));
    TRY(const auto counted, on.query("SELECT COUNT(*) FROM document_access_requests WHERE document_id = ?", {document.text()}));
    if (counted.front().number(0) >= static_cast<std::int64_t>(kMostRequests))
      return fail(Code::OverLimit, "{} people have asked for this notebook already; ask its owner yourself", kMostRequests);
    TRY(on.change("INSERT INTO document_access_requests (document_id, account_id, role, message, made_at) VALUES (?, ?, ?, ?, ?)",
        {document.text(), wish.account.text(), nameOf(wish.role), wish.message, now}));
    return journal::Journal::write(on, event);
  });
}

Task<Result<>> ShareStore::removeRequest(DocumentId document, AccountId who) {
  CO_TRY(const auto gone, co_await database_.change("DELETE FROM document_access_requests WHERE document_id = ? AND account_id = ?",
                              {document.text(), who.text()}));
  if (gone == 0) co_return fail(Code::NotFound, "{} does not ask for this notebook (any more)", who.text());
  co_return Result<>{};
}

// ---- giving it away ----

Task<Result<>> ShareStore::transfer(Record record, AccountId to, std::string path) {
  const auto share = ShareId::make();
  const auto now = clock_.now();
  const auto event = journal_.make(journal::kDocumentTransferred, subjectsOf(record.account, record.id, to));
  co_return co_await database_.transaction([=](store::Transaction& on) -> Result<> {
    TRY(on.change("UPDATE documents SET account_id = ?, path = ? WHERE id = ?", {to.text(), path, record.id.text()}));
    TRY(on.change("DELETE FROM document_shares WHERE document_id = ? AND account_id IN (?, ?)",
        {record.id.text(), to.text(), record.account.text()}));
    TRY(on.change("DELETE FROM document_access_requests WHERE document_id = ? AND account_id = ?", {record.id.text(), to.text()}));
    TRY(
        on.change("INSERT INTO document_shares (id, document_id, whom, account_id, role, expires_at, made_by, made_at) "
                  "VALUES (?, ?, 'account', ?, 'editor', NULL, ?, ?)",
            {share.text(), record.id.text(), record.account.text(), to.text(), now}));
    return journal::Journal::write(on, event);
  });
}

}  // namespace allmende::documents
