#include "agent/terminals/terminals.h"

#include <algorithm>

#include "agent/terminals/terminal.h"

namespace allmende::terminals {
namespace {

constexpr std::size_t kLongestName = 64;

bool isName(std::string_view name) {
  return !name.empty() && name.size() <= kLongestName && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

}  // namespace

struct Terminals::Impl {
  Impl(Executor executor, processes::Processes& processes, const Clock& clock, TerminalsSettings settings)
      : house{executor, processes, clock, std::move(settings)}, changed(executor), scope(executor) {}

  Terminal::House house;
  std::map<std::string, std::shared_ptr<Terminal>, std::less<>> terminals;  // calls under way keep theirs
  std::size_t living = 0;                                                   // also those that are no longer in the list
  Notifier changed;
  TaskScope scope;

  std::string freeName() const {
    for (std::size_t number = 1;; ++number) {
      if (auto name = std::to_string(number); !terminals.contains(name)) return name;
    }
  }

  // Its name may be another's by the time it ends.
  Task<> watch(std::shared_ptr<Terminal> terminal) {
    co_await terminal->live();
    std::erase_if(terminals, [&](const auto& entry) { return entry.second == terminal; });
    --living;
    changed.notifyAll();
  }

  static Task<> end(std::shared_ptr<Terminal> terminal) { co_await terminal->hangUp(); }
};

Terminals::Terminals(Executor executor, processes::Processes& processes, const Clock& clock, TerminalsSettings settings)
    : impl_(std::make_unique<Impl>(std::move(executor), processes, clock, std::move(settings))) {}
Terminals::~Terminals() = default;

Task<> Terminals::stop() {
  for (const auto& [name, terminal] : impl_->terminals) impl_->scope.spawn("terminal, ending", Impl::end(terminal));
  while (impl_->living > 0) co_await impl_->changed.wait();
  co_await impl_->scope.close();
}

std::vector<TerminalModel> Terminals::list() const {
  std::vector<TerminalModel> models;
  for (const auto& [name, terminal] : impl_->terminals) models.push_back(terminal->model());
  return models;
}

std::optional<TerminalModel> Terminals::find(std::string_view name) const {
  const auto found = impl_->terminals.find(name);
  if (found == impl_->terminals.end()) return std::nullopt;
  return found->second->model();
}

Result<TerminalModel> Terminals::start(TerminalDemand demand) {
  if (demand.name.empty()) demand.name = impl_->freeName();
  if (!isName(demand.name)) {
    return fail(Code::InvalidInput, "'{}' is no name for a terminal; 1 to {} letters, digits, '_' and '-' are", demand.name.substr(0, 64),
        kLongestName);
  }
  if (auto there = find(demand.name)) return *std::move(there);
  if (impl_->living >= impl_->house.settings.most) {
    return fail(Code::OverLimit, "{} terminals are open already, which is the most a runtime has; close one", impl_->living);
  }
  const auto terminal = std::make_shared<Terminal>(impl_->house, demand.name);
  TRY(terminal->begin(demand.folder));
  impl_->terminals.emplace(demand.name, terminal);
  ++impl_->living;
  impl_->scope.spawn("terminal", impl_->watch(terminal));
  return terminal->model();
}

Task<Result<>> Terminals::remove(std::string name) {
  const auto found = impl_->terminals.find(name);
  if (found == impl_->terminals.end()) co_return fail(Code::NotFound, "Terminal not found: {}", name);
  const auto terminal = found->second;
  impl_->terminals.erase(found);
  impl_->scope.spawn("terminal, ending", Impl::end(terminal));  // goes on should the one who asked not wait
  co_await terminal->over();
  co_return Result<>{};
}

Task<> Terminals::serve(std::string name, std::shared_ptr<net::WebSocket> socket) {
  const auto found = impl_->terminals.find(name);
  if (found == impl_->terminals.end()) co_return;
  const auto terminal = found->second;
  co_await terminal->serve(std::move(socket));
}

}  // namespace allmende::terminals
