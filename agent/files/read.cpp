// Looking at files and folders.

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include "agent/files/disk.h"
#include "lib/base/base64.h"
#include "lib/base/sha256.h"

namespace allmende::files {
namespace {

using jupyter::ContentsType;

// Files may claim any time; what no calendar of ours has is the epoch, as stock Jupyter has it.
Instant instantOf(const timespec& time) {
  constexpr std::int64_t kYear10000 = 253'402'300'800;
  if (time.tv_sec < -62'135'596'800 || time.tv_sec >= kYear10000) return Instant{};
  return Instant{std::chrono::seconds{time.tv_sec} + std::chrono::milliseconds{time.tv_nsec / 1'000'000}};
}

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

}  // namespace

bool Disk::mayWrite(const struct stat& status) const {
  if (user_.uid == 0) return true;
  if (status.st_uid == user_.uid) return (status.st_mode & S_IWUSR) != 0;
  return (status.st_mode & (status.st_gid == user_.gid ? S_IWGRP : S_IWOTH)) != 0;
}

jupyter::ContentsModel Disk::modelOf(std::string path, const struct stat& status) const {
  jupyter::ContentsModel model{.path = std::move(path)};
  const bool folder = S_ISDIR(status.st_mode);
  model.type = folder ? ContentsType::Directory : model.path.ends_with(".ipynb") ? ContentsType::Notebook : ContentsType::File;
  model.writable = mayWrite(status);
  model.created = instantOf(status.st_ctim);
  model.lastModified = instantOf(status.st_mtim);
  if (!folder) model.size = static_cast<std::uint64_t>(status.st_size);
  if (model.type == ContentsType::File) model.mimetype = jupyter::mediaTypeOf(model.path);
  return model;
}

Result<Told> Disk::tell(const std::string& path, bool created, std::string message) const {
  TRY(const auto status, beneath_.look(path));
  auto model = modelOf(path, status);
  model.message = std::move(message);
  return Told{path, model.lastModified, jupyter::toText(model), created};
}

Result<Told> Disk::get(std::string_view path, const GetWish& wish) const {
  TRY(const auto clean, cleanPath(path));
  TRY(const auto status, beneath_.look(clean));
  auto model = modelOf(clean, status);
  if (!S_ISDIR(status.st_mode) && !S_ISREG(status.st_mode)) return fail(Code::InvalidInput, "'{}' is no regular file", clean);
  const bool folder = model.type == ContentsType::Directory;
  if (wish.type && folder != (*wish.type == "directory"))
    return fail(Code::InvalidInput, "'{}' is a {}, not a {}", clean, jupyter::nameOf(model.type), wish.type->substr(0, 64));
  if (!folder && wish.type) model.type = *wish.type == "notebook" ? ContentsType::Notebook : ContentsType::File;
  model.mimetype = model.type == ContentsType::File ? jupyter::mediaTypeOf(clean) : std::string_view{};
  if (folder && wish.content) {
    TRY(model.content, list(clean));
    model.format = "json";
  } else if (!folder && (wish.content || wish.hash)) {
    TRY(readInto(model, wish));
  }
  return Told{clean, model.lastModified, jupyter::toText(model)};
}

Result<> Disk::readInto(jupyter::ContentsModel& model, const GetWish& wish) const {
  TRY(auto bytes, readWhole(model.path));
  if (wish.hash) model.hash = sha256Of(bytes);
  if (!wish.content) return {};
  if (model.type == ContentsType::Notebook) {
    TRY(const auto notebook, jupyter::readNotebook(bytes));
    if (auto fault = jupyter::findNotebookFault(notebook)) model.message = fmt::format("Notebook validation failed: {}", *fault);
    model.format = "json";
    model.content = std::move(bytes);  // it has just been found to be JSON
    return {};
  }
  const bool text = net::isUtf8(bytes);
  if (!text && wish.format == "text") return fail(Code::InvalidInput, "{} is not UTF-8 encoded", model.path);
  model.format = text && wish.format != "base64" ? "text" : "base64";
  model.content = model.format == "text" ? json::serialize(json::string(bytes)) : fmt::format("\"{}\"", toBase64(bytes));
  if (model.mimetype.empty()) model.mimetype = model.format == "text" ? "text/plain" : "application/octet-stream";
  return {};
}

// Looked at before it is opened, because opening a pipe already wakes who waits at its other end.
Result<Fd> Disk::openRegular(const std::string& path, struct stat& status) const {
  TRY(status, beneath_.look(path));
  if (!S_ISREG(status.st_mode)) return fail(Code::InvalidInput, "'{}' is no regular file", path);
  TRY(auto fd, beneath_.open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY));
  if (::fstat(fd.get(), &status) != 0) return failErrno("looking at", path);
  if (!S_ISREG(status.st_mode)) return fail(Code::InvalidInput, "'{}' is no regular file", path);
  return fd;
}

Result<std::string> Disk::readWhole(const std::string& path) const {
  struct stat status{};
  TRY(const auto fd, openRegular(path, status));
  const auto most = settings_.largestInJson;
  std::string bytes(std::min(static_cast<std::uint64_t>(status.st_size), most) + 1, '\0');
  std::size_t size = 0;
  while (size < bytes.size()) {  // one byte more than there was tells whether it grows meanwhile
    const auto got = ::read(fd.get(), bytes.data() + size, bytes.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failErrno("reading", path);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
    if (size == bytes.size() && size <= most) bytes.resize(std::min<std::uint64_t>(2 * size, most + 1));
  }
  if (size > most) {
    return fail(Code::OverLimit, "'{}' has more than {} MB, which is the most that can be shown; download it instead", path, most >> 20U);
  }
  bytes.resize(size);
  return bytes;
}

Result<std::string> Disk::list(const std::string& path) const {
  TRY(auto fd, beneath_.open(path, O_RDONLY | O_DIRECTORY));
  const std::unique_ptr<DIR, CloseFolder> folder(::fdopendir(fd.get()));
  if (!folder) return failErrno("listing", path);
  const int at = fd.release();
  std::string models = "[";
  std::size_t seen = 0;
  while (const auto* entry = ::readdir(folder.get())) {
    const std::string_view name(entry->d_name);
    if (name.starts_with('.') || !net::isUtf8(name)) continue;
    if (++seen > settings_.mostEntries)
      return fail(Code::OverLimit, "'{}' has more than {} entries, which is the most that can be listed", path, settings_.mostEntries);
    auto below = path.empty() ? std::string(name) : fmt::format("{}/{}", path, name);
    struct stat status{};
    if (::fstatat(at, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) continue;  // gone meanwhile
    if (S_ISLNK(status.st_mode)) {
      const auto target = beneath_.look(below);
      if (!target) continue;
      status = *target;
    }
    if (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)) continue;
    models.append(models.size() > 1 ? "," : "").append(jupyter::toText(modelOf(std::move(below), status)));
  }
  return models + "]";
}

Result<OpenFile> Disk::open(std::string_view path) const {
  TRY(const auto clean, cleanPath(path));
  struct stat status{};
  TRY(auto fd, openRegular(clean, status));
  const std::string type(jupyter::mediaTypeOf(clean));
  return OpenFile{clean.substr(clean.rfind('/') + 1), type.empty() ? "application/octet-stream" : type, instantOf(status.st_mtim),
      net::makeFileBody(fd.release(), 0, static_cast<std::uint64_t>(status.st_size))};
}

}  // namespace allmende::files
