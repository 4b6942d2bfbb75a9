#pragma once
// HTTP messages as values. Part of the door lib/net/net.h; include that.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "lib/base/result.h"

namespace allmende::net {

enum class Method : std::uint8_t { Get, Head, Post, Put, Patch, Delete, Options, Other };
std::string_view nameOf(Method method);

// Header fields in order; names compare without case.
class Headers {
 public:
  Headers() = default;
  Headers(std::initializer_list<std::pair<std::string, std::string>> fields) : fields_(fields) {}
  // The first field of that name; empty when there is none.
  std::string_view find(std::string_view name) const;
  void add(std::string name, std::string value) { fields_.emplace_back(std::move(name), std::move(value)); }
  void set(std::string_view name, std::string value);  // replaces all of that name
  void reserve(std::size_t fields) { fields_.reserve(fields); }
  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

// The part of a target behind '?', decoded.
class Query {
 public:
  Query() = default;
  static Query parse(std::string_view text);
  // The first value of that name; nullopt when absent.
  std::optional<std::string_view> find(std::string_view name) const;

 private:
  std::vector<std::pair<std::string, std::string>> values_;
};

struct RequestHead {
  Method method = Method::Get;
  std::string target = "/";  // as sent: path and query
  std::string path = "/";    // still percent-encoded, without the query
  Query query;
  Headers headers;
  std::string peer;      // the other side's address, "127.0.0.1", or "unix"
  bool secure = false;   // came over TLS
  bool upgrade = false;  // asks for a WebSocket
};

struct Request : RequestHead {
  std::string body;
};

// Bytes of an open file; the descriptor is closed with the last copy. Sent in pieces, never read whole.
struct FileBody {
  std::shared_ptr<const int> fd;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};
FileBody makeFileBody(int fd, std::uint64_t offset, std::uint64_t length);

struct Response {
  using Body = std::variant<std::string, std::shared_ptr<const std::string>, FileBody>;
  int status = 200;
  Headers headers;
  Body body;
  std::string_view sharedLines =
      {};  // more header lines, each with its line break: those that most answers share, never copied; they live as long as the process

  std::string_view text() const;  // of the two string bodies
};

// status + JSON text with Content-Type: application/json.
Response jsonResponse(int status, std::string text);
// A plain-text answer.
Response textResponse(int status, std::string text);
// {"message": …, "reason": …[, "decision": …]} with the status of error.code.
Response errorResponse(const Error& error);

int httpStatusOf(Code code);           // 400, 401, 403, …
std::uint16_t closeCodeOf(Code code);  // 4400, 4401, …; 1001 for Cancelled, 1011 for Internal

// Percent-decoding of one path; nullopt on broken escapes, NUL bytes or invalid UTF-8. '+' stays '+'.
std::optional<std::string> decodePath(std::string_view encoded);
// Percent-encodes everything but unreserved characters and '/'.
std::string encodePath(std::string_view path);
bool isUtf8(std::string_view text);

}  // namespace allmende::net
