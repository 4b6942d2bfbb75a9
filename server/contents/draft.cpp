#include "server/contents/draft.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "server/contents/failures.h"
#include "server/contents/reading.h"
#include "server/contents/tree.h"

namespace allmende::contents {
namespace {

constexpr std::string_view kDraftPrefix = ".~allmende-";
constexpr unsigned kNewFileMode = 0644;
constexpr unsigned kNewFolderMode = 0755;

Result<> writeAll(int fd, std::string_view bytes, std::string_view name) {
  while (!bytes.empty()) {
    const auto written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failSystem(errno, "save", name);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace

std::string makeDraftName() { return std::string(kDraftPrefix) + randomHex(8); }
bool isDraftName(std::string_view name) { return name.starts_with(kDraftPrefix); }

// ---- something unfinished ----

Result<Unfinished> Unfinished::make(const Space& space, In tree, DrivePath place) {
  Unfinished unfinished(space, std::move(place));
  const auto folder = unfinished.place_.folder();
  TRY(unfinished.folder_, (tree == In::Drive ? space.drive : space.checkpoints).openFolder(folder));
  auto name = makeDraftName();
  const auto target = fmt::format("{}/{}/{}", static_cast<char>(tree), folder.text(), name);
  // The note first: a crash in between leaves a note of nothing, never something unfinished without a note.
  if (::symlinkat(target.c_str(), space.uploads.get(), name.c_str()) != 0) return failSystem(errno, "save", unfinished.place_.text());
  unfinished.name_ = std::move(name);
  return unfinished;
}

Result<Unfinished> Unfinished::reopen(const Space& space, DrivePath place, std::string name) {
  Unfinished unfinished(space, std::move(place));
  TRY(unfinished.folder_, space.drive.openFolder(unfinished.place_.folder()));
  unfinished.name_ = std::move(name);
  return unfinished;
}

Unfinished::~Unfinished() {
  if (name_.empty()) return;
  static_cast<void>(removeTree(space_.trash.get(), folder_.get(), name_));
  ::unlinkat(space_.uploads.get(), name_.c_str(), 0);
}

Result<> Unfinished::takeRoom(std::int64_t bytes) {
  if (bytes > space_.room)
    return fail(Code::OverLimit, "'{}' does not fit: your files may have {} more; delete some, and empty the trash", shown(place_.text()),
        inMegabytes(static_cast<std::uint64_t>(std::max<std::int64_t>(0, space_.room))));
  space_.room -= bytes;
  return {};
}

Result<> Unfinished::put(unsigned flags) {
  if (::renameat2(folder_.get(), name_.c_str(), folder_.get(), std::string(place_.name()).c_str(), flags) != 0) {
    if (errno == EISDIR) return fail(Code::InvalidInput, "{} is a directory, not a file", shown(place_.text()));
    return failSystem(errno, "save", place_.text());
  }
  ::unlinkat(space_.uploads.get(), name_.c_str(), 0);
  name_.clear();
  if (::fsync(folder_.get()) != 0) return failSystem(errno, "save", place_.text());
  return {};
}

// ---- files ----

Result<Draft> Draft::make(const Space& space, In tree, DrivePath place) {
  TRY(auto unfinished, Unfinished::make(space, tree, std::move(place)));
  Draft draft(std::move(unfinished));
  const auto& own = draft.unfinished_;
  draft.file_ = Descriptor(::openat(own.folder(), own.name().c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kNewFileMode));
  if (!draft.file_) return failSystem(errno, "save", own.place().text());
  return draft;
}

Result<Draft> Draft::reopen(const Space& space, DrivePath place, std::string name) {
  TRY(auto unfinished, Unfinished::reopen(space, std::move(place), std::move(name)));
  Draft draft(std::move(unfinished));
  const auto& own = draft.unfinished_;
  draft.file_ = Descriptor(::openat(own.folder(), own.name().c_str(), O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC));
  if (!draft.file_) return failSystem(errno, "save", own.place().text());
  return draft;
}

Result<> Draft::write(std::string_view bytes) {
  TRY(unfinished_.takeRoom(static_cast<std::int64_t>(bytes.size())));
  return writeAll(file_.get(), bytes, unfinished_.place().text());
}

Result<> Draft::copyFrom(const OpenedFile& file) {
  TRY(unfinished_.takeRoom(static_cast<std::int64_t>(std::min<std::uint64_t>(file.facts.size, std::uint64_t{1} << 60U))));
  return copyBytes(file.fd.get(), file_.get(), unfinished_.place().text());
}

Result<> Draft::takeAfter(const Facts& facts) {
  // Another's file stays theirs where this process may say so; elsewhere the writer owns what it writes.
  [[maybe_unused]] const int given = ::fchown(file_.get(), facts.owner, facts.group);
  if (::fchmod(file_.get(), facts.mode & 0777U) != 0) return failSystem(errno, "save", unfinished_.place().text());
  return {};
}

Result<Facts> Draft::facts() const { return factsOf(file_, unfinished_.place()); }

Result<> Draft::replace() {
  if (::fsync(file_.get()) != 0) return failSystem(errno, "save", unfinished_.place().text());
  return unfinished_.put(0);
}

Result<> Draft::claim() {
  if (::fsync(file_.get()) != 0) return failSystem(errno, "save", unfinished_.place().text());
  return unfinished_.put(RENAME_NOREPLACE);
}

// ---- folders ----

Result<FolderDraft> FolderDraft::make(const Space& space, DrivePath place) {
  TRY(auto unfinished, Unfinished::make(space, Unfinished::In::Drive, std::move(place)));
  FolderDraft draft(std::move(unfinished));
  TRY(draft.folder_, openOrMakeFolder(draft.unfinished_.folder(), draft.unfinished_.name(), kNewFolderMode));
  return draft;
}

Result<> FolderDraft::claim() { return unfinished_.put(RENAME_NOREPLACE); }

Result<> copyBytes(int from, int to, std::string_view name) {
  constexpr std::size_t kPiece = 1U << 20U;
  std::string buffer(kPiece, '\0');
  for (;;) {
    const auto count = ::read(from, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failSystem(errno, "copy", name);
    if (count == 0) return {};
    TRY(writeAll(to, std::string_view(buffer).substr(0, static_cast<std::size_t>(count)), name));
  }
}

}  // namespace allmende::contents
