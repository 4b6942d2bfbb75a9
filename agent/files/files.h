#pragma once
// Files of the runtime below /content, with Jupyter's contents semantics, as far as they make sense for a disk that goes with the runtime:
// no trash, no checkpoints, no hidden files.
//
// Everything happens with the rights of the person's user, on the pool. Paths are decoded and relative; no path and no link leads out.
// What is no file and no folder is never opened, so that nothing waits for the other end of a pipe. A write is whole or did not happen.
// InvalidInput, NotFound, Conflict (the name is taken), Denied (the user may not), OverLimit (too large, or the disk is full).

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "agent/processes/processes.h"
#include "lib/base/clock.h"
#include "lib/base/result.h"
#include "lib/base/task.h"
#include "lib/net/net.h"

namespace allmende::files {

struct FilesSettings {
  std::filesystem::path content;
  std::uint64_t largestInJson = 64U << 20U;  // of a file in get(), and of what a notebook or file is saved as; open() has no limit
  std::size_t mostEntries = 100'000;         // of a folder that get() lists
};

// What a GET asks for; unset = Jupyter's default.
struct GetWish {
  std::optional<std::string> type;    // "notebook", "file", "directory"; anything else means file
  std::optional<std::string> format;  // "text", "base64"
  bool content = true;
  bool hash = false;
};

// A model of Jupyter's, ready to send.
struct Told {
  std::string path;
  Instant lastModified;
  std::string json;
  bool created = false;  // by a save
};

struct OpenFile {
  std::string name;
  std::string mimetype;
  Instant lastModified;
  net::FileBody body;
};

class Files {
 public:
  Files(net::Pool& pool, const processes::User& user, FilesSettings settings);
  ~Files();

  Task<Result<Told>> get(std::string path, GetWish wish);
  // In a folder: `body` is {"type"?, "ext"?} for a new untitled file, or {"copy_from"}.
  Task<Result<Told>> create(std::string path, std::string body);
  // `body` is a model with content, a piece of an upload, or empty. The first piece makes the file, further ones are appended.
  Task<Result<Told>> save(std::string path, std::string body);
  // `body` is {"path"}.
  Task<Result<Told>> rename(std::string path, std::string body);
  // A file, or a folder that is empty.
  Task<Result<>> remove(std::string path);
  Task<Result<OpenFile>> open(std::string path);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace allmende::files
