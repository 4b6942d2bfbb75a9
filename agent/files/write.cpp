// Changing files and folders.

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdio>

#include "agent/files/disk.h"
#include "lib/base/id.h"

namespace allmende::files {
namespace {

constexpr std::size_t kMostNumbers = 10'000;  // of untitled files and copies in one folder
constexpr mode_t kFileMode = 0644;

std::string join(std::string_view folder, std::string_view name) {
  return folder.empty() ? std::string(name) : fmt::format("{}/{}", folder, name);
}

// Hidden and impossible names are a fault of who writes, where who reads just finds nothing.
Result<std::string> pathToWrite(std::string_view path) {
  auto clean = cleanPath(path);
  if (!clean) return fail(Code::InvalidInput, "Cannot create or change '{}': {}", path.substr(0, 256), clean.error().message);
  return clean;
}

Result<> writeAll(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const auto got = ::write(fd, bytes.data(), bytes.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failErrno("writing", path);
    bytes.remove_prefix(static_cast<std::size_t>(got));
  }
  return {};
}

Result<> copyAll(int from, int to, const std::string& path) {
  std::string piece(256U << 10U, '\0');
  for (;;) {
    const auto got = ::read(from, piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failErrno("reading", path);
    if (got == 0) return {};
    TRY(writeAll(to, std::string_view(piece).substr(0, static_cast<std::size_t>(got)), path));
  }
}

// Makes `name`, or the next of its numbered forms that is free. `make` fails with Conflict when one is taken.
template <class Make>
Result<std::string> makeNumbered(std::string_view name, std::string_view insert, Make make) {
  for (std::size_t number = 0; number < kMostNumbers; ++number) {
    auto candidate = jupyter::numberedName(name, insert, number);
    const auto made = make(candidate);
    if (made) return candidate;
    if (made.error().code != Code::Conflict) return std::unexpected(made.error());
  }
  return fail(Code::Conflict, "there are {} files named like '{}' already; rename some", kMostNumbers, name);
}

// A new file with what `fill` writes; no file when that fails.
template <class Fill>
Result<> makeFile(int folder, const std::string& name, mode_t mode, Fill fill) {
  const Fd fd(::openat(folder, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
  if (fd.get() < 0) return failErrno("making", name);
  auto filled = fill(fd.get());
  if (!filled) ::unlinkat(folder, name.c_str(), 0);
  return filled;
}

}  // namespace

// ---- new files ----

Result<Told> Disk::create(std::string_view path, std::string_view body) const {
  TRY(const auto folder, pathToWrite(path));
  auto status = beneath_.look(folder);
  if (!status && status.error().code == Code::NotFound) return fail(Code::NotFound, "No such directory: {}", folder);
  if (!status) return std::unexpected(status.error());
  if (!S_ISDIR(status->st_mode)) return fail(Code::InvalidInput, "Cannot POST to files, use PUT instead.");
  TRY(const auto object, parseJsonObject(body, 8));
  const auto* from = findString(object, "copy_from");
  auto made = from == nullptr ? makeUntitled(folder, body) : makeCopy(std::string(*from), folder);
  if (!made) return std::unexpected(made.error());
  return tell(*made, true, {});
}

Result<std::string> Disk::makeUntitled(const std::string& folder, std::string_view body) const {
  TRY(const auto object, parseJsonObject(body, 8));
  const auto* typeText = findString(object, "type");
  const auto* extText = findString(object, "ext");
  const std::string ending(extText == nullptr ? std::string_view{} : std::string_view(*extText));
  const std::string type(typeText != nullptr ? std::string_view(*typeText) : ending == ".ipynb" ? "notebook" : "file");
  if (type != "file" && type != "notebook" && type != "directory")
    return fail(Code::InvalidInput, "Unexpected type: {}", type.substr(0, 64));
  if (ending.contains('/') || ending.contains('\0') || ending.size() > 64)
    return fail(Code::InvalidInput, "'{}' cannot be the ending of a name", ending.substr(0, 64));
  const auto text = type == "notebook" ? jupyter::writeNotebook(jupyter::makeNotebook()) : std::string{};
  const auto name = type == "directory" ? std::string("Untitled Folder") : type == "notebook" ? "Untitled.ipynb" : "untitled" + ending;
  TRY(const auto place, beneath_.place(join(folder, name)));
  TRY(const auto made, makeNumbered(name, type == "directory" ? " " : "", [&](const std::string& candidate) -> Result<> {
    if (type != "directory")
      return makeFile(place.folder.get(), candidate, kFileMode, [&](int fd) { return writeAll(fd, text, candidate); });
    if (::mkdirat(place.folder.get(), candidate.c_str(), 0755) != 0) return failErrno("making", candidate);
    return {};
  }));
  return join(folder, made);
}

Result<std::string> Disk::makeCopy(const std::string& from, const std::string& folder) const {
  TRY(const auto source, cleanPath(from));
  struct stat status{};
  TRY(const auto fd, openRegular(source, status));
  const auto name = jupyter::withoutCopyMark(std::string_view(source).substr(source.rfind('/') + 1));
  TRY(const auto place, beneath_.place(join(folder, name)));
  TRY(const auto made, makeNumbered(name, "-Copy", [&](const std::string& candidate) {
    return makeFile(place.folder.get(), candidate, status.st_mode & 0777, [&](int to) {
      ::lseek(fd.get(), 0, SEEK_SET);
      return copyAll(fd.get(), to, source);
    });
  }));
  return join(folder, made);
}

// ---- saving ----

Result<Told> Disk::save(std::string_view path, std::string body) const {
  TRY(const auto demand, jupyter::readSave(std::move(body)));
  if (!demand) return create(path, "");
  TRY(const auto clean, pathToWrite(path));
  TRY(const bool created, write(clean, *demand));
  return tell(clean, created, demand->fault);
}

// Whether that made something new.
Result<bool> Disk::write(const std::string& path, const jupyter::SaveDemand& demand) const {
  if (demand.type == jupyter::ContentsType::Directory) {
    TRY(const auto place, beneath_.place(path));
    if (::mkdirat(place.folder.get(), place.name.c_str(), 0755) == 0) return true;
    if (errno != EEXIST) return failErrno("making", path);
    TRY(const auto status, beneath_.look(path));
    if (!S_ISDIR(status.st_mode)) return fail(Code::InvalidInput, "Not a directory: {}", path);
    return false;
  }
  if (demand.bytes.size() > settings_.largestInJson) {
    return fail(Code::OverLimit, "'{}' would have more than the {} MB that can be saved at once; send it in pieces", path,
        settings_.largestInJson >> 20U);
  }
  if (!demand.chunk || *demand.chunk == 1) return replace(path, demand.bytes);
  TRY(append(path, demand.bytes));
  return false;
}

// Into a file beside it, which then takes its place: whoever reads meanwhile has the old one or the new one. Not flushed to the disk,
// which does not outlive the runtime.
Result<bool> Disk::replace(const std::string& path, std::string_view bytes) const {
  const auto old = beneath_.look(path);
  if (!old && old.error().code != Code::NotFound) return std::unexpected(old.error());
  if (old && !S_ISREG(old->st_mode)) return fail(Code::InvalidInput, "'{}' is no file that can be replaced", path);
  if (old && !mayWrite(*old)) return fail(Code::Denied, "'{}' is read-only", path);
  std::string target = path;
  if (old) {
    TRY(target, beneath_.resolve(path));  // a link stays, what it leads to is replaced
  }
  TRY(const auto place, beneath_.place(target));
  const auto part = fmt::format(".{}.part", randomHex(8));
  TRY(during(fmt::format("saving '{}'", path), makeFile(place.folder.get(), part, kFileMode, [&](int fd) -> Result<> {
    TRY(writeAll(fd, bytes, path));
    if (old && ::fchmod(fd, old->st_mode & 07777) != 0) return failErrno("setting the mode of", path);
    if (::renameat(place.folder.get(), part.c_str(), place.folder.get(), place.name.c_str()) != 0) return failErrno("replacing", path);
    return {};
  })));
  return !old;
}

// On failure the file is as long as it was before.
Result<> Disk::append(const std::string& path, std::string_view bytes) const {
  TRY(const auto status, beneath_.look(path));
  if (!S_ISREG(status.st_mode)) return fail(Code::InvalidInput, "'{}' is no regular file", path);
  TRY(const auto fd, beneath_.open(path, O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY));
  auto written = writeAll(fd.get(), bytes, path);
  if (!written && ::ftruncate(fd.get(), status.st_size) != 0) return failErrno("taking back what was written of", path);
  return written;
}

// ---- names ----

Result<Told> Disk::rename(std::string_view path, std::string_view body) const {
  TRY(const auto object, parseJsonObject(body, 8));
  const auto* wanted = findString(object, "path");
  if (wanted == nullptr) return fail(Code::InvalidInput, "the body must have the new path");
  TRY(const auto from, pathToWrite(path));
  TRY(const auto to, pathToWrite(*wanted));
  if (from == to) return tell(to, false, {});
  TRY(const auto source, beneath_.place(from));
  TRY(const auto target, beneath_.place(to));
  const auto moved = ::renameat2(source.folder.get(), source.name.c_str(), target.folder.get(), target.name.c_str(), RENAME_NOREPLACE);
  if (moved != 0 && errno == EEXIST) return fail(Code::Conflict, "File already exists: {}", to);
  if (moved != 0 && errno == ENOENT) return fail(Code::NotFound, "No such file or directory: {}", from);
  if (moved != 0 && errno == EINVAL) return fail(Code::InvalidInput, "'{}' cannot be moved into itself", from);
  if (moved != 0) return failErrno("renaming", from);
  return tell(to, false, {});
}

Result<> Disk::remove(std::string_view path) const {
  TRY(const auto clean, pathToWrite(path));
  TRY(const auto place, beneath_.place(clean));
  struct stat status{};
  if (::fstatat(place.folder.get(), place.name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return failErrno("deleting", clean);
  if (::unlinkat(place.folder.get(), place.name.c_str(), S_ISDIR(status.st_mode) ? AT_REMOVEDIR : 0) == 0) return {};
  if (errno == ENOTEMPTY || errno == EEXIST) {
    return fail(
        Code::InvalidInput, "Directory {} not empty: delete what is in it first, hidden files too; there is no way back here", clean);
  }
  return failErrno("deleting", clean);
}

}  // namespace allmende::files
