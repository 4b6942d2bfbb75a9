#include "server/house.h"

#include <filesystem>

namespace allmende {
namespace {

namespace fs = std::filesystem;

constexpr Duration kPatienceForRequests{5'000};

std::string programDirectory() { return fs::read_symlink("/proc/self/exe").parent_path(); }

std::string installedPythonOf(const ServerSettings& settings) { return pythonOf(settings, programDirectory()); }

api::ApiSettings apiSettingsOf(const ServerSettings& settings) {
  return {.baseUrl = settings.baseUrl,
      .web = webFolderOf(settings, programDirectory()),
      .jupyterData = fs::path(installedPythonOf(settings)) / "share/jupyter",
      .access = {.hosts = hostsOf(settings), .allowedOrigins = settings.allowedOrigins, .trustedProxies = settings.trustedProxies},
      .metricsForLoopback = settings.metricsForLoopback,
      .webhookSecret = settings.webhookSecret};
}

std::optional<net::TlsFiles> tlsOf(const ServerSettings& settings) {
  if (settings.tlsCertificate.empty()) return std::nullopt;
  return net::TlsFiles{.certificateChain = settings.tlsCertificate, .privateKey = settings.tlsKey};
}

}  // namespace

House::House(Executor executor, ServerSettings settings, store::Database& database, std::function<void()> stop)
    : settings_(std::move(settings)),
      journal_(database, clock_),
      seals_(executor, database, clock_),
      accounts_(database, journal_, clock_),
      groups_(database, journal_, clock_),
      contents_(database, journal_, clock_,
          {.dataDirectory = settings_.data,
              .trashLifetime = settings_.trashLifetime,
              .allowance = [this](AccountId of) { return allowanceOf(std::move(of)); }}),
      notices_(database, clock_),
      shelf_(database, clock_),
      engine_(engines::makeLocalEngine(executor, clock_, nodeSocketOf(settings_))),
      ledger_(database, groups_, journal_, clock_, quota::TierBook::plain(tierDefaultsOf(settings_))),
      admission_(executor, clock_, runtimesMemoryOf(settings_)),
      runtimes_(executor, {database, *engine_, ledger_, admission_, journal_}, clock_,
          {.python = installedPythonOf(settings_), .ready = settings_.runtimesReady}),
      kernels_(runtimes_, clock_),
      care_(executor, runtimes_, ledger_, admission_, clock_),
      previews_(executor, {database, runtimes_, care_, journal_, clock_}, settings_.previewHost),
      book_(database, journal_, clock_),
      decisions_(database, journal_, clock_),
      enforcement_(executor, {database, book_, decisions_, accounts_, groups_, ledger_, runtimes_, *engine_, journal_, clock_},
          settings_.accountEvidence),
      sessions_(database, kernels_, clock_),
      documents_(executor, {database, contents_, kernels_, sessions_, groups_, journal_, clock_},
          {.outputs = fs::path(settings_.data) / "outputs", .largestOutput = static_cast<std::size_t>(settings_.largestOutput.bytes)}),
      kernelspecs_(clock_, fs::path(installedPythonOf(settings_)) / "share/jupyter/kernels"),
      api_(executor,
          {database, accounts_, groups_, contents_, documents_, runtimes_, kernels_, care_, previews_, ledger_, admission_, sessions_,
              kernelspecs_, notices_, shelf_, book_, decisions_, enforcement_, journal_, seals_, clock_},
          apiSettingsOf(settings_), {std::move(stop), [this] { return readTiers(); }, [this] { return readRules(); }}),
      street_(executor, api_),
      operators_(executor, api_.operatorsHandler()),
      firstSignIn_(accounts_, journal_),
      round_(executor, clock_,
          {{"contents", [this] { return contents_.sweep(); }}, {"documents", [this] { return documents_.forgetPurged(std::nullopt); }},
              {"previews", [this] { return previews_.sweep(); }}, {"accounts", [this] { return accounts_.sweep(); }},
              {"decisions", [this] { return decisions_.sweep(); }}, {"devices", [this] { return enforcement_.sweep(); }}}) {
  runtimes_.onChange([this](std::shared_ptr<runtimes::Agent> agent, AccountId of) { return runtimeFound(std::move(agent), std::move(of)); },
      [this](const runtimes::Runtime& ended, std::optional<double> cpuSeconds) {
        kernels_.ended(ended);
        care_.ended(ended, cpuSeconds);
        previews_.ended(ended.id);
        enforcement_.ended(ended);
      });
  runtimes_.onObserved([this](const engines::Observed& seen) { enforcement_.observed(seen); });
  runtimes_.onStart([this](const AccountId& of) { return enforcement_.mayStart(of); });
  kernels_.onCode([this](const AccountId& of, std::string_view code) { enforcement_.ran(of, code); });
  groups_.onChange([this](GroupId group, bool isGone) { return documents_.groupChanged(std::move(group), isGone); });
  documents_.onRun([this](AccountId by, std::vector<documents::CellToRun> cells) { return mayRun(std::move(by), std::move(cells)); });
  runtimes_.begin();
  api_.watch(street_);
}

Task<Result<Ready>> House::open(std::optional<Street> street) {
  // First, so that a server of another database in the same directory ends here. One that stands by has the lease of whoever listens there.
  CO_TRY(operators_.listen(net::UnixEndpoint{.path = adminSocketOf(settings_), .mode = 0600, .replaces = settings_.standBy}));
  api_.setUrl(urlOf(settings_, static_cast<std::uint16_t>(settings_.port)));
  CO_TRY(during("reading the tiers", readTiers()));
  if (settings_.adminOnly) co_return Ready{};
  co_return co_await openStreet(street);
}

Task<> House::runtimeFound(std::shared_ptr<runtimes::Agent> agent, AccountId of) {
  co_await kernels_.found(agent, of);
  co_await care_.found(agent, of);
  co_await enforcement_.found(agent, of);
}

Task<Result<>> House::mayRun(AccountId by, std::vector<documents::CellToRun> cells) {
  CO_TRY(enforcement_.mayStart(by));  // who is held back runs nothing in others' runtimes either
  std::vector<enforcement::Enforcement::Cell> asked;
  for (auto& cell : cells) asked.push_back({std::move(cell.id), std::move(cell.source)});
  co_return co_await enforcement_.mayRun(std::move(by), std::move(asked));
}

Task<Result<>> House::readRules() {
  const auto folder = rulesFolderOf(settings_, programDirectory());
  if (folder.empty()) co_return co_await book_.load();
  CO_TRY(auto rules, policy::RuleBook::load(folder));
  CO_TRY(co_await book_.load());
  CO_TRY(const bool anybodyHere, co_await firstSignIn_.hasAnybodySignedIn());
  CO_TRY(co_await book_.publish(std::move(rules), anybodyHere));
  enforcement_.tellPolicy();
  co_return Result<>{};
}

Result<> House::readTiers() {
  const auto file = tiersFileOf(settings_, programDirectory());
  if (file.empty()) return {};
  TRY(auto book, quota::TierBook::load(file, tierDefaultsOf(settings_)));
  ledger_.setBook(std::move(book));
  return {};
}

Task<Result<Ready>> House::openStreet(std::optional<Street> street) {
  CO_TRY(contents_.begin());
  CO_TRY(co_await sessions_.load());
  CO_TRY(co_await previews_.load());
  CO_TRY(auto pause, co_await ledger_.findPause());
  if (pause) admission_.pause(*std::move(pause));
  CO_TRY(const auto secret, during("preparing the first sign-in", co_await firstSignIn_.prepare()));
  CO_TRY(during("reading the rules", co_await readRules()));
  CO_TRY(co_await enforcement_.begin());
  net::Endpoint where = net::TcpEndpoint{.host = settings_.host, .port = static_cast<std::uint16_t>(settings_.port)};
  if (street) where = street->listening;
  const auto tls = tlsOf(settings_);
  CO_TRY(where, during("listening where host and port say", tls ? street_.listenTls(where, *tls) : street_.listen(where)));
  const auto port = street ? street->where.port : std::get<net::TcpEndpoint>(where).port;
  Ready ready{.url = urlOf(settings_, port), .signInLink = {}};
  api_.setUrl(ready.url);
  documents_.begin();
  engine_->begin();
  round_.begin();
  seals_.begin();
  if (secret) ready.signInLink = fmt::format("{}login?link={}", ready.url, *secret);
  co_return ready;
}

Result<net::ForwardTarget> House::openToForwarders() {
  const auto secret = randomHex(32);
  TRY(auto where, during("listening where forward_host says", street_.listenForwarded({.host = settings_.forwardHost, .port = 0}, secret)));
  return net::ForwardTarget{std::move(where), secret};
}

Task<Result<std::int64_t>> House::allowanceOf(AccountId of) {
  CO_TRY(const auto tier, co_await ledger_.tierOf(std::move(of)));
  co_return tier.drive.bytes;
}

Task<> House::close() {
  co_await street_.stop(kPatienceForRequests);
  co_await operators_.stop(kPatienceForRequests);
  co_await documents_.close();
  co_await round_.stop();
  co_await seals_.close();
  co_await enforcement_.close();
  co_await previews_.close();
  co_await care_.close();
  co_await runtimes_.close();
  co_await engine_->close();
}

}  // namespace allmende
