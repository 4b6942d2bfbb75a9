// What happens at a preview's own name: letting in, reaching the app, carrying bytes.

#include <boost/asio/this_coro.hpp>

#include "lib/base/log.h"
#include "server/previews/pages.h"
#include "server/previews/shown.h"

namespace allmende::previews {
namespace {

constexpr std::string_view kEnterPath = "/.allmende/enter";
constexpr std::size_t kPiece = 64U << 10U;

std::string withoutPort(std::string_view host) {
  if (host.starts_with('[')) return std::string(host.substr(0, host.find(']') + 1));
  return std::string(host.substr(0, host.find(':')));
}

// ":8080", or nothing.
std::string portOf(std::string_view host) {
  const auto port = host.substr(withoutPort(host).size());
  const bool isOne = port.size() > 1 && port.find_first_not_of("0123456789", 1) == std::string_view::npos;
  return isOne ? std::string(port) : std::string();
}

std::string_view schemeOf(bool secure) { return secure ? "https" : "http"; }

// A place in the app, never one elsewhere.
bool isPath(std::string_view text) {
  return text.starts_with('/') && !text.starts_with("//") && !text.starts_with("/\\") &&
         std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 127; });
}

std::string encoded(std::string_view text) {
  std::string out;
  for (const char c : net::encodePath(text)) out += c == '/' ? "%2F" : std::string(1, c);
  return out;
}

// Empty when the browser shows none.
std::string passIn(const net::RequestHead& head) {
  const auto cookies = fmt::format("; {}", head.headers.find("Cookie"));
  const auto name = fmt::format("; {}=", kPassCookie);
  const auto at = cookies.find(name);
  if (at == std::string::npos) return {};
  const auto from = at + name.size();
  return cookies.substr(from, cookies.find(';', from) - from);
}

// Whether a browser shows the answer as a page of its own.
bool isVisit(const net::RequestHead& head) {
  const auto place = head.headers.find("Sec-Fetch-Dest");
  return head.method == net::Method::Get && !head.upgrade && (place.empty() || place == "document") &&
         head.headers.find("Accept").contains("text/html");
}

}  // namespace

// ---- names ----

std::string Previews::suffixFor(std::string_view host) const {
  if (!hostName_.empty()) return hostName_ + portOf(host);
  const auto name = withoutPort(host);
  const bool isHere = name == "localhost" || name.ends_with(".localhost") || name == "127.0.0.1" || name == "[::1]";
  return isHere ? "localhost" + portOf(host) : std::string();
}

std::optional<PreviewId> Previews::idIn(std::string_view host) const {
  const auto name = withoutPort(host);
  const auto below = fmt::format(".{}", hostName_.empty() ? "localhost" : hostName_);
  if (!name.ends_with(below)) return std::nullopt;
  auto id = PreviewId::parse(std::string_view(name).substr(0, name.size() - below.size()));
  return id ? std::optional(*std::move(id)) : std::nullopt;
}

bool Previews::isOurs(std::string_view host) const { return idIn(host).has_value(); }

std::string Previews::frameSource(const std::string& host, bool secure) const {
  const auto suffix = suffixFor(host);
  return suffix.empty() ? suffix : fmt::format("{}://*.{}", schemeOf(secure), suffix);
}

Result<std::string> Previews::makeLink(
    const AccountId& by, const PreviewId& id, const std::string& host, bool secure, const std::string& path) {
  if (findFor(by, id) == nullptr) return fail(Code::NotFound, "there is no web app {} for you", id.text());
  const auto suffix = suffixFor(host);
  if (suffix.empty()) {
    constexpr std::string_view kNoName =
        "web apps are shown at host names of their own, of which there are none below '{}': open Allmende as http://localhost{}, or have "
        "'preview_host' set";
    return fail(Code::InvalidInput, kNoName, withoutPort(host), portOf(host));
  }
  const std::string to = path.empty() ? "/" : path;
  if (!isPath(to)) return fail(Code::InvalidInput, "'{}' is no path of a web app; one begins with '/'", to.substr(0, 100));
  return fmt::format("{}://{}.{}{}?ticket={}&to={}", schemeOf(secure), id.text(), suffix, kEnterPath,
      passes_.makeTicket(id, by, below_.clock.now()), encoded(to));
}

// ---- letting in ----

net::Response Previews::gonePage(const net::RequestHead& head) { return pageOf(404, kGone, head); }

net::Response Previews::enter(const net::Request& request, const PreviewId& id, const Visit& visit) {
  const std::string to(request.query.find("to").value_or("/"));
  const auto pass = passes_.redeem(std::string(request.query.find("ticket").value_or("")), id, below_.clock.now());
  if (!pass || !isPath(to)) return pageOf(401, kUsedUp, request);
  net::Response response{302, {}, {}};
  response.headers.add("Location", to);
  // In a frame of our page it is another site's cookie, which browsers keep for that page alone, and only where they trust the line.
  const bool isFramed = request.headers.find("Sec-Fetch-Dest") == "iframe";
  const std::string_view kind = isFramed ? "Secure; SameSite=None; Partitioned" : visit.secure ? "Secure; SameSite=Lax" : "SameSite=Lax";
  response.headers.add("Set-Cookie", fmt::format("{}={}; Path=/; HttpOnly; Max-Age={}; {}", kPassCookie, *pass,
                                         std::chrono::duration_cast<std::chrono::seconds>(Passes::kPassLifetime).count(), kind));
  response.headers.add("Cache-Control", "no-store");
  response.headers.add("Referrer-Policy", "no-referrer");
  return response;
}

