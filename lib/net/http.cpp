// HTTP messages as values: headers, queries, percent-encoding, and the one map from error codes to statuses.

#include "lib/net/http.h"

#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "lib/base/json.h"

namespace allmende::net {
namespace {

bool sameName(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

int hexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Decodes %XX; nullopt on a broken escape.
std::optional<std::string> decode(std::string_view text, bool plusIsSpace) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plusIsSpace) {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hexDigit(text[i + 1]);
      const int low = hexDigit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      out += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  return out;
}

}  // namespace

std::string_view nameOf(Method method) {
  switch (method) {
    case Method::Get: return "GET";
    case Method::Head: return "HEAD";
    case Method::Post: return "POST";
    case Method::Put: return "PUT";
    case Method::Patch: return "PATCH";
    case Method::Delete: return "DELETE";
    case Method::Options: return "OPTIONS";
    case Method::Other: return "OTHER";
  }
  return "OTHER";
}

std::string_view Headers::find(std::string_view name) const {
  for (const auto& [field, value] : fields_) {
    if (sameName(field, name)) return value;
  }
  return {};
}

void Headers::set(std::string_view name, std::string value) {
  std::erase_if(fields_, [&](const auto& field) { return sameName(field.first, name); });
  fields_.emplace_back(name, std::move(value));
}

Query Query::parse(std::string_view text) {
  Query query;
  while (!text.empty()) {
    const auto end = std::min(text.find('&'), text.size());
    const auto item = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (item.empty()) continue;
    const auto equals = std::min(item.find('='), item.size());
    auto name = decode(item.substr(0, equals), true);
    auto value = decode(item.substr(std::min(equals + 1, item.size())), true);
    if (name && value) query.values_.emplace_back(*std::move(name), *std::move(value));
  }
  return query;
}

std::optional<std::string_view> Query::find(std::string_view name) const {
  for (const auto& [field, value] : values_) {
    if (field == name) return value;
  }
  return std::nullopt;
}

FileBody makeFileBody(int fd, std::uint64_t offset, std::uint64_t length) {
  return {std::shared_ptr<const int>(new int(fd),
              [](const int* owned) {
                ::close(*owned);
                delete owned;
              }),
      offset, length};
}

std::string_view Response::text() const {
  if (const auto* own = std::get_if<std::string>(&body)) return *own;
  if (const auto* shared = std::get_if<std::shared_ptr<const std::string>>(&body))
    return *shared ? std::string_view(**shared) : std::string_view{};
  return {};
}

Response jsonResponse(int status, std::string text) { return {status, {{"Content-Type", "application/json"}}, std::move(text)}; }

Response textResponse(int status, std::string text) { return {status, {{"Content-Type", "text/plain; charset=utf-8"}}, std::move(text)}; }

Response errorResponse(const Error& error) {
  json::object body{{"message", error.message}, {"reason", allmende::nameOf(error.code)}};
  if (error.decision) body["decision"] = *error.decision;
  return jsonResponse(httpStatusOf(error.code), json::serialize(body));
}

int httpStatusOf(Code code) {
  switch (code) {
    case Code::InvalidInput: return 400;
    case Code::Unauthenticated: return 401;
    case Code::Denied: return 403;
    case Code::NotFound: return 404;
    case Code::Conflict: return 409;
    case Code::OverLimit: return 429;
    case Code::DiskFull: return 507;
    case Code::Unavailable: return 503;
    case Code::TimedOut: return 504;
    case Code::Cancelled: return 503;  // the asker is gone; nobody reads it
    case Code::Internal: return 500;
  }
  return 500;
}

std::uint16_t closeCodeOf(Code code) {
  if (code == Code::Cancelled) return 1001;
  if (code == Code::Internal) return 1011;
  return static_cast<std::uint16_t>(4000 + httpStatusOf(code));
}

bool isUtf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    std::uint64_t eight = 0;
    if (i + sizeof eight <= text.size()) {  // most text is ASCII
      std::memcpy(&eight, &text[i], sizeof eight);
      if ((eight & 0x8080'8080'8080'8080U) == 0) {
        i += sizeof eight;
        continue;
      }
    }
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80                   ? 1
                               : lead >= 0xC2 && lead < 0xE0 ? 2
                               : lead >= 0xE0 && lead < 0xF0 ? 3
                               : lead >= 0xF0 && lead < 0xF5 ? 4
                                                             : 0;
    if (length == 0 || i + length > text.size()) return false;
    for (std::size_t k = 1; k < length; ++k) {
      if ((static_cast<unsigned char>(text[i + k]) & 0xC0U) != 0x80U) return false;
    }
    const auto second = length > 1 ? static_cast<unsigned char>(text[i + 1]) : 0U;
    if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) || (lead == 0xF0 && second < 0x90) ||
        (lead == 0xF4 && second > 0x8F))
      return false;
    i += length;
  }
  return true;
}

std::optional<std::string> decodePath(std::string_view encoded) {
  auto path = decode(encoded, false);
  if (!path || path->find('\0') != std::string::npos || !isUtf8(*path)) return std::nullopt;
  return path;
}

std::string encodePath(std::string_view path) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::string_view("-._~/").contains(c);
    if (plain) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += kDigits[byte >> 4U];
      out += kDigits[byte & 15U];
    }
  }
  return out;
}

}  // namespace allmende::net
