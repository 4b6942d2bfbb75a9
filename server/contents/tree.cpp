#include "server/contents/tree.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <deque>

#include "server/contents/failures.h"

namespace allmende::contents {
namespace {

Descriptor openForEmptying(int parent, const std::string& name) {
  constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  Descriptor folder(::openat(parent, name.c_str(), kFlags));
  if (folder || errno != EACCES) return folder;
  if (::fchmodat(parent, name.c_str(), 0700, 0) != 0) return folder;  // somebody took the rights away from their own folder
  return Descriptor(::openat(parent, name.c_str(), kFlags));
}

// Removes a folder's files; its folders are put beside it, each added to `left`. So no depth costs a descriptor or stack.
Result<> emptyFolder(int trash, const std::string& name, std::vector<std::string>& left) {
  const auto folder = openForEmptying(trash, name);
  if (!folder) return failSystem(errno, "delete", name);
  ::fchmod(folder.get(), 0700);  // what lies in it can be taken out; where it cannot, that says so
  TRY(const auto names, namesIn(folder.get()));
  for (const auto& child : names) {
    if (::unlinkat(folder.get(), child.c_str(), 0) == 0 || errno == ENOENT) continue;
    if (errno != EISDIR) return failSystem(errno, "delete", child);
    auto aside = makeDraftName();
    if (!moveAway(folder.get(), child, trash, aside)) return failSystem(errno, "delete", child);
    left.push_back(std::move(aside));
  }
  return {};
}

}  // namespace

void walk(const Root& root, const DrivePath& from, const std::function<Onward(const DrivePath&, const Facts&)>& visit) {
  std::deque<DrivePath> folders{from};
  for (; !folders.empty(); folders.pop_front()) {
    const auto folder = root.openFolder(folders.front());
    const auto names = folder ? namesIn(folder->get()) : Result<std::vector<std::string>>();
    if (!names) continue;
    for (const auto& name : *names) {
      const auto path = folders.front().child(name);
      const auto facts = path ? findFacts(folder->get(), name.c_str()) : std::nullopt;
      if (!facts) continue;
      const auto onward = visit(*path, *facts);
      if (onward == Onward::Stop) return;
      if (onward == Onward::Into && facts->isFolder()) folders.push_back(*path);
    }
  }
}

bool moveAway(int from, const std::string& name, int to, const std::string& as) {
  if (::renameat(from, name.c_str(), to, as.c_str()) == 0) return true;
  if (errno != EACCES) return false;
  const auto facts = findFacts(from, name.c_str());
  errno = EACCES;
  if (!facts || !facts->isFolder()) return false;
  // A folder that nobody may write to cannot be moved elsewhere either.
  return ::fchmodat(from, name.c_str(), 0700, 0) == 0 && ::renameat(from, name.c_str(), to, as.c_str()) == 0;
}

Result<> removeTree(int trash, int parent, const std::string& name) {
  if (::unlinkat(parent, name.c_str(), 0) == 0 || errno == ENOENT) return {};
  if (errno != EISDIR) return failSystem(errno, "delete", name);
  std::vector<std::string> left{makeDraftName()};
  if (!moveAway(parent, name, trash, left.front())) return failSystem(errno, "delete", name);
  while (!left.empty()) {
    const auto next = std::move(left.back());
    left.pop_back();
    TRY(emptyFolder(trash, next, left));
    if (::unlinkat(trash, next.c_str(), AT_REMOVEDIR) != 0) return failSystem(errno, "delete", next);
  }
  return {};
}

std::uint64_t sizeOf(const Root& root, const DrivePath& path) {
  const auto own = root.find(path);
  if (!own || !*own) return 0;
  if (!(*own)->isFolder()) return (*own)->isFile() ? (*own)->size : 0;
  std::uint64_t sum = 0;
  walk(root, path, [&](const DrivePath&, const Facts& facts) {
    if (facts.isFile()) sum += facts.size;
    return Onward::Into;
  });
  return sum;
}

}  // namespace allmende::contents
