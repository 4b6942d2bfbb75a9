#include "server/documents/runners.h"

#include "server/documents/message_fields.h"

namespace allmende::documents {

Runners::Runners(Executor executor, std::shared_ptr<Room> room, std::vector<Run> left, Running running)
    : executor_(std::move(executor)), room_(std::move(room)), running_(running) {
  std::map<AccountId, std::vector<Run>> byPerson;
  for (auto& run : left) byPerson[run.account].push_back(std::move(run));
  for (auto& [account, theirs] : byPerson) of(account, std::move(theirs));
  room_->greetWith([this] { return greeting(); });
}

void Runners::begin() {
  for (const auto& [account, runs] : runs_) runs->begin();
}

Task<> Runners::stop() {
  room_->greetWith([] { return std::vector<json::object>(); });  // the room may live longer
  for (const auto& [account, runs] : runs_) co_await runs->stop();
}

bool Runners::isIdle() const {
  return std::ranges::all_of(runs_, [](const auto& one) { return one.second->isIdle(); });
}

Runs& Runners::of(const AccountId& account, std::vector<Run> left) {
  auto& known = runs_[account];
  if (known == nullptr) known = std::make_unique<Runs>(executor_, room_, account, std::move(left), running_, [this] { return listed(); });
  return *known;
}

json::object Runners::listed() const {
  json::array all;
  for (const auto& [account, runs] : runs_) runs->list(all);
  return {{"type", "runs"}, {"runs", std::move(all)}};
}

std::vector<json::object> Runners::greeting() const {
  std::vector<json::object> notices{listed()};
  for (const auto& [account, runs] : runs_) {
    if (const auto* question = runs->findQuestion()) notices.push_back(*question);
  }
  return notices;
}

Runs* Runners::findOwners() const {
  const auto found = runs_.find(room_->record().account);
  return found == runs_.end() ? nullptr : found->second.get();
}

Task<Result<std::vector<Run>>> Runners::queue(Visitor by, std::vector<CellWish> cells, KernelChoice kernel) {
  if (kernel.isOwners && !by.mayUseRuntime)
    co_return fail(Code::Denied, "the owner of this notebook does not let you use their runtime; run it in your own");
  const auto held = co_await room_->turn();  // nobody else queues the same cell meanwhile
  const auto account = kernel.isOwners ? room_->record().account : by.account.value();
  for (const auto& [other, runs] : runs_) {
    if (other == account) continue;
    for (const auto& cell : cells) {
      if (const auto* run = runs->find(cell.id))
        co_return fail(Code::OverLimit, "{} runs this cell just now; wait until it has ended", run->name);
    }
  }
  const bool isNew = !runs_.contains(account);
  auto& runs = of(account);
  if (isNew) runs.begin();
  co_return co_await runs.queue(std::move(by), std::move(cells), std::move(kernel));
}

Task<Result<>> Runners::cancel(Visitor by) {
  const auto account = by.account.value();
  bool hasOwn = false;
  if (const auto own = runs_.find(account); own != runs_.end() && !own->second->isIdle()) {
    hasOwn = true;
    CO_TRY(co_await own->second->cancel());
  }
  if (auto* owners = findOwners(); owners != nullptr && by.role < Role::Owner && owners->hasRunsOf(account)) {
    hasOwn = true;
    CO_TRY(co_await owners->cancel(account));
  }
  if (hasOwn) co_return Result<>{};
  std::vector<Runs*> others;
  for (const auto& [other, runs] : runs_) {
    if (!runs->isIdle()) others.push_back(runs.get());
  }
  if (!others.empty() && by.role < Role::Owner)
    co_return fail(Code::Denied, "{} runs this; only they and the notebook's owner can stop it", others.front()->runner());
  for (auto* runs : others) {
    CO_TRY(co_await runs->cancel());
  }
  co_return Result<>{};
}

std::optional<RunReport> Runners::report(const std::string& run) const {
  for (const auto& [account, runs] : runs_) {
    if (auto found = runs->report(run)) return found;
  }
  return std::nullopt;
}

Task<Result<>> Runners::answer(Visitor by, std::string run, std::string value) {
  const auto account = by.account.value();
  for (const auto& [other, runs] : runs_) {
    const auto* question = runs->findQuestion();
    if (question == nullptr || textOf(*question, "run") != run) continue;
    if (!runs->asks(run, account)) co_return fail(Code::Denied, "{} runs this, and is asked", runs->runner());
    co_return co_await runs->answer(std::move(run), std::move(value));
  }
  co_return fail(Code::NotFound, "run '{}' does not ask for input (any more)", run);
}

Task<> Runners::dismiss(AccountId account, bool onlyInOwners) {
  if (auto* owners = findOwners(); owners != nullptr && account != room_->record().account && owners->hasRunsOf(account))
    static_cast<void>(co_await owners->cancel(account));
  if (onlyInOwners) co_return;
  const auto found = runs_.find(account);
  if (found != runs_.end()) static_cast<void>(co_await found->second->cancel());
}

}  // namespace allmende::documents
