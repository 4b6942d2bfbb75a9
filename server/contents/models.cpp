#include "server/contents/models.h"

#include <algorithm>

#include "lib/base/json.h"
#include "server/contents/names.h"

namespace allmende::contents {
namespace {

// Written by hand: a folder has ten thousands of these, and a notebook's content is large.
class Members {
 public:
  void text(std::string_view name, std::optional<std::string_view> value) {
    begin(name);
    if (value) {
      appendQuoted(json_, *value);
    } else {
      json_ += "null";
    }
  }
  void raw(std::string_view name, std::string_view json) {
    begin(name);
    json_ += json;
  }
  std::string finish() { return std::move(json_) + "}"; }

 private:
  void begin(std::string_view name) { json_.append(json_.empty() ? "{\"" : ",\"").append(name).append("\":"); }
  std::string json_;
};

}  // namespace

void appendQuoted(std::string& to, std::string_view text) {
  const bool plain = std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\'; });
  if (plain) {
    to.append("\"").append(text).append("\"");
  } else {
    to += json::serialize(json::string(text));
  }
}

Model makeModel(const DrivePath& path, const Facts& facts, const ModelParts& parts) {
  Members members;
  members.text("name", path.name());
  members.text("path", path.text());
  members.text("type", parts.type);
  members.raw("writable", parts.writable ? "true" : "false");
  members.text("created", formatUtc(facts.created));
  members.text("last_modified", formatUtc(facts.modified));
  members.text("mimetype", parts.mimetype);
  members.raw("size", facts.isFolder() ? "null" : std::to_string(facts.size));
  members.text("format", parts.format);
  members.text("hash", parts.hash);
  members.text("hash_algorithm", parts.hash ? std::optional<std::string_view>("sha256") : std::nullopt);
  if (parts.message) members.text("message", *parts.message);
  members.raw("content", parts.contentJson);
  return {path.text(), std::string(parts.type), facts.modified, members.finish()};
}

Model makeListedModel(const DrivePath& path, const Facts& facts, bool writable) {
  ModelParts parts{.type = "directory", .writable = writable};
  if (facts.isFile()) {
    parts.type = typeOfFile(path.name());
    if (parts.type == "file") parts.mimetype = mimetypeOf(path.name());
  }
  return makeModel(path, facts, parts);
}

}  // namespace allmende::contents
