#pragma once
// The values of contents. Part of the door server/contents/contents.h.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/record.h"
#include "lib/base/result.h"
#include "lib/net/net.h"
#include "server/journal/journal.h"

namespace allmende::contents {

// What a GET asks for, as the query spells it; unset = Jupyter's default.
struct GetWish {
  std::optional<std::string> type;    // "notebook", "file", "directory"; anything else means file
  std::optional<std::string> format;  // "text", "base64"
  bool content = true;
  bool hash = false;
};

// A file, notebook or folder as Jupyter's API shows it.
struct Model {
  std::string path;  // "folder/a.ipynb", never with a leading '/'
  std::string type;  // "notebook", "file", "directory"
  Instant lastModified;
  std::string json;  // the whole model, ready to send
};

struct Saved {
  Model model;
  bool created = false;  // 201 instead of 200
  std::string hash;      // of what is there now, when it replaced what its writer had read
};

// All of a file.
struct Bytes {
  std::string path;  // as models spell it
  std::string bytes;
  std::string hash;  // SHA-256 in hex
};

// A file opened for reading, for /files.
struct OpenFile {
  std::string name;
  std::string mimetype;  // "application/octet-stream" when unknown
  Instant lastModified;
  net::FileBody body;
};

struct Checkpoint {
  std::string id;
  Instant lastModified;
};

constexpr auto fieldsOf(Type<Checkpoint>) {
  return record("Checkpoint", field("id", &Checkpoint::id, "Always 'checkpoint'."),
      field("last_modified", &Checkpoint::lastModified, "When it was made."));
}

struct TrashKind {
  static constexpr std::string_view prefix = "tr_";
  static constexpr std::string_view name = "trash entry";
};
using TrashId = Id<TrashKind>;

struct Trashed {
  TrashId id;
  std::string path;  // where it was
  std::string type;
  std::int64_t size = 0;  // bytes; of a folder, all in it
  Instant deletedAt;
  Instant expiresAt;
};

constexpr auto fieldsOf(Type<Trashed>) {
  return record("Trashed", field("id", &Trashed::id, "Begins with tr_."), field("path", &Trashed::path, "Where it was."),
      field("type", &Trashed::type, "notebook, file or directory."), field("size", &Trashed::size, "Bytes."),
      field("deleted_at", &Trashed::deletedAt, "When it was deleted."),
      field("expires_at", &Trashed::expiresAt, "When it is deleted for good."));
}

}  // namespace allmende::contents
