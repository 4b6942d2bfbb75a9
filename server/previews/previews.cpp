#include "server/previews/previews.h"

#include <algorithm>

#include "lib/base/log.h"
#include "server/previews/shown.h"

namespace allmende::previews {
namespace {

constexpr Duration kPatience{20'000};  // with an agent
constexpr std::size_t kMostPorts = 200;
constexpr std::size_t kLongestProgram = 200;
constexpr std::int64_t kLastPort = 65'535;

Error unknown(const PreviewId& id) { return {Code::NotFound, fmt::format("there is no web app {}", id.text()), {}}; }

// What an agent says listens; it may say anything.
std::vector<ListeningPort> portsIn(const json::value& said) {
  std::vector<ListeningPort> ports;
  const auto* list = said.if_array();
  if (list == nullptr) return ports;
  for (const auto& one : *list) {
    const auto* object = one.if_object();
    const auto* port = object == nullptr ? nullptr : object->if_contains("port");
    if (port == nullptr || !port->is_int64() || port->get_int64() < 1 || port->get_int64() > kLastPort) continue;
    const auto* program = findString(*object, "program");
    ports.push_back({static_cast<std::uint16_t>(port->get_int64()),
        program == nullptr ? std::string() : std::string(std::string_view(*program).substr(0, kLongestProgram))});
    if (ports.size() == kMostPorts) break;
  }
  return ports;
}

}  // namespace

Previews::Previews(Executor executor, Below below, std::string hostName)
    : below_(below), hostName_(std::move(hostName)), scope_(std::move(executor)) {}

Task<Result<>> Previews::load() {
  CO_TRY(const auto rows, co_await below_.database.query("SELECT id, account_id, runtime_id, port, made_at FROM previews"));
  CO_TRY(const auto viewers,
      co_await below_.database.query("SELECT preview_id, account_id FROM preview_viewers ORDER BY added_at, account_id"));
  for (const auto& row : rows) {
    CO_TRY(auto id, PreviewId::parse(row.text(0)));
    CO_TRY(auto owner, AccountId::parse(row.text(1)));
    CO_TRY(auto runtime, runtimes::RuntimeId::parse(row.text(2)));
    Preview preview{.id = id,
        .owner = std::move(owner),
        .runtime = std::move(runtime),
        .port = static_cast<std::uint16_t>(row.number(3)),
        .madeAt = row.instant(4),
        .viewers = {}};
    previews_.emplace(std::move(id), std::move(preview));
  }
  for (const auto& row : viewers) {
    CO_TRY(const auto id, PreviewId::parse(row.text(0)));
    const auto found = previews_.find(id);
    if (found == previews_.end()) continue;
    CO_TRY(found->second.viewers.emplace_back(), AccountId::parse(row.text(1)));
  }
  co_return Result<>{};
}

Task<> Previews::close() { co_await scope_.close(); }

// ---- what there is ----

const Preview* Previews::find(const PreviewId& id) const {
  const auto found = previews_.find(id);
  return found == previews_.end() ? nullptr : &found->second;
}

const Preview* Previews::findOwn(const AccountId& of, const PreviewId& id) const {
  const auto* found = find(id);
  return found != nullptr && found->owner == of ? found : nullptr;
}

const Preview* Previews::findFor(const AccountId& who, const PreviewId& id) const {
  const auto* found = find(id);
  const bool isFor = found != nullptr && (found->owner == who || std::ranges::find(found->viewers, who) != found->viewers.end());
  return isFor ? found : nullptr;
}

std::vector<Preview> Previews::list(const AccountId& of) const {
  std::vector<Preview> all;
  for (const auto& [id, preview] : previews_) {
    if (findFor(of, id) != nullptr) all.push_back(preview);
  }
  std::ranges::sort(all, {}, [&](const Preview& one) { return std::tuple(one.owner != of, one.madeAt, one.id); });
  return all;
}

Task<Result<std::vector<ListeningPort>>> Previews::listPorts(AccountId of, runtimes::RuntimeId runtime) {
  CO_TRY(const auto agent, below_.runtimes.find(of, runtime));
  if (agent == nullptr) co_return fail(Code::NotFound, "no runtime {} of yours runs", runtime.text());
  CO_TRY(const auto said, co_await agent->ask(net::Method::Get, "/api/ports", "", kPatience));
  auto ports = portsIn(said);
  std::ranges::sort(ports, {}, &ListeningPort::port);
  co_return ports;
}

// ---- made, shown, ended ----

Task<Result<Preview>> Previews::open(AccountId of, runtimes::RuntimeId runtime, std::int64_t port) {
  if (port < 1 || port > kLastPort) co_return fail(Code::InvalidInput, "{} is no port; those are 1 to {}", port, kLastPort);
  CO_TRY(const auto agent, below_.runtimes.find(of, runtime));
  if (agent == nullptr) co_return fail(Code::NotFound, "no runtime {} of yours runs", runtime.text());
  std::size_t own = 0;
  for (const auto& [id, preview] : previews_) {
    if (preview.owner != of) continue;
    if (preview.runtime == runtime && preview.port == port) co_return preview;
    ++own;
  }
  if (own >= kMost) co_return fail(Code::OverLimit, "{} web apps are shown already, which is the most; end one first", kMost);
  Preview preview{.id = PreviewId::make(),
      .owner = of,
      .runtime = std::move(runtime),
      .port = static_cast<std::uint16_t>(port),
      .madeAt = below_.clock.now(),
      .viewers = {}};
  previews_.emplace(preview.id, preview);  // before it is stored, so that two who ask at once have one
  const auto event = below_.journal.make(
      journal::kPreviewOpened, {of.text(), preview.runtime.text()}, {{"preview", preview.id.text()}, {"port", preview.port}});
  auto stored = co_await below_.database.transaction([preview, event](store::Transaction& on) -> Result<> {
    TRY(on.change("INSERT INTO previews (id, account_id, runtime_id, port, made_at) VALUES (?, ?, ?, ?, ?)",
        {preview.id.text(), preview.owner.text(), preview.runtime.text(), preview.port, preview.madeAt}));
    return journal::Journal::write(on, event);
  });
  if (!stored) {
    previews_.erase(preview.id);
    co_return std::unexpected(std::move(stored).error());
  }
  co_return preview;
}

Task<Result<>> Previews::end(AccountId of, PreviewId id) {
  if (findOwn(of, id) == nullptr) co_return std::unexpected(unknown(id));
  co_return co_await remove(std::move(id));
}

Task<Result<>> Previews::show(AccountId of, PreviewId id, AccountId to) {
  const auto* known = findOwn(of, id);
  if (known == nullptr) co_return std::unexpected(unknown(id));
  if (to == of || findFor(to, id) != nullptr) co_return Result<>{};
  if (known->viewers.size() >= kMostViewers)
    co_return fail(Code::OverLimit, "{} people see this web app already, which is the most", kMostViewers);
  previews_.at(id).viewers.push_back(to);
  const auto event = below_.journal.make(journal::kPreviewShown, {of.text(), to.text()}, {{"preview", id.text()}});
  auto stored = co_await below_.database.transaction([=, now = below_.clock.now()](store::Transaction& on) -> Result<> {
    TRY(on.change("DELETE FROM preview_viewers WHERE preview_id = ? AND account_id = ?", {id.text(), to.text()}));
    TRY(on.change("INSERT INTO preview_viewers (preview_id, account_id, added_at) VALUES (?, ?, ?)", {id.text(), to.text(), now}));
    return journal::Journal::write(on, event);
  });
  if (!stored) forgetViewer(id, to);
  co_return stored;
}

Task<Result<>> Previews::hide(AccountId of, PreviewId id, AccountId from) {
  if (findOwn(of, id) == nullptr) co_return std::unexpected(unknown(id));
  CO_TRY(co_await below_.database.change("DELETE FROM preview_viewers WHERE preview_id = ? AND account_id = ?", {id.text(), from.text()}));
  forgetViewer(id, from);
  co_return Result<>{};
}

void Previews::forgetViewer(const PreviewId& id, const AccountId& who) {
  const auto found = previews_.find(id);
  if (found != previews_.end()) std::erase(found->second.viewers, who);
  cutThose([&](const Shown& one) { return one.preview.id == id && one.viewer == who; });
}

void Previews::cutThose(const std::function<bool(const Shown&)>& which) {
  for (auto* one : shown_) {
    if (which(*one)) one->cut();
  }
}

Task<Result<>> Previews::remove(PreviewId id) {
  previews_.erase(id);
  cutThose([&](const Shown& one) { return one.preview.id == id; });
  co_return co_await below_.database.transaction([id](store::Transaction& on) -> Result<> {
    TRY(on.change("DELETE FROM preview_viewers WHERE preview_id = ?", {id.text()}));
    TRY(on.change("DELETE FROM previews WHERE id = ?", {id.text()}));
    return {};
  });
}

Task<> Previews::removeAll(std::vector<PreviewId> ids) {
  for (auto& id : ids) {
    if (auto removed = co_await remove(std::move(id)); !removed) log::warning("preview.not_removed", {{"error", removed.error().message}});
  }
}

void Previews::ended(const runtimes::RuntimeId& runtime) {
  std::vector<PreviewId> gone;
  for (const auto& [id, preview] : previews_) {
    if (preview.runtime == runtime) gone.push_back(id);
  }
  if (!gone.empty()) scope_.spawn("remove previews", removeAll(std::move(gone)));
}

void Previews::signedOut(const AccountId& account) {
  passes_.forget(account);
  cutThose([&](const Shown& one) { return one.viewer == account; });
}

Task<Result<>> Previews::forgetAccount(AccountId of) {
  signedOut(of);
  std::vector<PreviewId> own;
  for (const auto& [id, preview] : previews_) {
    if (preview.owner == of) own.push_back(id);
  }
  for (auto& id : own) {
    CO_TRY(co_await remove(std::move(id)));
  }
  CO_TRY(co_await below_.database.change("DELETE FROM preview_viewers WHERE account_id = ?", {of.text()}));
  for (auto& [id, preview] : previews_) std::erase(preview.viewers, of);
  co_return Result<>{};
}

Task<Result<>> Previews::sweep() {
  if (!below_.runtimes.knows()) co_return Result<>{};
  const auto running = below_.runtimes.listAll();
  std::vector<PreviewId> gone;
  for (const auto& [id, preview] : previews_) {
    if (std::ranges::find(running, preview.runtime, &runtimes::Runtime::id) == running.end()) gone.push_back(id);
  }
  for (auto& id : gone) {
    CO_TRY(co_await remove(std::move(id)));
  }
  co_return Result<>{};
}

}  // namespace allmende::previews
