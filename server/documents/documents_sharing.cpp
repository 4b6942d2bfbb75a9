// Sharing: who else comes to a document, and what they take away.

#include "lib/base/log.h"
#include "server/documents/documents_impl.h"
#include "server/documents/notebook.h"

namespace allmende::documents {
namespace {

Result<std::string> withoutOutputs(const std::string& file) {
  TRY(auto notebook, notebookOfFile(file));
  for (auto& cell : notebook.at("cells").as_array()) {
    auto& fields = cell.as_object();
    if (fields.at("cell_type") != "code") continue;
    fields["outputs"] = json::array();
    fields["execution_count"] = nullptr;
  }
  return fileOfNotebook(std::move(notebook));
}

}  // namespace

Task<Result<Joined>> Documents::join(DocumentId id, Visitor by) {
  CO_TRY(auto joined, co_await look(id, by));
  if (by.account && *by.account != joined.owner) {
    CO_TRY(co_await impl_->shares.noteVisit(id, *by.account));
  }
  co_return joined;
}

Task<Result<Documents::Place>> Documents::placeOf(DocumentId id) {
  CO_TRY(auto record, co_await impl_->store.find(id));
  if (!record) co_return fail(Code::NotFound, "there is no document {}", id.text());
  co_return Place{std::move(record->account), std::move(record->path)};
}

Task<Result<Joined>> Documents::look(DocumentId id, Visitor by) {
  CO_TRY(auto access, co_await impl_->accessOf(id, by));
  auto& record = access.record;
  const bool canRun = access.role >= Role::Editor;
  auto sessionPath = canRun ? sessionPathOf(record, by.account.value()) : std::string();
  co_return Joined{.id = std::move(record.id),
      .session = std::move(record.session),
      .owner = std::move(record.account),
      .path = std::move(record.path),
      .role = access.role,
      .sessionPath = std::move(sessionPath),
      .mayUseRuntime = canRun && access.mayUseRuntime};
}

Task<> Documents::Impl::reconsider(DocumentId id) {
  const auto found = live.find(id);
  if (found == live.end()) co_return;
  const auto one = found->second;
  const auto given = co_await shares.list(id);
  if (!given) co_return log::warning("document.not_reconsidered", {{"document", id.text()}, {"error", given.error().message}});
  std::map<GroupId, std::set<AccountId>> peopleOf;
  for (const auto& share : *given) {
    if (!share.group) continue;
    const auto people = co_await groups.peopleOf(*share.group);
    if (!people) co_return log::warning("document.not_reconsidered", {{"document", id.text()}, {"error", people.error().message}});
    peopleOf[*share.group].insert(people->begin(), people->end());
  }
  const auto personOfVisitor = [&](const Visitor& visitor) {
    Person person{.account = visitor.account, .groups = {}};
    for (const auto& [group, people] : peopleOf) {
      if (visitor.account && people.contains(*visitor.account)) person.groups.push_back(group);
    }
    return person;
  };
  const auto now = clock.now();
  one->nextExpiry = nextExpiryOf(*given, now);
  std::map<AccountId, bool> dismissed;  // and whether from the owner's runtime alone
  one->room->reconsider([&](const Visitor& visitor) {
    auto role = roleOf(one->room->record(), *given, personOfVisitor(visitor), now);
    if (role) role = std::min(*role, visitor.most);
    if (!visitor.account || visitor.role < Role::Editor) return role;
    if (role.value_or(Role::Viewer) < Role::Editor) {
      dismissed[*visitor.account] = false;
    } else if (!mayUseRuntime(one->room->record(), *given, personOfVisitor(visitor), now)) {
      dismissed.emplace(*visitor.account, true);
    }
    return role;
  });
  for (const auto& [account, onlyInOwners] : dismissed) co_await one->runs->dismiss(account, onlyInOwners);
}

Task<> Documents::Impl::endExpired() {
  std::vector<DocumentId> due;
  for (const auto& [id, one] : live) {
    if (one->nextExpiry && *one->nextExpiry <= clock.now()) due.push_back(id);
  }
  for (const auto& id : due) co_await reconsider(id);
}

// ---- what is given ----

Task<Result<std::vector<Share>>> Documents::listShares(DocumentId id, Visitor by) {
  CO_TRY(const auto access, co_await impl_->accessOf(id, std::move(by)));
  if (access.granted < Role::Editor) co_return fail(Code::Denied, "with whom a notebook is shared is for its owner and editors to see");
  co_return co_await impl_->shares.list(id);
}

Task<Result<Share>> Documents::share(DocumentId id, Visitor by, ShareWish wish) {
  CO_TRY(const auto access, co_await impl_->accessOf(id, by));
  if (access.role < Role::Owner) co_return fail(Code::Denied, "only the owner of a notebook can share it");
  if (wish.group) {
    CO_TRY(co_await impl_->groups.get(by.account.value(), *wish.group));  // nobody gives to people with whom they have nothing to do
  }
  if (wish.inRuntime && (wish.role < Role::Editor || wish.whom == Whom::Link))
    co_return fail(Code::InvalidInput, "in the owner's runtime only editors run anything, and none that come by a link");
  if (wish.account == access.record.account) co_return fail(Code::InvalidInput, "the notebook is yours already");
  CO_TRY(auto made, co_await impl_->shares.put(id, by.account.value(), std::move(wish)));
  co_await impl_->reconsider(id);
  co_return made;
}

Task<Result<>> Documents::stopSharing(DocumentId id, Visitor by, ShareId share) {
  CO_TRY(const auto access, co_await impl_->accessOf(id, by));
  if (access.role < Role::Owner) {
    CO_TRY(const auto given, co_await impl_->shares.list(id));
    const auto found = std::ranges::find(given, share, &Share::id);
    if (found == given.end() || !by.account || found->account != by.account)
      co_return fail(Code::Denied, "only the owner of a notebook can take it from others");
  }
  CO_TRY(co_await impl_->shares.remove(id, by.account.value(), std::move(share)));
  co_await impl_->reconsider(id);
  co_return Result<>{};
}

Task<Result<std::vector<SharedDocument>>> Documents::listShared(AccountId who) {
  CO_TRY(auto groups, co_await impl_->groups.idsOf(who));
  co_return co_await impl_->shares.listFor(std::move(who), std::move(groups));
}

Task<> Documents::groupChanged(GroupId group, bool isGone) {
  const auto given = isGone ? co_await impl_->shares.forget(group) : co_await impl_->shares.listGivenTo(group);
  if (!given) co_return log::warning("documents.not_reconsidered", {{"group", group.text()}, {"error", given.error().message}});
  for (const auto& id : *given) co_await impl_->reconsider(id);
}

// ---- people who leave ----

Task<> Documents::shutOut(AccountId who) {
  constexpr std::string_view kWhy = "this account is closed";
  const auto code = net::closeCodeOf(Code::Unauthenticated);
  const auto all = impl_->live;  // they may be forgotten meanwhile
  for (const auto& [id, one] : all) {
    one->room->endFor(who, code, std::string(kWhy));
    co_await one->runs->dismiss(who, false);
  }
  if (const auto lobby = impl_->lobbies.find(who); lobby != impl_->lobbies.end()) {
    if (const auto room = lobby->second.lock()) room->endFor(who, code, std::string(kWhy));
  }
}

Task<Result<>> Documents::forgetAccount(AccountId who) {
  for (const auto& one : impl_->at(who, "")) co_await impl_->removeLive(one, "the notebook's owner has left, and it is deleted");
  CO_TRY(co_await impl_->store.forgetAccount(who));
  CO_TRY(co_await impl_->shares.forgetAccount(who));
  co_return co_await impl_->forgetOutputs();
}

// ---- asking for it ----

Task<Result<>> Documents::requestAccess(DocumentId id, Visitor by, Role role, std::string message) {
  if (!by.account) co_return fail(Code::Denied, "asking for a notebook needs leave to read");
  CO_TRY(const auto record, co_await impl_->store.find(id));
  if (!record) co_return fail(Code::NotFound, "there is no document {}", id.text());
  const auto access = co_await impl_->accessOf(id, by);
  if (access && access->granted >= role) co_return fail(Code::Conflict, "you are {} of this notebook already", nameOf(access->granted));
  CO_TRY(co_await impl_->shares.request(id, {.account = by.account.value(), .role = role, .message = std::move(message), .madeAt = {}}));
  if (auto* room = impl_->findRoom(id)) room->tellOwner({{"type", "access-requested"}, {"name", by.name}, {"role", nameOf(role)}});
  co_return Result<>{};
}

Task<Result<std::vector<AccessRequest>>> Documents::listAccessRequests(DocumentId id, Visitor by) {
  CO_TRY(const auto access, co_await impl_->accessOf(id, std::move(by)));
  if (access.granted < Role::Owner) co_return fail(Code::Denied, "only the owner of a notebook sees who asks for it");
  co_return co_await impl_->shares.listRequests(id);
}

Task<Result<>> Documents::refuseAccess(DocumentId id, Visitor by, AccountId who) {
  CO_TRY(const auto access, co_await impl_->accessOf(id, std::move(by)));
  if (access.role < Role::Owner) co_return fail(Code::Denied, "only the owner of a notebook can refuse it");
  co_return co_await impl_->shares.removeRequest(id, std::move(who));
}

// ---- giving and taking away ----

Task<Result<>> Documents::transfer(DocumentId id, Visitor by, AccountId to) {
  auto& impl = *impl_;
  CO_TRY(const auto entered, co_await impl.enterAs(Role::Owner, id, std::move(by)));
  const auto& room = entered.live->room;
  if (to == room->record().account) co_return fail(Code::InvalidInput, "the notebook is yours already");
  if (!entered.live->runs->isIdle()) co_return fail(Code::Conflict, "cells of this notebook run; wait until they have ended, or stop them");
  CO_TRY(co_await entered.live->keeper->settle());
  const auto held = co_await entered.live->keeper->hold();
  const auto before = room->record();
  CO_TRY(auto file, co_await impl.contents.read(before.account, before.path));
  CO_TRY(const auto placed, co_await impl.contents.add(to, fileNameOf(before.path), std::move(file.bytes)));
  if (auto done = co_await impl.shares.transfer(before, to, placed.path); !done) {
    static_cast<void>(co_await impl.contents.remove(to, placed.path));
    co_return done;
  }
  room->given(to, placed.path);
  if (auto removed = co_await impl.contents.remove(before.account, before.path); !removed)
    log::warning("document.left_behind", {{"document", id.text()}, {"path", before.path}, {"error", removed.error().message}});
  room->tell({{"type", "transferred"}});
  co_await impl.reconsider(id);
  co_return Result<>{};
}

Task<Result<contents::Model>> Documents::copy(DocumentId id, Visitor by, Outputs outputs) {
  auto& impl = *impl_;
  if (!by.account) co_return fail(Code::Denied, "a copy needs a drive of one's own, and leave to read");
  CO_TRY(const auto access, co_await impl.accessOf(id, by));
  const auto& record = access.record;
  co_await settle(record.account, record.path);
  CO_TRY(auto file, co_await impl.contents.read(record.account, record.path));
  auto bytes = std::move(file.bytes);
  if (outputs == Outputs::LeaveOut) {
    CO_TRY(bytes, co_await impl.pool.runResult([bytes = std::move(bytes)] { return withoutOutputs(bytes); }));
  }
  co_return co_await impl.contents.add(by.account.value(), fileNameOf(record.path), std::move(bytes));
}

}  // namespace allmende::documents
