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
    kernel = co_await kernels_.start(of, {.name = wish.kernelName.value_or(""), .path = wish.path, .id = {}});
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

}  // namespace allmende::runtimes