// Why this request does not reach the app; nullopt when it may.
std::optional<net::Response> Previews::refusal(
    const net::RequestHead& head, const Preview& preview, const std::optional<AccountId>& who, const Visit& visit) const {
  const bool isFor = who && findFor(*who, preview.id) != nullptr;
  if (!isFor && isVisit(head)) {
    net::Response response{302, {}, {}};
    response.headers.add("Location", fmt::format("{}preview/{}?to={}", url_, preview.id.text(), encoded(head.target)));
    response.headers.add("Cache-Control", "no-store");
    return response;
  }
  if (!isFor) return pageOf(401, kUsedUp, head);
  const auto origin = head.headers.find("Origin");
  if (!origin.empty() && origin != fmt::format("{}://{}", schemeOf(visit.secure), visit.host)) return pageOf(403, kOtherSite, head);
  if (head.method == net::Method::Other) return pageOf(405, kMethod, head);
  return std::nullopt;
}

Task<net::Answer> Previews::serve(net::Request request, Visit visit) {
  const auto id = idIn(visit.host);
  const auto* preview = id ? find(*id) : nullptr;
  if (preview == nullptr) co_return gonePage(request);
  if (request.path == kEnterPath) co_return enter(request, *id, visit);
  const auto who = passes_.whose(passIn(request), *id, below_.clock.now());
  if (auto refused = refusal(request, *preview, who, visit)) co_return *std::move(refused);
  co_return co_await reach(std::move(request), *preview, who.value(), std::move(visit));
}

// ---- to the app and back ----

Task<net::Answer> Previews::reach(net::Request request, Preview preview, AccountId who, Visit visit) {
  const auto connections = std::ranges::count(shown_, preview.owner, [](const auto* one) { return one->preview.owner; });
  if (static_cast<std::size_t>(connections) >= kMostConnections) co_return pageOf(503, kTooMany, request);
  const auto agent = below_.runtimes.find(preview.owner, preview.runtime);
  if (!agent) co_return pageOf(503, kNotYet, request);
  if (*agent == nullptr) co_return gonePage(request);
  const Meeting meeting{.host = visit.host,
      .origin = fmt::format("{}://{}", schemeOf(visit.secure), visit.host),
      .secure = visit.secure,
      .port = preview.port};
  // From here on it counts, and is cut off when its viewer may see it no longer.
  auto shown = std::make_shared<Shown>(*this, std::move(preview), std::move(who), meeting, headForApp(request, meeting));
  auto app = co_await (*agent)->open(fmt::format("/api/ports/{}", shown->preview.port), {});
  if (!app || shown->isCut) co_return pageOf(502, kNothing, request);
  shown->app = *std::move(app);
  below_.care.touch(shown->preview.runtime);
  co_return net::Handover{.serve = [shown](std::shared_ptr<net::Stream> browser) { return Shown::serve(shown, std::move(browser)); }};
}

Previews::Shown::Shown(Previews& owner, Preview what, AccountId who, Meeting where, std::string asks)
    : previews(owner),
      preview(std::move(what)),
      viewer(std::move(who)),
      meeting(std::move(where)),
      head(std::move(asks)),
      at_(previews.shown_.insert(previews.shown_.end(), this)) {}

Previews::Shown::~Shown() { previews.shown_.erase(at_); }

void Previews::Shown::cut() {
  isCut = true;
  if (app) app->abort();
  if (browser) browser->abort();
}

Task<> Previews::Shown::serve(std::shared_ptr<Shown> shown, std::shared_ptr<net::Stream> browser) {
  shown->browser = std::move(browser);
  if (!co_await shown->app->write({std::move(shown->head), true})) co_return co_await shown->tell(kHungUp);
  TaskScope inward(co_await asio::this_coro::executor);
  inward.spawn("what a browser sends to a web app", toApp(shown));
  co_await shown->toBrowser();
  shown->app->abort();
  co_await inward.close();
}

Task<> Previews::Shown::toApp(std::shared_ptr<Shown> shown) {
  for (;;) {
    std::string piece(kPiece, '\0');
    const auto size = co_await shown->browser->readSome(piece);
    if (!size) break;
    piece.resize(*size);
    if (!co_await shown->app->write({std::move(piece), true})) break;
  }
  shown->app->abort();
}

Task<> Previews::Shown::toBrowser() {
  std::string early;  // before the head is whole
  for (bool begun = false;;) {
    auto frame = co_await app->read();
    if (!frame && !begun) co_await tell(kHungUp);
    if (!frame) co_return;
    previews.below_.care.touch(preview.runtime);
    if (!begun) {
      early += frame->bytes;
      frame->bytes.clear();
      while (!begun) {
        const auto answer = takeAnswerHead(early, meeting);
        if (!answer) co_return co_await tell(kNoHttp);
        if (!*answer) break;
        frame->bytes += (*answer)->text;
        begun = !(*answer)->isInterim();
      }
      if (begun) frame->bytes += std::exchange(early, {});
    }
    if (!frame->bytes.empty() && !co_await browser->write({frame->bytes})) co_return;
  }
}

Task<> Previews::Shown::tell(Words words) const {
  const auto text = rawPageOf(words);
  static_cast<void>(co_await browser->write({text}));
}

}  // namespace allmende::previews
