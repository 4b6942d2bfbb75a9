// Copies of files and folders.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>

#include "server/contents/failures.h"
#include "server/contents/free_name.h"
#include "server/contents/reading.h"
#include "server/contents/tree.h"

namespace allmende::contents {
namespace {

constexpr std::uint64_t kLargestFolder = 500U << 20U;  // as stock servers have it: beyond it a request takes too long
constexpr std::size_t kMostEntries = 20'000;

Result<> checkFolder(const Space& space, const DrivePath& from) {
  std::uint64_t size = 0;
  std::size_t entries = 0;
  walk(space.drive, from, [&](const DrivePath&, const Facts& facts) {
    if (facts.isFile()) size += facts.size;
    ++entries;
    return size > kLargestFolder || entries > kMostEntries ? Onward::Stop : Onward::Into;
  });
  if (size > kLargestFolder)
    return fail(Code::InvalidInput, "Can't copy folders larger than {}: '{}' has more. Copy it in parts", inMegabytes(kLargestFolder),
        shown(from.text()));
  if (static_cast<std::int64_t>(size) > space.room)
    return fail(Code::OverLimit, "'{}' has {}, and your files may have {} more; delete some, and empty the trash", shown(from.text()),
        inMegabytes(size), inMegabytes(static_cast<std::uint64_t>(space.room)));
  if (entries > kMostEntries)
    return fail(Code::InvalidInput, "Can't copy folders of more than {} entries: '{}' has more. Copy it in parts", kMostEntries,
        shown(from.text()));
  return {};
}

Result<> copyLink(int from, int to, const std::string& name) {
  std::array<char, PATH_MAX> target{};
  const auto length = ::readlinkat(from, name.c_str(), target.data(), target.size() - 1);
  if (length < 0 || ::symlinkat(target.data(), to, name.c_str()) != 0) return failSystem(errno, "copy", name);
  return {};
}

Result<> copyFile(int from, int to, const std::string& name, const Facts& facts) {
  const Descriptor in(::openat(from, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!in) return failSystem(errno, "copy", name);
  const Descriptor out(::openat(to, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!out) return failSystem(errno, "copy", name);
  TRY(copyBytes(in.get(), out.get(), name));
  if (::fchmod(out.get(), facts.mode & 0777U) != 0) return failSystem(errno, "copy", name);
  return {};
}

// Links stay links, sockets and their like and unfinished files are left out.
Result<> copyEntry(int from, int to, const std::string& name, const Facts& facts) {
  if (isDraftName(name)) return {};
  switch (facts.kind) {
    case Facts::Kind::File: return copyFile(from, to, name, facts);
    case Facts::Kind::Link: return copyLink(from, to, name);
    case Facts::Kind::Folder:
      if (::mkdirat(to, name.c_str(), (facts.mode & 0777U) | S_IRWXU) != 0) return failSystem(errno, "copy", name);
      return {};
    case Facts::Kind::Other: return {};
  }
  return {};
}

Result<> copyFolder(const Root& drive, const DrivePath& from, int draft) {
  const Root copy(Descriptor(::openat(draft, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)));
  Result<> done;
  walk(drive, from, [&](const DrivePath& path, const Facts& facts) {
    const auto place = DrivePath::parse(std::string_view(path.text()).substr(from.text().size()));
    const auto source = drive.openFolder(path.folder());
    const auto target = place ? copy.openFolder(place->folder()) : Result<Descriptor>();
    if (!source || !target) {
      done = std::unexpected(source ? target.error() : source.error());
    } else {
      done = copyEntry(source->get(), target->get(), std::string(path.name()), facts);
    }
    return done ? Onward::Into : Onward::Stop;
  });
  return done;
}

}  // namespace

Result<DrivePath> copyInto(const Space& space, const DrivePath& from, const DrivePath& into) {
  if (from.isHidden() || into.isHidden())
    return fail(Code::InvalidInput, "Cannot copy file or directory '{}': hidden names begin with a dot", shown(from.text()));
  if (from.isRoot()) return fail(Code::InvalidInput, "Cannot copy the drive into itself; name a file or folder in it");
  TRY(const auto facts, space.drive.stat(from));
  if (facts.isFolder() && (into == from || into.isBelow(from)))
    return fail(Code::InvalidInput, "Can't copy '{}' into itself", shown(from.text()));
  if (facts.isFolder()) {
    TRY(checkFolder(space, from));
  }
  return takeFreeName(space.drive, into, copiedName(from.name()), [&](const DrivePath& path) -> Result<> {
    if (facts.isFolder()) {
      TRY(auto draft, FolderDraft::make(space, path));
      TRY(copyFolder(space.drive, from, draft.fd()));
      return draft.claim();
    }
    TRY(const auto source, space.drive.openFile(from));
    TRY(auto draft, Draft::make(space, Draft::In::Drive, path));
    TRY(draft.copyFrom(source));
    TRY(draft.takeAfter(source.facts));
    return draft.claim();
  });
}

}  // namespace allmende::contents
