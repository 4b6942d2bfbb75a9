#include "server/api/api.h"

#include "server/api/openapi.h"
#include "server/api/reply.h"
#include "server/api/routes.h"

namespace allmende::api {
namespace {

// Answers what the operator's socket is asked.
class OperatorHandler final : public net::Handler {
 public:
  explicit OperatorHandler(const OperatorApis& apis) { declareOperatorRoutes(table_, apis); }

  Task<net::Answer> handle(net::Request request) override {
    auto match = table_.find(request.method, request.path);
    if (!match) co_return net::errorResponse(match.error());
    const auto* row = match->find(request.method);
    if (row == nullptr) co_return jupyterError(405, fmt::format("{} is not for {}", request.path, net::nameOf(request.method)));
    Call call{.caller = {}, .visit = {.peer = "unix"}, .request = std::move(request), .params = std::move(match->params)};
    co_return co_await row->run(std::move(call));
  }

 private:
  RouteTable table_;
};

net::Response notAllowed(const Match& match, const net::RequestHead& head) {
  auto response =
      jupyterError(405, fmt::format("{} takes {}, not {}", head.path.substr(0, 200), match.allowed(), net::nameOf(head.method)));
  response.headers.add("Allow", match.allowed());
  return response;
}

bool changes(net::Method method) { return method != net::Method::Get && method != net::Method::Head && method != net::Method::Options; }

bool asksFor(const Row& row, Opening opening) {
  const auto* open = std::get_if<Opening>(&row.access);
  return open != nullptr && *open == opening;
}

// Whom an answer goes to, as far as its headers depend on it.
struct Asker {
  std::string origin;  // the page that asks; empty when none does
  bool secure = false;
  bool byToken = false;
};

constexpr char kNoPage[] = "default-src 'none'; frame-ancestors 'none'";
constexpr char kNoCaching[] = "no-store";
constexpr std::string_view kLinesOfAll =
    "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: same-origin\r\n";
const std::string kLinesOfData = fmt::format("{}Content-Security-Policy: {}\r\nCache-Control: {}\r\n", kLinesOfAll, kNoPage, kNoCaching);

}  // namespace

struct Api::Impl {
  Impl(Executor executor, Rooms to, ApiSettings given, Wishes wishes)
      : rooms(to),
        settings(std::move(given)),
        events(std::move(executor)),
        account(rooms.accounts, rooms.enforcement, rooms.previews, settings.baseUrl),
        audit(rooms.journal, rooms.seals, rooms.accounts),
        teller(rooms.notices, rooms.documents, rooms.groups, rooms.accounts),
        comments(rooms.documents, rooms.accounts, teller),
        contents(rooms.contents, rooms.documents, events, settings.baseUrl),
        documents(rooms.documents, rooms.kernels, rooms.kernelspecs, settings.baseUrl),
        drive(rooms.contents, rooms.documents, events),
        eventsApi(events),
        groups(rooms.groups, rooms.accounts, teller),
        jupyter(rooms.accounts, rooms.contents, rooms.kernels, rooms.clock, std::move(wishes.stop)),
        kernels(rooms.kernels, rooms.sessions, rooms.kernelspecs, events, settings.baseUrl),
        kernelspecs(rooms.kernelspecs, settings.baseUrl),
        lab(rooms.shelf, settings.jupyterData),
        notices(rooms.notices, rooms.accounts),
        operations(rooms.database, rooms.runtimes, rooms.kernels, counters, rooms.admission, rooms.enforcement, rooms.clock,
            settings.metricsForLoopback),
        pages(rooms.accounts, rooms.previews, settings.web, settings.baseUrl),
        previews(rooms.previews, rooms.accounts, settings.baseUrl),
        policy(rooms.book, rooms.decisions, rooms.enforcement, rooms.clock, settings.baseUrl),
        quota(rooms.ledger, rooms.groups, rooms.runtimes, rooms.care),
        runtimes(rooms.runtimes, rooms.kernels, rooms.sessions, rooms.care, rooms.enforcement, rooms.book),
        sessions(rooms.sessions, rooms.kernels, rooms.kernelspecs, settings.baseUrl),
        sharing(rooms.documents, rooms.groups, rooms.accounts, teller),
        staff(rooms.book, rooms.decisions, rooms.enforcement, rooms.accounts, rooms.journal, rooms.clock),
        terminals(rooms.runtimes),
        webhooks(rooms.ledger, rooms.accounts, rooms.clock, settings.webhookSecret),
        operatorApi(rooms.accounts, rooms.runtimes, rooms.kernels),
        operatorAccounts({rooms.accounts, rooms.groups, rooms.contents, rooms.documents, rooms.runtimes, rooms.previews, rooms.notices,
            rooms.shelf, events}),
        operatorNotebooks(rooms.documents, rooms.accounts),
        operatorGroups(rooms.groups),
        operatorQuota(rooms.ledger, rooms.admission, rooms.runtimes, rooms.care, rooms.accounts, rooms.journal, rooms.clock,
            std::move(wishes.readTiers)),
        operatorPolicy(staff, std::move(wishes.readRules)),
        operatorHandler({operatorApi, operatorAccounts, operatorNotebooks, operatorGroups, operatorQuota, operatorPolicy, audit}) {
    Apis apis{account, audit, comments, contents, documents, drive, eventsApi, groups, jupyter, kernels, kernelspecs, lab, notices,
        operations, pages, previews, policy, quota, runtimes, sessions, sharing, staff, operatorApi, operatorAccounts, operatorGroups,
        operatorQuota, terminals, webhooks};
    declareRoutes(table, apis);
    jupyter.setDocument(describe(table));
  }

