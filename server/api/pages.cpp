#include "server/api/pages.h"

#include "lib/base/json.h"
#include "server/api/access.h"
#include "server/api/reply.h"

namespace allmende::api {
namespace {

// What a browser sends as Host goes into a header of ours, so only what a host can hold goes on.
std::string safeHost(std::string_view host) {
  std::string safe;
  for (const char c : host) {
    const bool allowed = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || std::string_view(".-:[]").contains(c);
    if (allowed) safe += c;
  }
  return safe;
}

// `apps` are names below which web apps of runtimes are shown; empty when there are none.
std::string pageCsp(const Visit& visit, std::string_view apps) {
  const auto socket = fmt::format("{}://{}", visit.secure ? "wss" : "ws", safeHost(visit.host));
  return fmt::format(
      "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
      "connect-src 'self' {}; worker-src 'self' blob:; frame-src 'self' {}; media-src 'self' data: blob:; manifest-src 'self'; base-uri "
      "'none'; "
      "form-action 'none'; frame-ancestors 'none'",
      socket, apps);
}

// An origin of its own for untrusted output: 'self' means nothing there, so our host is spelled out for our own public files.
std::string frameCsp(const Visit& visit, std::string_view baseUrl) {
  const auto us = fmt::format("{}://{}", visit.secure ? "https" : "http", safeHost(visit.host));
  return fmt::format(
      "sandbox allow-scripts allow-popups allow-downloads allow-forms allow-modals; default-src 'none'; script-src 'unsafe-inline' "
      "'unsafe-eval' blob: data: {0}; style-src 'unsafe-inline' {0}; img-src data: blob: {0}; font-src data: {0}; media-src data: blob:; "
      "connect-src data: blob: {0}{1}assets/; worker-src blob:; frame-ancestors 'self'",
      us, baseUrl);
}

// JSON inside <script type="application/json">: nothing in it may look like markup.
std::string inScript(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '<' || c == '>' || c == '&') {
      out += fmt::format("\\u{:04x}", c);
    } else {
      out += c;
    }
  }
  return out;
}

void replaceAll(std::string& text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) text.replace(at, from.size(), to);
}

constexpr std::string_view kMissing =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Allmende</title><style>body{font:16px/1.5 system-ui;margin:4rem "
    "auto;max-width:"
    "36rem}</style><h1>The page has not been built</h1><p>The server runs, and programs can use its API. For the page, run "
    "<code>tools/build</code> in the source tree (or <code>./run</code>, which does it), or set <code>web</code> in allmende.toml to the "
    "folder "
    "of the built page.</p>";

std::string fingerprint(std::string_view text) { return fmt::format("\"{:016x}\"", std::hash<std::string_view>{}(text)); }

}  // namespace

Task<std::string> Pages::configOf(Call call) {
  json::object config{{"base_url", baseUrl_}, {"version", ALLMENDE_VERSION}, {"account", nullptr}, {"locale", ""}};
  if (call.caller) {
    if (const auto account = co_await accounts_.get(call.account())) {
      config["account"] = toJson(*account);
      config["locale"] = account->locale;
    }
  }
  co_return inScript(json::serialize(config));
}

std::string Pages::fill(std::string_view page, std::string_view config) const {
  std::string text(page);
  replaceAll(text, "__ALLMENDE_CONFIG__", config);
  replaceAll(text, "=\"./", fmt::format("=\"{}", baseUrl_));
  return text;
}

Task<net::Response> Pages::filled(Call call, std::string page) {
  const auto* found = bundle_.findPage(page);
  const auto config = co_await configOf(call);
  net::Response response{found == nullptr ? 503 : 200, {}, {}};
  auto text = found == nullptr ? std::string(kMissing) : fill(*found, config);
  response.headers.add("Content-Type", "text/html; charset=utf-8");
  response.headers.add("Content-Security-Policy", pageCsp(call.visit, previews_.frameSource(safeHost(call.visit.host), call.visit.secure)));
  response.headers.add("Cross-Origin-Opener-Policy", "same-origin");
  response.headers.add("Cache-Control", "private, no-cache");
  const auto etag = fingerprint(text);
  response.headers.add("ETag", etag);
  if (cookiesNamed(call.request, kXsrfCookie).empty()) {
    response.headers.add("Set-Cookie", cookieText({.name = kXsrfCookie,
                                           .value = randomHex(16),
                                           .path = baseUrl_,
                                           .maxAge = {},
                                           .forScripts = true,
                                           .secure = call.visit.secure}));
  }
  if (found != nullptr && call.request.headers.find("If-None-Match") == etag) {
    response.status = 304;
  } else {
    response.body = std::move(text);
  }
  co_return response;
}

Task<net::Response> Pages::home(Call call) { co_return co_await filled(std::move(call), "index.html"); }

Task<net::Response> Pages::notebook(Call call) {
  if (call.caller) co_return co_await filled(std::move(call), "notebook.html");
  net::Response response{302, {}, {}};
  response.headers.add("Location", signInUrl(baseUrl_, call.request.target));
  co_return response;
}

// Some are for people without an account too.
Task<net::Response> Pages::shared(Call call) { co_return co_await filled(std::move(call), "notebook.html"); }

Task<net::Response> Pages::frame(Call call) {
  const auto* page = bundle_.findPage("frame.html");
  if (page == nullptr) co_return net::textResponse(404, "the page has not been built");
  net::Response response{200, {}, fill(*page, "null")};
  response.headers.add("Content-Type", "text/html; charset=utf-8");
  response.headers.add("Content-Security-Policy", frameCsp(call.visit, baseUrl_));
  response.headers.add("Cache-Control", "no-cache");
  co_return response;
}

Task<net::Response> Pages::asset(Call call) {
  auto response = co_await bundle_.find("assets/" + call.param(0), std::string(call.request.headers.find("Accept-Encoding")));
  if (!response) co_return net::textResponse(404, "there is no such file; reload the page, it may be older than the server");
  // Names carry a hash of the content. Public code, and the output frame has an origin of its own.
  response->headers.add("Cache-Control", "public, max-age=31536000, immutable");
  response->headers.add("Access-Control-Allow-Origin", "*");
  response->headers.add("Cross-Origin-Resource-Policy", "cross-origin");
  if (call.request.headers.find("If-None-Match") == response->headers.find("ETag")) {
    response->status = 304;
    response->body = std::string();
  }
  co_return *std::move(response);
}

Task<net::Response> Pages::icon(Call call) {
  auto response = co_await bundle_.find("favicon.ico", std::string(call.request.headers.find("Accept-Encoding")));
  if (!response) co_return net::Response{404, {}, {}};
  co_return *std::move(response);
}

}  // namespace allmende::api
