#include "server/runtimes/kernels.h"

#include "lib/base/log.h"

namespace allmende::runtimes {
namespace {

constexpr Duration kLook = 10s;
constexpr Duration kStart = 90s;  // an agent answers when the process runs; a cold disk may take its time
constexpr Duration kStop = 30s;
constexpr Duration kRestart = 75s;          // until the kernel has answered: Jupyter gives it 60 s
constexpr std::size_t kMostKernels = 1000;  // of one account, and of those whose end is remembered

// The form of formatUtc.
bool isUtc(std::string_view text) {
  constexpr std::string_view kForm = "dddd-dd-ddTdd:dd:dd.ddddddZ";
  return text.size() == kForm.size() &&
         std::ranges::equal(text, kForm, [](char c, char form) { return form == 'd' ? c >= '0' && c <= '9' : c == form; });
}

bool isWord(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
  });
}

// An agent's word for a kernel, field by field; nothing else of it goes on.
Result<KernelModel> readModel(const json::value& said, Instant now) {
  const auto broken = [](std::string_view what) {
    return fail(Code::Unavailable, "the runtime described a kernel without a valid {}", what);
  };
  if (!said.is_object()) return broken("model");
  const auto& object = said.get_object();
  const auto* id = findString(object, "id");
  const auto* name = findString(object, "name");
  if (id == nullptr || !isUuid(*id)) return broken("id");
  if (name == nullptr || !isWord(*name)) return broken("name");
  KernelModel model{.id = std::string(*id), .name = std::string(*name), .lastActivity = formatUtc(now), .reason = {}};
  if (const auto* at = findString(object, "last_activity"); at != nullptr && isUtc(*at)) model.lastActivity = *at;
  if (const auto* state = findString(object, "execution_state"); state != nullptr && isWord(*state)) model.executionState = *state;
  if (const auto* reason = findString(object, "reason"); reason != nullptr && reason->size() <= 1000) model.reason = std::string(*reason);
  return model;
}

}  // namespace

KernelStatus Kernels::status(const AccountId& of) const {
  KernelStatus status;
  const auto found = ours_.find(of);
  if (found == ours_.end()) return status;
  status.kernels = found->second.kernels.size();
  for (const auto& [id, known] : found->second.kernels) status.connections += known.connections;
  status.lastActivity = found->second.lastActivity.value_or(Instant{});
  return status;
}

KernelStatus Kernels::statusOfAll() const {
  KernelStatus all;
  for (const auto& [of, ours] : ours_) {
    const auto one = status(of);
    all.kernels += one.kernels;
    all.connections += one.connections;
  }
  return all;
}

std::size_t Kernels::countIn(const AccountId& of, const RuntimeId& runtime) const {
  const auto found = ours_.find(of);
  if (found == ours_.end()) return 0;
  return static_cast<std::size_t>(
      std::ranges::count_if(found->second.kernels, [&](const auto& one) { return one.second.runtime == runtime; }));
}

bool Kernels::has(const AccountId& of, const std::string& id) const {
  const auto found = ours_.find(of);
  return found != ours_.end() && found->second.kernels.contains(id);
}

Error Kernels::notFound(const AccountId& of, const std::string& id) const {
  auto message = fmt::format("Kernel does not exist: {}", id);
  const auto ours = ours_.find(of);
  if (ours != ours_.end()) {
    const auto& lost = ours->second.lost;
    const auto found = std::ranges::find(lost, id, &std::pair<std::string, std::string>::first);
    if (found != lost.end()) message += fmt::format(" ({})", found->second);
  }
  return {Code::NotFound, std::move(message), {}};
}

Result<KernelModel> Kernels::keepOf(const AccountId& of, const std::string& id, const json::value& said) {
  const auto found = ours_[of].kernels.find(id);
  if (found == ours_[of].kernels.end()) return std::unexpected(notFound(of, id));  // its runtime has ended meanwhile
  return keep(of, RuntimeId(found->second.runtime), said);
}

KernelModel Kernels::shown(const Known& known) const {
  auto model = known.model;
  model.connections = static_cast<std::int64_t>(known.connections);
  model.runtime = known.runtime;
  if (known.usedAt) model.lastActivity = std::max(model.lastActivity, formatUtc(*known.usedAt));
  return model;
}

Result<KernelModel> Kernels::keep(const AccountId& of, const RuntimeId& in, const json::value& said) {
  TRY(auto model, readModel(said, clock_.now()));
  auto& ours = ours_[of];
  const auto there = ours.kernels.find(model.id);
  if (there == ours.kernels.end() && ours.kernels.size() >= kMostKernels)
    return fail(Code::OverLimit, "you have {} kernels; stop some first", kMostKernels);
  // A runtime speaks for its own kernels alone.
  if (there != ours.kernels.end() && there->second.runtime != in)
    return fail(Code::Conflict, "the runtime described a kernel of another one");
  auto& known = ours.kernels[model.id];
  known.runtime = in;
  known.model = std::move(model);
  return shown(known);
}

// The agent's whole list: what it does not name is gone.
void Kernels::refresh(const AccountId& of, const RuntimeId& in, const json::value& said) {
  if (!said.is_array()) return;
  std::vector<std::string> named;
  for (const auto& one : said.get_array()) {
    if (auto model = keep(of, in, one)) named.push_back(model->id);
  }
  std::erase_if(ours_[of].kernels,
      [&](const auto& entry) { return entry.second.runtime == in && std::ranges::find(named, entry.first) == named.end(); });
}