  // The part of the path below the base URL; nullopt when it lies beside it.
  std::optional<std::string_view> below(std::string_view path) const {
    const std::string_view base = settings.baseUrl;
    if (base == "/") return path;
    if (path.starts_with(base)) return path.substr(base.size() - 1);
    if (path == base.substr(0, base.size() - 1)) return "/";
    return std::nullopt;
  }

  Task<std::optional<accounts::Caller>> callerOf(std::string token, std::string cookie);
  std::optional<net::Response> findRefusal(const Row& row, const Call& call);
  void finish(net::Response& response, const Asker& asker);
  net::Response preflight(const net::RequestHead& head) const;

  Rooms rooms;
  ApiSettings settings;
  Counters counters;
  Events events;
  AccountApi account;
  AuditApi audit;
  Teller teller;
  CommentsApi comments;
  ContentsApi contents;
  DocumentsApi documents;
  DriveApi drive;
  EventsApi eventsApi;
  GroupsApi groups;
  JupyterApi jupyter;
  KernelsApi kernels;
  KernelspecsApi kernelspecs;
  LabApi lab;
  NoticesApi notices;
  OperationsApi operations;
  Pages pages;
  PreviewsApi previews;
  PolicyApi policy;
  QuotaApi quota;
  RuntimesApi runtimes;
  SessionsApi sessions;
  SharingApi sharing;
  StaffApi staff;
  TerminalsApi terminals;
  WebhooksApi webhooks;
  OperatorApi operatorApi;
  OperatorAccounts operatorAccounts;
  OperatorNotebooks operatorNotebooks;
  OperatorGroups operatorGroups;
  OperatorQuota operatorQuota;
  OperatorPolicy operatorPolicy;
  OperatorHandler operatorHandler;
  RouteTable table;
};

Api::Api(Executor executor, Rooms rooms, ApiSettings settings, Wishes wishes)
    : impl_(std::make_unique<Impl>(std::move(executor), rooms, std::move(settings), std::move(wishes))) {}
Api::~Api() = default;

net::Handler& Api::operatorsHandler() { return impl_->operatorHandler; }
void Api::setUrl(std::string url) {
  impl_->rooms.previews.setUrl(url);
  impl_->operatorApi.setUrl(std::move(url));
}
void Api::watch(const net::HttpServer& server) { impl_->operations.watch(server); }
json::object Api::openApi() const { return describe(impl_->table); }

net::BodyLimit Api::bodyLimit(const net::RequestHead& head) const {
  const auto path = impl_->below(head.path);
  if (!path) return {};
  const auto match = impl_->table.find(head.method, *path);
  const auto* row = match ? match->find(head.method) : nullptr;
  return row == nullptr ? net::BodyLimit{64U << 10U} : row->bodyLimit;
}

bool Api::takesConnection(const net::RequestHead& head) const {
  return impl_->rooms.previews.isOurs(visitOf(head, impl_->settings.access).host);
}

// A token first; a request that shows a wrong one may still have a right cookie, as with stock servers.
Task<std::optional<accounts::Caller>> Api::Impl::callerOf(std::string token, std::string cookie) {
  if (!token.empty()) {
    if (auto caller = co_await rooms.accounts.callerByToken(std::move(token))) co_return *std::move(caller);
  }
  if (!cookie.empty()) {
    if (auto caller = co_await rooms.accounts.callerByCookie(std::move(cookie))) co_return *std::move(caller);
  }
  co_return std::nullopt;
}

// Why this call may not go on, in the order in which stock servers look; nullopt when it may.
std::optional<net::Response> Api::Impl::findRefusal(const Row& row, const Call& call) {
  if (asksFor(row, Opening::Unguarded)) return std::nullopt;
  const auto& head = call.request;
  const bool byToken = call.caller && call.caller->shownBy == accounts::ShownBy::Token;
  if (!byToken && !originIsOurs(head, call.visit, settings.access)) {
    ++counters.refusedOrigins;
    if (row.isSocket()) return jupyterError(403, "this socket cannot be opened from another site's page");
    return jupyterError(404, "Not Found");
  }
  if (!call.caller && !asksFor(row, Opening::Everybody)) {
    if (row.typed) return net::errorResponse({Code::Unauthenticated, "sign in first, or send an API token", {}});
    return jupyterError(403, "Forbidden");
  }
  if (const auto* scope = std::get_if<Scope>(&row.access)) {
    if (auto allowed = call.caller->require(*scope); !allowed) return net::errorResponse(allowed.error());
  }
  if (byToken) return std::nullopt;
  if (changes(head.method)) {
    if (const auto fault = findXsrfFault(head)) return jupyterError(403, *fault);
  } else if (!refererIsOurs(head, call.visit) && row.path.starts_with("/files/")) {
    return jupyterError(403, "Blocking request from unknown origin");
  }
  return std::nullopt;
}

net::Response Api::Impl::preflight(const net::RequestHead& head) const {
  auto response = emptyReply(204);
  response.headers.add("Access-Control-Allow-Headers", "accept, content-type, authorization, x-xsrftoken");
  response.headers.add("Access-Control-Allow-Methods", "GET, PUT, POST, PATCH, DELETE, OPTIONS");
  response.headers.add("Access-Control-Max-Age", "600");
  const auto origin = head.headers.find("Origin");
  std::string asked(head.headers.find("Access-Control-Request-Headers"));
  std::ranges::transform(asked, asked.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  // Who will send a token needs no cookie of ours; a wrong token is refused when it comes.
  if (!origin.empty() && (asked.contains("authorization") || originIsAllowed(origin, settings.access)))
    response.headers.add("Access-Control-Allow-Origin", std::string(origin));
  response.headers.add("Vary", "Origin");
  return response;
}

// What every answer carries.
void Api::Impl::finish(net::Response& response, const Asker& asker) {
  ++counters.answers.at(static_cast<std::size_t>(response.status / 100));
  auto& headers = response.headers;
  const bool ownPolicy = !headers.find("Content-Security-Policy").empty();
  const bool ownCaching = !headers.find("Cache-Control").empty();
  if (ownPolicy || ownCaching) {
    response.sharedLines = kLinesOfAll;
    if (!ownPolicy) headers.add("Content-Security-Policy", kNoPage);
    if (!ownCaching) headers.add("Cache-Control", kNoCaching);
  } else {
    response.sharedLines = kLinesOfData;
  }
  if (asker.secure) headers.add("Strict-Transport-Security", "max-age=31536000");
  if (asker.origin.empty() || !headers.find("Access-Control-Allow-Origin").empty()) return;
  if (!asker.byToken && !originIsAllowed(asker.origin, settings.access)) return;
  headers.add("Access-Control-Allow-Origin", asker.origin);
  headers.add("Access-Control-Expose-Headers", "Location, Last-Modified, X-Allmende-Trash");
  headers.add("Vary", "Origin");
}

Task<net::Answer> Api::handle(net::Request request) {
  auto& impl = *impl_;
  const auto refuse = [&](net::Response response, const net::RequestHead& head) {
    impl.finish(response, {.origin = std::string(head.headers.find("Origin")), .secure = head.secure, .byToken = false});
    return response;
  };
  auto visit = visitOf(request, impl.settings.access);
  if (impl.rooms.previews.isOurs(visit.host)) {
    previews::Visit there{.host = std::move(visit.host), .secure = visit.secure};
    co_return co_await impl.rooms.previews.serve(std::move(request), std::move(there));
  }
  if (!hostIsOurs(visit.host, impl.settings.access)) {
    auto message = fmt::format("this server does not go by the name '{}'; if it should, the operator adds it to 'hosts' in allmende.toml",
        visit.host.substr(0, 200));
    co_return refuse(jupyterError(403, message), request);
  }
  const auto path = impl.below(request.path);
  if (!path && request.path == "/") co_return refuse({302, {{"Location", impl.settings.baseUrl}}, {}}, request);
  if (!path) co_return refuse(jupyterError(404, fmt::format("this server lives at {}", impl.settings.baseUrl)), request);
  auto match = impl.table.find(request.method, *path);
  if (!match) co_return refuse(jupyterError(net::httpStatusOf(match.error().code), match.error().message), request);
  if (request.method == net::Method::Options) co_return refuse(impl.preflight(request), request);
  const auto* row = match->find(request.method);
  if (row == nullptr) co_return refuse(notAllowed(*match, request), request);

  Call call{.caller = {}, .visit = std::move(visit), .request = std::move(request), .params = std::move(match->params)};
  if (!asksFor(*row, Opening::Unguarded)) {
    const std::string token(tokenOf(call.request));
    const auto& secret = token.empty() ? call.visit.cookie : token;
    if (!secret.empty()) call.caller = impl.rooms.accounts.findKnownCaller(secret);
    if (!secret.empty() && !call.caller) call.caller = co_await impl.callerOf(token, call.visit.cookie);
  }
  const Asker asker{.origin = std::string(call.request.headers.find("Origin")),
      .secure = call.visit.secure,
      .byToken = call.caller && call.caller->shownBy == accounts::ShownBy::Token};
  if (auto refusal = impl.findRefusal(*row, call)) {
    impl.finish(*refusal, asker);
    co_return *std::move(refusal);
  }
  if (!row->isSocket()) {
    auto response = co_await row->run(std::move(call));
    impl.finish(response, asker);
    co_return response;
  }
  if (!call.request.upgrade) {
    auto response = jupyterError(400, "Can \"Upgrade\" only to \"WebSocket\".");
    impl.finish(response, asker);
    co_return response;
  }
  auto answer = co_await row->open(std::move(call));
  if (auto* response = std::get_if<net::Response>(&answer)) {
    impl.finish(*response, asker);
  } else {
    ++impl.counters.socketsOpened;
  }
  co_return answer;
}

}  // namespace allmende::api
