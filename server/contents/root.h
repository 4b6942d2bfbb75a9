#pragma once
// A folder of the disk that no path leads out of: everything is opened relative to it. Behind the door of server/contents.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/descriptor.h"
#include "lib/base/result.h"
#include "server/contents/paths.h"

namespace allmende::contents {

// A file or folder as the disk knows it.
struct Facts {
  enum class Kind : std::uint8_t { File, Folder, Link, Other };
  Kind kind = Kind::Other;
  std::uint64_t size = 0;
  Instant modified;
  Instant created;  // of its contents' last change where the disk does not keep it
  std::uint64_t inode = 0;
  unsigned mode = 0;
  unsigned owner = 0;
  unsigned group = 0;

  bool isFile() const { return kind == Kind::File; }
  bool isFolder() const { return kind == Kind::Folder; }
};

struct OpenedFile {
  Descriptor fd;
  Facts facts;
};

// Links are followed where they stay below the root; one that leads out is NotFound.
class Root {
 public:
  explicit Root(Descriptor fd) : fd_(std::move(fd)) {}

  int fd() const { return fd_.get(); }
  // For listing, and for what is done to the names in it.
  Result<Descriptor> openFolder(const DrivePath& path) const;
  // For reading. Never blocks: what is no regular file is refused before it is opened.
  Result<OpenedFile> openFile(const DrivePath& path) const;
  // Of what a link leads to.
  Result<Facts> stat(const DrivePath& path) const;
  // Of the link itself; nullopt when nothing is there.
  Result<std::optional<Facts>> find(const DrivePath& path) const;
  // Where a write to `path` belongs: behind the links it is made of. Fails with Denied for a link that leads nowhere or out.
  Result<DrivePath> resolve(DrivePath path) const;
  // Makes what is missing of a folder's path.
  Result<Descriptor> makeFolders(const DrivePath& path) const;

 private:
  // Closed, with errno, when it fails.
  Descriptor openBeneath(const DrivePath& path, std::uint64_t flags) const;
  Descriptor fd_;
};

// One name in an open folder, links not followed; nullopt, with errno, when it fails.
std::optional<Facts> findFacts(int folder, const char* name);
Result<Facts> factsOf(const Descriptor& fd, const DrivePath& path);
// The names in an open folder, without "." and "..", in order.
Result<std::vector<std::string>> namesIn(int folder);
// Opens a folder of `parent`, making it first when it is not there.
Result<Descriptor> openOrMakeFolder(int parent, const std::string& name, unsigned mode);

// Whether this kernel can confine a path; Unavailable with the remedy when not.
Result<> checkConfinement();

}  // namespace allmende::contents
