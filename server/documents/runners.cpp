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

Task<Result<std::vector<Run>>> Runners::queue(Visitor by, std::vector<CellWish> cells, KernelChoice kernel) {
  const auto account = by.account.value();
  const auto held = co_await room_->turn();  // nobody else queues the same cell meanwhile
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
  const auto own = runs_.find(by.account.value());
  if (own != runs_.end() && !own->second->isIdle()) co_return co_await own->second->cancel();
  std::vector<Runs*> others;
  for (const auto& [account, runs] : runs_) {
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
    if (other != account && question != nullptr && textOf(*question, "run") == run)
      co_return fail(Code::Denied, "{} runs this, and is asked", runs->runner());
  }
  co_return co_await of(account).answer(std::move(run), std::move(value));
}

Task<> Runners::dismiss(AccountId account) {
  const auto found = runs_.find(account);
  if (found != runs_.end()) static_cast<void>(co_await found->second->cancel());
}

}  // namespace allmende::documents
