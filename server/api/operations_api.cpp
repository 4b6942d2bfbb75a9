#include "server/api/operations_api.h"

#include <unistd.h>

#include <fstream>
#include <map>

#include "server/api/reply.h"

namespace allmende::api {
namespace {

// Resident bytes of this process.
std::uint64_t residentBytes() {
  std::ifstream file("/proc/self/statm");
  std::uint64_t total = 0;
  std::uint64_t resident = 0;
  file >> total >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

bool isLoopback(std::string_view peer) { return peer == "unix" || peer == "::1" || peer.starts_with("127."); }

class Exposition {
 public:
  void add(std::string_view name, std::string_view kind, std::string_view help, std::uint64_t value) {
    begin(name, kind, help);
    text_ += fmt::format("{} {}\n", name, value);
  }
  void begin(std::string_view name, std::string_view kind, std::string_view help) {
    text_ += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, help, name, kind);
  }
  void line(std::string_view text) { text_.append(text).append("\n"); }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

}  // namespace

OperationsApi::OperationsApi(store::Database& database, runtimes::Runtimes& runtimes, runtimes::Kernels& kernels, const Counters& counters,
    const quota::Admission& admission, const enforcement::Enforcement& enforcement, const Clock& clock, bool metricsForLoopback)
    : database_(database),
      runtimes_(runtimes),
      kernels_(kernels),
      counters_(counters),
      admission_(admission),
      enforcement_(enforcement),
      clock_(clock),
      metricsForLoopback_(metricsForLoopback),
      started_(clock.sinceStart()) {}

Task<net::Response> OperationsApi::health(Call) { co_return net::jsonResponse(200, R"({"status":"ok"})"); }

Task<net::Response> OperationsApi::readiness(Call) {
  const auto database = co_await database_.ping();
  const auto fault = runtimes_.findFault();
  json::object checks{{"database", database ? "ok" : database.error().message}, {"runtimes", fault.value_or("ok")}};
  const bool ready = database && !fault;
  checks["status"] = ready ? "ready" : "not ready";
  co_return net::jsonResponse(ready ? 200 : 503, json::serialize(checks));
}

Task<net::Response> OperationsApi::metrics(Call call) {
  const bool administrator = call.caller && call.caller->scopes.has(accounts::Scope::Administer);
  if (!administrator && !(metricsForLoopback_ && isLoopback(call.visit.peer)))
    co_return jupyterError(403, "metrics are for administrators; send an administrator's token");
  Exposition out;
  out.begin("allmende_http_responses_total", "counter", "Answers by class of status.");
  for (std::size_t digit = 1; digit < counters_.answers.size(); ++digit)
    out.line(fmt::format("allmende_http_responses_total{{class=\"{}xx\"}} {}", digit, counters_.answers.at(digit)));
  out.add("allmende_sockets_opened_total", "counter", "WebSockets accepted.", counters_.socketsOpened);
  out.add("allmende_origins_refused_total", "counter", "Requests refused because another site's page made them.", counters_.refusedOrigins);
  if (server_ != nullptr) {
    out.add("allmende_connections", "gauge", "Open connections.", server_->connections());
    out.add("allmende_sockets", "gauge", "Open WebSockets.", server_->webSockets());
  }
  const auto status = kernels_.statusOfAll();
  out.add("allmende_runtimes", "gauge", "Runtimes that start, run or stop.", runtimes_.countRunning());
  out.begin("allmende_runtimes_by_state", "gauge", "Runtimes that wait in the queue, start, run or stop.");
  std::map<std::string_view, std::size_t> states;
  for (const auto& runtime : runtimes_.listAll()) ++states[runtimes::nameOf(runtime.state)];
  for (const auto state : {"queued", "starting", "ready", "stopping"})
    out.line(fmt::format("allmende_runtimes_by_state{{state=\"{}\"}} {}", state, states[state]));
  out.add("allmende_queue_longest_wait_seconds", "gauge", "How long who waits longest has waited.",
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(admission_.longestWait()).count()));
  out.add(
      "allmende_memory_promised_bytes", "gauge", "Memory that is promised to runtimes.", static_cast<std::uint64_t>(admission_.promised()));
  out.add("allmende_memory_promisable_bytes", "gauge", "Memory that may be promised to runtimes together.",
      static_cast<std::uint64_t>(admission_.room()));
  const auto& policy = enforcement_.counters();
  out.begin("allmende_policy_steps_total", "counter", "How often each rule reached each step, those included that were only logged.");
  for (const auto& [what, count] : policy.bySteps) {
    const auto space = what.find(' ');
    out.line(
        fmt::format("allmende_policy_steps_total{{rule=\"{}\",step=\"{}\"}} {}", what.substr(0, space), what.substr(space + 1), count));
  }
  out.add("allmende_policy_observed_total", "counter", "Observations of runtimes.", policy.observed);
  out.add("allmende_policy_dropped_total", "counter", "Observations that came faster than they could be looked at.", policy.dropped);
  out.add("allmende_policy_refused_total", "counter", "Observations that said what is no fact.", policy.refused);
  out.add("allmende_policy_cells_total", "counter", "Cells whose commands were looked through.", policy.cellsScanned);
  out.add("allmende_policy_questions_total", "counter", "Questions that were asked before a cell ran.", policy.questions);
  out.add("allmende_kernels", "gauge", "Running kernels.", status.kernels);
  out.add("allmende_kernel_connections", "gauge", "Sockets to kernels.", status.connections);
  out.add("process_resident_memory_bytes", "gauge", "Resident memory of the server.", residentBytes());
  out.add("allmende_uptime_seconds", "gauge", "Since the server started.",
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(clock_.sinceStart() - started_).count()));
  net::Response response{200, {}, out.take()};
  response.headers.add("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  co_return response;
}

// ---- the operator's socket ----

Task<Result<accounts::Account>> OperatorApi::firstAdministrator() {
  CO_TRY(auto all, co_await accounts_.list());
  std::ranges::sort(all, {}, &accounts::Account::createdAt);
  for (auto& account : all) {
    if (account.admin) co_return std::move(account);
  }
  co_return fail(Code::NotFound, "there is no administrator yet; start the server once, it makes one");
}

Task<Result<Created<accounts::Account>>> OperatorApi::createAccount(AccountWish wish) {
  CO_TRY(auto account, co_await accounts_.create({.name = wish.name, .displayName = "", .password = wish.password, .admin = wish.admin}));
  co_return Created<accounts::Account>{std::move(account)};
}

Task<Result<Created<MadeToken>>> OperatorApi::createToken(OperatorTokenWish wish) {
  CO_TRY(auto account, co_await accounts_.named(wish.account));
  auto scopes = accounts::ScopeSet::all();
  if (!account.admin) scopes.remove(accounts::Scope::Administer);
  const accounts::Caller owner{.account = account.id, .name = account.name, .scopes = scopes};
  CO_TRY(auto made, co_await accounts_.createToken(owner, {.name = wish.name, .scopes = wish.scopes, .expiresInS = wish.expiresInS}));
  co_return Created<MadeToken>{madeTokenOf(std::move(made))};
}

Task<Result<Created<LinkReply>>> OperatorApi::makeLink(LinkWish wish) {
  Result<accounts::Account> account = fail(Code::Internal, "unreachable");
  if (wish.account) {
    account = co_await accounts_.named(*wish.account);
  } else {
    account = co_await firstAdministrator();
  }
  if (!account) co_return std::unexpected(account.error());
  CO_TRY(auto secret, co_await accounts_.makeSignInLink(account->id, std::chrono::hours{24}));
  co_return Created<LinkReply>{{fmt::format("{}login?link={}", url_, secret)}};
}

Task<Result<Created<LinkReply>>> OperatorApi::makeLinkAs(accounts::Caller caller, LinkWish wish) {
  if (!wish.account) co_return fail(Code::InvalidInput, "account is missing: the name of who is to sign in");
  CO_TRY(const auto account, co_await accounts_.named(*wish.account));
  if (account.admin && account.id != caller.account)
    co_return fail(Code::Denied, "'{}' is an administrator: whoever runs the server makes a link for them", account.name);
  co_return co_await makeLink(std::move(wish));
}

Task<net::Response> OperatorApi::status(Call) {
  const auto status = kernels_.statusOfAll();
  json::object body{{"version", ALLMENDE_VERSION}, {"url", url_}, {"runtimes", runtimes_.countRunning()}, {"kernels", status.kernels},
      {"connections", status.connections}, {"resident_bytes", residentBytes()}};
  if (const auto fault = runtimes_.findFault()) body["fault"] = *fault;
  co_return net::jsonResponse(200, json::serialize(body));
}

}  // namespace allmende::api
