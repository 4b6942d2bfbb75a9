#include "server/previews/pages.h"

namespace allmende::previews {
namespace {

// Only constants go in.
std::string textOf(std::string_view language, std::string_view title, std::string_view says, bool looksAgain) {
  return fmt::format(
      "<!doctype html><html lang=\"{}\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">{}<title>{}</title>"
      "<style>:root{{color-scheme:light dark}}body{{font:16px/1.5 system-ui;margin:4rem auto;max-width:36rem;padding:0 1rem}}</style>"
      "<h1>{}</h1><p>{}</p>",
      language, looksAgain ? "<meta http-equiv=\"refresh\" content=\"3\">" : "", title, title, says);
}

}  // namespace

net::Response pageOf(int status, const Words& words, const net::RequestHead& head) {
  const bool german = head.headers.find("Accept-Language").starts_with("de");
  net::Response response{status, {},
      german ? textOf("de", words.titel, words.sagt, words.looksAgain) : textOf("en", words.title, words.says, words.looksAgain)};
  response.headers.add("Content-Type", "text/html; charset=utf-8");
  response.headers.add("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'");
  response.headers.add("X-Content-Type-Options", "nosniff");
  response.headers.add("Cache-Control", "no-store");
  return response;
}

std::string rawPageOf(const Words& words) {
  const auto text = textOf("en", words.title, words.says, words.looksAgain);
  return fmt::format(
      "HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html; charset=utf-8\r\nContent-Security-Policy: default-src 'none'; style-src "
      "'unsafe-inline'\r\nCache-Control: no-store\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{}",
      text.size(), text);
}

}  // namespace allmende::previews
