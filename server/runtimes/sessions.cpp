#include "server/runtimes/sessions.h"

namespace allmende::runtimes {
namespace {

Error noSession(const std::string& id) { return {Code::NotFound, fmt::format("Session not found: session_id='{}'", id), {}}; }

}  // namespace

Task<Result<>> Sessions::load() {
  CO_TRY(auto rows, co_await database_.query("SELECT id, account_id, path, name, type, kernel_id FROM kernel_sessions"));
  for (const auto& row : rows) {
    CO_TRY(auto of, AccountId::parse(row.text(1)));
    sessions_[of].emplace(row.text(0), Session{row.text(0), row.text(2), row.text(3), row.text(4), row.text(5)});
  }
  CO_TRY(rows, co_await database_.query("SELECT account_id, path, name FROM notebook_runtimes"));
  for (const auto& row : rows) {
    CO_TRY(auto of, AccountId::parse(row.text(0)));
    choices_[of].emplace(row.text(1), row.text(2));
  }
  co_return Result<>{};
}

Task<Result<>> Sessions::write(AccountId of, Session session) {
  CO_TRY(
      co_await database_.change("INSERT INTO kernel_sessions (id, account_id, path, name, type, kernel_id, changed_at) "
                                "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET path = excluded.path, name = excluded.name, "
                                "type = excluded.type, kernel_id = excluded.kernel_id, changed_at = excluded.changed_at",
          {session.id, of.text(), session.path, session.name, session.type, session.kernel, clock_.now()}));
  co_return Result<>{};
}

Task<Result<>> Sessions::forget(AccountId of, std::string id) {
  sessions_[of].erase(id);
  CO_TRY(co_await database_.change("DELETE FROM kernel_sessions WHERE id = ? AND account_id = ?", {id, of.text()}));
  co_return Result<>{};
}

Task<Result<std::vector<Sessions::WithKernel>>> Sessions::list(AccountId of) {
  CO_TRY(auto kernels, co_await kernels_.list(of));
  std::vector<WithKernel> alive;
  std::vector<std::string> gone;
  for (const auto& [id, session] : sessions_[of]) {
    const auto kernel = std::ranges::find(kernels, session.kernel, &KernelModel::id);
    if (kernel == kernels.end()) {
      gone.push_back(id);
    } else {
      alive.push_back({session, *kernel});
    }
  }
  for (auto& id : gone) {
    CO_TRY(co_await forget(of, std::move(id)));
  }
  co_return alive;
}

Task<Result<Sessions::WithKernel>> Sessions::get(AccountId of, std::string id) {
  const auto& ours = sessions_[of];
  const auto found = ours.find(id);
  if (found == ours.end()) co_return std::unexpected(noSession(id));
  auto session = found->second;
  auto kernel = co_await kernels_.get(of, session.kernel);
  if (kernel) co_return WithKernel{std::move(session), *std::move(kernel)};
  if (kernel.error().code != Code::NotFound) co_return std::unexpected(std::move(kernel).error());
  CO_TRY(co_await forget(of, id));
  co_return std::unexpected(noSession(id));
}

std::optional<std::string> Sessions::findByPath(const AccountId& of, const std::string& path) const {
  const auto ours = sessions_.find(of);
  if (ours == sessions_.end()) return std::nullopt;
  for (const auto& [id, session] : ours->second) {
    if (session.path == path && kernels_.has(of, session.kernel)) return id;
  }
  return std::nullopt;
}

Task<Result<Sessions::WithKernel>> Sessions::start(AccountId of, SessionWish wish) {
  Result<KernelModel> kernel = fail(Code::Internal, "unreachable");
  if (wish.kernelId) {
    kernel = co_await kernels_.get(of, *wish.kernelId);
  } else {
    kernel = co_await kernels_.start(
        of, {.name = wish.kernelName.value_or(""), .path = wish.path, .id = {}, .runtime = runtimeOf(of, wish.path)});
  }
  if (!kernel) co_return std::unexpected(std::move(kernel).error());
  // Two tabs may have asked for the same notebook while the kernel started: both get the first one's session.
  if (const auto other = findByPath(of, wish.path)) {
    if (!wish.kernelId) static_cast<void>(co_await kernels_.stop(of, kernel->id));
    co_return co_await get(of, *other);
  }
  Session session{randomUuid(), std::move(wish.path), std::move(wish.name), std::move(wish.type), kernel->id};
  sessions_[of].insert_or_assign(session.id, session);
  CO_TRY(co_await write(of, session));
  co_return WithKernel{std::move(session), *std::move(kernel)};
}

Task<Result<Sessions::WithKernel>> Sessions::change(AccountId of, std::string id, SessionChange change) {
  auto& ours = sessions_[of];
  const auto found = ours.find(id);
  if (found == ours.end()) co_return std::unexpected(noSession(id));
  auto& session = found->second;
  const auto before = session.kernel;
  if (change.path && *change.path != session.path) {
    CO_TRY(co_await moved(of, session.path, *change.path));
    if (!sessions_[of].contains(id)) co_return std::unexpected(noSession(id));
  }
  if (change.path) session.path = *change.path;
  if (change.name) session.name = *change.name;
  if (change.type) session.type = *change.type;
  if (change.kernel) session.kernel = *change.kernel;
  CO_TRY(co_await write(of, session));
  if (change.kernel && before != *change.kernel) static_cast<void>(co_await kernels_.stop(of, before));
  co_return co_await get(of, id);
}

Task<Result<>> Sessions::stop(AccountId of, std::string id) {
  const auto& ours = sessions_[of];
  const auto found = ours.find(id);
  if (found == ours.end()) co_return std::unexpected(noSession(id));
  const auto kernel = found->second.kernel;
  auto stopped = co_await kernels_.stop(of, kernel);
  if (!stopped && stopped.error().code != Code::NotFound) co_return stopped;
  CO_TRY(co_await forget(of, id));
  if (!stopped) co_return fail(Code::Conflict, "Kernel deleted before session");
  co_return Result<>{};
}

// ---- which runtime ----

std::string Sessions::runtimeOf(const AccountId& of, const std::string& path) const {
  const auto ours = choices_.find(of);
  if (ours == choices_.end()) return {};
  const auto found = ours->second.find(path);
  return found == ours->second.end() ? std::string() : found->second;
}

Task<Result<>> Sessions::keepChoice(AccountId of, std::string path, std::string runtime) {
  auto& ours = choices_[of];
  if (runtime.empty()) {
    ours.erase(path);
    CO_TRY(co_await database_.change("DELETE FROM notebook_runtimes WHERE account_id = ? AND path = ?", {of.text(), path}));
    co_return Result<>{};
  }
  if (!ours.contains(path) && ours.size() >= kMostChoices)
    co_return fail(Code::OverLimit, "{} notebooks use a runtime of their own already; let some use the shared one", kMostChoices);
  ours.insert_or_assign(path, runtime);
  CO_TRY(
      co_await database_.change("INSERT INTO notebook_runtimes (account_id, path, name) VALUES (?, ?, ?) "
                                "ON CONFLICT (account_id, path) DO UPDATE SET name = excluded.name",
          {of.text(), path, runtime}));
  co_return Result<>{};
}

Task<Result<>> Sessions::choose(AccountId of, std::string path, std::string runtime) {
  CO_TRY(Runtimes::checkName(runtime));
  if (runtime == runtimeOf(of, path)) co_return Result<>{};
  CO_TRY(co_await keepChoice(of, path, std::move(runtime)));
  if (const auto session = findByPath(of, path)) {
    if (auto stopped = co_await stop(of, *session);
        !stopped && stopped.error().code != Code::NotFound && stopped.error().code != Code::Conflict)
      co_return stopped;
  }
  co_return Result<>{};
}

Task<Result<>> Sessions::moved(AccountId of, std::string from, std::string to) {
  std::vector<std::pair<std::string, std::string>> moving;
  for (const auto& [path, runtime] : choices_[of]) {
    if (path == from || path.starts_with(from + "/")) moving.emplace_back(path, runtime);
  }
  for (auto& [path, runtime] : moving) {
    CO_TRY(co_await keepChoice(of, to + path.substr(from.size()), std::move(runtime)));
    CO_TRY(co_await keepChoice(of, std::move(path), ""));
  }
  co_return Result<>{};
}

Task<Result<>> Sessions::renamed(AccountId of, std::string before, std::string now) {
  std::vector<std::string> paths;
  for (const auto& [path, name] : choices_[of]) {
    if (name == before) paths.push_back(path);
  }
  for (auto& path : paths) {
    CO_TRY(co_await keepChoice(of, std::move(path), now));
  }
  co_return Result<>{};
}

}  // namespace allmende::runtimes