Task<> Kernels::found(std::shared_ptr<Agent> agent, AccountId of) {
  auto said = co_await agent->ask(net::Method::Get, "/api/kernels", "", kLook);
  if (said) co_return refresh(of, agent->runtime(), *said);
  log::warning("kernels.unknown", {{"runtime", agent->runtime().text()}, {"error", said.error().message}});
}

void Kernels::ended(const Runtime& runtime) {
  auto& ours = ours_[runtime.owner];
  std::erase_if(ours.kernels, [&](const auto& entry) {
    if (entry.second.runtime != runtime.id) return false;
    ours.lost.emplace_back(entry.first, runtime.message);
    return true;
  });
  while (ours.lost.size() > kMostKernels) ours.lost.pop_front();
}

// ---- asking ----

Task<Result<std::vector<KernelModel>>> Kernels::list(AccountId of) {
  CO_TRY(auto agents, runtimes_.findAll(of));
  std::vector<KernelModel> models;
  for (const auto& agent : agents) {
    auto said = co_await agent->ask(net::Method::Get, "/api/kernels", "", kLook);
    // One runtime that does not answer hides nothing of the others; what it had is told as it was.
    if (!said && agents.size() == 1) co_return std::unexpected(std::move(said).error());
    if (said) refresh(of, agent->runtime(), *said);
  }
  for (const auto& [id, known] : ours_[of].kernels) models.push_back(shown(known));
  co_return models;
}

Task<Result<std::shared_ptr<Agent>>> Kernels::agentOf(AccountId of, std::string id) {
  const auto& kernels = ours_[of].kernels;
  const auto known = kernels.find(id);
  CO_TRY(auto agent, runtimes_.find(of, known == kernels.end() ? RuntimeId{} : known->second.runtime));
  if (agent == nullptr) co_return std::unexpected(notFound(of, id));
  co_return agent;
}

Task<Result<json::value>> Kernels::ask(AccountId of, std::string id, net::Method method, std::string action, Duration patience) {
  CO_TRY(auto agent, co_await agentOf(of, id));
  auto said = co_await agent->ask(method, "/api/kernels/" + id + action, "", patience);
  if (said || said.error().code != Code::NotFound) co_return said;
  ours_[of].kernels.erase(id);  // it died
  co_return std::unexpected(notFound(of, id));
}

Task<Result<KernelModel>> Kernels::get(AccountId of, std::string id) {
  CO_TRY(auto said, co_await ask(of, id, net::Method::Get, "", kLook));
  co_return keepOf(of, id, said);
}

Task<Result<KernelModel>> Kernels::start(AccountId of, KernelWish wish) {
  if (wish.id && has(of, *wish.id)) co_return fail(Code::Conflict, "Kernel already exists: {}", *wish.id);
  CO_TRY(auto agent, co_await runtimes_.start(of, wish.runtime));
  json::object body{{"name", wish.name}};
  if (wish.path) body["path"] = *wish.path;
  if (wish.id) body["kernel_id"] = *wish.id;
  CO_TRY(auto said, co_await agent->ask(net::Method::Post, "/api/kernels", json::serialize(body), kStart));
  ours_[of].lastActivity = clock_.now();
  co_return keep(of, agent->runtime(), said);
}

Task<Result<>> Kernels::stop(AccountId of, std::string id) {
  CO_TRY(co_await ask(of, id, net::Method::Delete, "", kStop));
  ours_[of].kernels.erase(id);
  co_return Result<>{};
}

Task<Result<>> Kernels::interrupt(AccountId of, std::string id) {
  CO_TRY(co_await ask(of, id, net::Method::Post, "/interrupt", kLook));
  co_return Result<>{};
}

Task<Result<KernelModel>> Kernels::restart(AccountId of, std::string id) {
  CO_TRY(auto said, co_await ask(of, id, net::Method::Post, "/restart", kRestart));
  co_return keepOf(of, id, said);
}

// ---- sockets ----

Task<Result<std::shared_ptr<net::WebSocket>>> Kernels::open(AccountId of, std::string id, std::string session, std::string after) {
  CO_TRY(auto agent, co_await agentOf(of, id));
  auto socket = co_await agent->open(
      fmt::format("/api/kernels/{}/channels?session_id={}&after={}", id, net::encodePath(session), net::encodePath(after)),
      {std::string(jupyter::kV1Protocol)});
  if (!socket && socket.error().code == Code::NotFound) co_return std::unexpected(notFound(of, id));
  if (socket && (*socket)->subprotocol() != jupyter::kV1Protocol)
    co_return fail(Code::Unavailable, "the runtime does not speak {}", jupyter::kV1Protocol);
  co_return socket;
}

Kernels::Connection::Connection(Kernels& kernels, AccountId of, std::string id)
    : kernels_(kernels), of_(std::move(of)), id_(std::move(id)) {
  auto& known = kernels_.ours_[of_].kernels;
  if (const auto found = known.find(id_); found != known.end()) ++found->second.connections;
}

Kernels::Connection::~Connection() {
  auto& known = kernels_.ours_[of_].kernels;
  if (const auto found = known.find(id_); found != known.end() && found->second.connections > 0) --found->second.connections;
}

void Kernels::touch(const AccountId& of, const std::string& id) {
  auto& ours = ours_[of];
  const auto now = clock_.now();
  ours.lastActivity = now;
  if (const auto found = ours.kernels.find(id); found != ours.kernels.end()) found->second.usedAt = now;
}

}  // namespace allmende::runtimes
