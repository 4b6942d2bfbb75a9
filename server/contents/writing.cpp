#include "server/contents/writing.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "lib/base/base64.h"
#include "server/contents/checkpoints.h"
#include "server/contents/failures.h"
#include "server/contents/free_name.h"
#include "server/contents/reading.h"

namespace allmende::contents {
namespace {

using jupyter::ContentsType;

std::string textOf(const json::object& object, std::string_view name) {
  const auto* found = findString(object, name);
  return found == nullptr ? std::string() : std::string(*found);
}

// A type that nobody knows means file, as with stock servers.
ContentsType typeNamed(std::string_view name) {
  if (name == "directory") return ContentsType::Directory;
  return name == "notebook" ? ContentsType::Notebook : ContentsType::File;
}

Result<std::optional<std::int64_t>> readChunk(const json::object& body) {
  const auto* chunk = body.if_contains("chunk");
  if (chunk == nullptr || chunk->is_null()) return std::nullopt;
  if (!chunk->is_int64() || chunk->get_int64() == 0 || chunk->get_int64() < -1)
    return fail(
        Code::InvalidInput, "chunk is {}; it is 1, 2, … for the pieces of a file and -1 for the last", shown(json::serialize(*chunk)));
  return chunk->get_int64();
}

Result<> saveNotebook(const Space& space, const DrivePath& path, const SaveWish& wish, std::size_t largest) {
  const auto& notebook = wish.content.get_object();
  const auto text = jupyter::writeNotebook(notebook);
  if (text.size() > largest)
    return fail(Code::OverLimit, "the notebook has {}; up to {} can be saved. Clear some outputs, or upload it as a file in pieces",
        inMegabytes(text.size()), inMegabytes(largest));
  return writeFile(space, path, text);
}

// Fails with Conflict when the name is taken.
Result<> makeFolder(const Root& drive, const DrivePath& path) {
  TRY(const auto parent, drive.openFolder(path.folder()));
  if (::mkdirat(parent.get(), std::string(path.name()).c_str(), 0755) != 0) return failSystem(errno, "make the folder", path.text());
  return {};
}

Result<> saveFolder(const Root& drive, const DrivePath& path) {
  if (path.isRoot()) return {};
  const auto made = makeFolder(drive, path);
  if (made || made.error().code != Code::Conflict) return made;
  const auto there = drive.stat(path);
  if (there && there->isFolder()) return {};
  return fail(Code::InvalidInput, "Not a directory: {}", shown(path.text()));
}

}  // namespace

Result<SaveWish> readSaveWish(const DrivePath& path, std::string_view body, bool exists) {
  TRY(auto model, parseJsonObject(body, kBodyDepth));
  if (!textOf(model, "copy_from").empty()) return fail(Code::InvalidInput, "Cannot copy with PUT, only POST");
  const auto hidden = DrivePath::parse(textOf(model, "path"));
  if (path.isHidden() || (hidden && hidden->isHidden()))
    return fail(Code::InvalidInput, "Cannot create file or directory '{}': hidden names begin with a dot", shown(path.text()));
  SaveWish wish;
  wish.format = textOf(model, "format");
  TRY(wish.chunk, readChunk(model));
  const auto* type = model.if_contains("type");
  if (type == nullptr && (exists || wish.chunk)) return fail(Code::InvalidInput, "No file type provided");
  wish.type = type == nullptr ? typeOfFile(path.name()) : typeNamed(textOf(model, "type"));
  if (auto* content = model.if_contains("content")) {
    wish.content = std::move(*content);
  } else if (wish.type != ContentsType::Directory) {
    if (exists || wish.chunk) return fail(Code::InvalidInput, "No file content provided");
    if (wish.type == ContentsType::Notebook) {
      wish.content = jupyter::makeNotebook();
    } else {
      wish.content = "";
      wish.format = "text";
    }
  }
  return wish;
}

Result<std::string> decodeContent(const DrivePath& path, const SaveWish& wish, std::size_t largest) {
  if (wish.format != "text" && wish.format != "base64")
    return fail(Code::InvalidInput, "Must specify format of file contents as 'text' or 'base64'");
  if (!wish.content.is_string())
    return fail(Code::InvalidInput, "Encoding error saving {}: content must be a string, not {}", shown(path.text()), kindOf(wish.content));
  const std::string_view text = wish.content.get_string();
  auto bytes = wish.format == "text" ? std::optional<std::string>(text) : fromBase64(text);
  if (!bytes) return fail(Code::InvalidInput, "Encoding error saving {}: content is no base64", shown(path.text()));
  if (bytes->size() > largest)
    return fail(Code::OverLimit, "'{}' has {}; up to {} can be saved at once. Upload it in pieces (chunk 1, 2, … -1)", shown(path.text()),
        inMegabytes(bytes->size()), inMegabytes(largest));
  return *std::move(bytes);
}

Result<std::string> saveWhole(const Space& space, const DrivePath& path, const SaveWish& wish, std::size_t largest) {
  if (wish.type == ContentsType::Directory) {
    TRY(saveFolder(space.drive, path));
    return {};
  }
  if (wish.type == ContentsType::File) {
    TRY(const auto bytes, decodeContent(path, wish, largest));
    TRY(writeFile(space, path, bytes));
    return {};
  }
  if (!wish.content.is_object())
    return fail(Code::InvalidInput, "the content of a notebook must be an object, not {}", kindOf(wish.content));
  TRY(jupyter::checkNotebookFormat(wish.content.get_object()));
  TRY(saveNotebook(space, path, wish, largest));
  ensureCheckpoint(space, path);
  const auto fault = jupyter::findNotebookFault(wish.content.get_object());
  return fault ? "Notebook validation failed: " + *fault : std::string();
}

Result<Target> findTarget(const Root& drive, const DrivePath& path) {
  if (path.isRoot()) return fail(Code::InvalidInput, "the drive itself is a directory, not a file; name a file in it");
  TRY(auto place, drive.resolve(path));
  TRY(auto there, drive.find(place));
  if (there && there->isFolder()) return fail(Code::InvalidInput, "{} is a directory, not a file", shown(path.text()));
  if (there && !there->isFile()) return fail(Code::InvalidInput, "Cannot write to non-file {}", shown(path.text()));
  return Target{std::move(place), there};
}

Result<Draft> draftFor(const Space& space, const Target& target) {
  TRY(auto draft, Draft::make(space, Draft::In::Drive, target.place));
  if (target.there) {
    TRY(draft.takeAfter(*target.there));
  }
  return draft;
}

Result<> writeFile(const Space& space, const DrivePath& path, std::string_view bytes) {
  TRY(const auto target, findTarget(space.drive, path));
  TRY(auto draft, draftFor(space, target));
  TRY(draft.write(bytes));
  return draft.replace();
}

Result<> writeNewFile(const Space& space, const DrivePath& path, std::string_view bytes) {
  TRY(auto draft, Draft::make(space, Draft::In::Drive, path));
  TRY(draft.write(bytes));
  return draft.claim();
}

Result<DrivePath> makeUntitled(const Space& space, const DrivePath& folder, std::string_view type, std::string_view ext) {
  TRY(const auto untitled, makeUntitledName(type, ext));
  return takeFreeName(space.drive, folder, untitled.name, [&](const DrivePath& path) -> Result<> {
    if (untitled.type == ContentsType::Directory) return makeFolder(space.drive, path);
    TRY(writeNewFile(
        space, path, untitled.type == ContentsType::Notebook ? jupyter::writeNotebook(jupyter::makeNotebook()) : std::string()));
    if (untitled.type == ContentsType::Notebook) ensureCheckpoint(space, path);
    return {};
  });
}

Result<> renamePath(const Space& space, const DrivePath& from, const DrivePath& to) {
  if (from.isHidden() || to.isHidden())
    return fail(Code::InvalidInput, "Cannot rename file or directory '{}': hidden names begin with a dot", shown(from.text()));
  if (from.isRoot() || to.isRoot()) return fail(Code::InvalidInput, "Cannot rename the drive itself; name a file or folder in it");
  if (to.isBelow(from)) return fail(Code::InvalidInput, "Cannot move '{}' into itself", shown(from.text()));
  TRY(const auto there, space.drive.find(from));
  if (!there) return fail(Code::NotFound, "File or directory does not exist: {}", shown(from.text()));
  TRY(const auto old, space.drive.openFolder(from.folder()));
  TRY(const auto next, space.drive.openFolder(to.folder()));
  if (::renameat2(old.get(), std::string(from.name()).c_str(), next.get(), std::string(to.name()).c_str(), RENAME_NOREPLACE) != 0)
    return failSystem(errno, "rename", errno == EEXIST ? to.text() : from.text());
  moveCheckpoints(space, from, to);
  if (::fsync(next.get()) != 0) return failSystem(errno, "rename", to.text());
  return {};
}

}  // namespace allmende::contents
