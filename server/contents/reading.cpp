#include "server/contents/reading.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "lib/base/base64.h"
#include "lib/base/json.h"
#include "lib/base/sha256.h"
#include "server/contents/failures.h"
#include "server/contents/models.h"
#include "server/contents/names.h"

namespace allmende::contents {
namespace {

using jupyter::ContentsType;

constexpr std::size_t kPiece = 1U << 20U;

// At most `count` bytes from where the file stands; 0 at its end.
Result<std::size_t> readSome(int fd, char* into, std::size_t count, const DrivePath& path) {
  for (;;) {
    const auto got = ::read(fd, into, count);
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR) return failSystem(errno, "read", path.text());
  }
}

// Piece by piece, so that a file of any size can be hashed.
Result<std::string> hashOf(const OpenedFile& file, const DrivePath& path) {
  if (::lseek(file.fd.get(), 0, SEEK_SET) != 0) return failSystem(errno, "read", path.text());
  Sha256 hash;
  std::string buffer(kPiece, '\0');
  for (;;) {
    TRY(const auto count, readSome(file.fd.get(), buffer.data(), buffer.size(), path));
    if (count == 0) return hexOf(hash.finish());
    hash.add(std::string_view(buffer).substr(0, count));
  }
}

bool isWritable(const Root& drive, const DrivePath& path) {
  const auto folder = drive.openFolder(path.folder());
  const std::string name(path.isRoot() ? "." : path.name());
  return folder && ::faccessat(folder->get(), name.c_str(), W_OK, AT_EACCESS) == 0;
}

Result<> putText(jupyter::ContentsModel& model, std::string_view bytes, const GetWish& wish) {
  const bool isText = wish.format != "base64" && net::isUtf8(bytes);
  if (wish.format == "text" && !isText) return fail(Code::InvalidInput, "{} is not UTF-8 encoded", shown(model.path));
  model.content = isText ? json::serialize(json::string(bytes)) : fmt::format("\"{}\"", toBase64(bytes));
  model.format = isText ? "text" : "base64";
  if (model.mimetype.empty()) model.mimetype = isText ? "text/plain" : "application/octet-stream";
  return {};
}

Result<> putNotebook(jupyter::ContentsModel& model, std::string_view bytes) {
  auto notebook = jupyter::readNotebook(bytes);
  if (!notebook) return fail(notebook.error().code, "Unreadable Notebook: {}: {}", shown(model.path), notebook.error().message);
  if (auto fault = jupyter::findNotebookFault(*notebook)) model.message = "Notebook validation failed: " + *std::move(fault);
  jupyter::joinNotebookLines(*notebook);
  model.content = json::serialize(*notebook);
  model.format = "json";
  return {};
}

Result<Model> readFile(const Root& drive, const DrivePath& path, const GetWish& wish, std::size_t largest) {
  TRY(const auto file, drive.openFile(path));
  auto model = modelOf(path, file.facts, isWritable(drive, path));
  if (wish.type) model.type = *wish.type == "notebook" ? ContentsType::Notebook : ContentsType::File;
  model.mimetype = model.type == ContentsType::File ? jupyter::mediaTypeOf(path.name()) : std::string_view();
  if (wish.content) {
    TRY(const auto bytes, readWhole(file, path, largest));
    TRY(model.type == ContentsType::File ? putText(model, bytes, wish) : putNotebook(model, bytes));
  }
  if (wish.hash) {
    TRY(model.hash, hashOf(file, path));
  }
  return finished(model);
}

Result<std::string> listFolder(const Root& drive, const DrivePath& path, std::size_t largest) {
  TRY(const auto folder, drive.openFolder(path));
  TRY(const auto names, namesIn(folder.get()));
  std::string json = "[";
  for (const auto& name : names) {
    if (!isListed(name)) continue;
    const auto child = path.child(name);
    if (!child) continue;  // a name that is no UTF-8, or a path too long to be asked for
    const auto facts = listedFacts(drive, folder.get(), *child);
    if (!facts) continue;
    if (json.size() > 1) json += ',';
    json += toText(modelOf(*child, *facts, ::faccessat(folder.get(), name.c_str(), W_OK, AT_EACCESS) == 0));
    if (json.size() > largest)
      return fail(Code::OverLimit, "the folder '{}' has too many entries for a listing ({} at most); move some into folders of their own",
          shown(path.text()), inMegabytes(largest));
  }
  return json + "]";
}

Result<Model> readFolder(const Root& drive, const DrivePath& path, const GetWish& wish, std::size_t largest) {
  if (wish.type && *wish.type != "directory")
    return fail(Code::InvalidInput, "{} is a directory, not a {}", shown(path.text()), *wish.type == "notebook" ? "notebook" : "file");
  TRY(const auto facts, drive.stat(path));
  auto model = modelOf(path, facts, isWritable(drive, path));
  if (wish.content) {
    TRY(model.content, listFolder(drive, path, largest));
    model.format = "json";
  }
  return finished(model);
}

}  // namespace

Result<Model> readModel(const Root& drive, const DrivePath& path, const GetWish& wish, std::size_t largest) {
  if (path.isHidden()) return failMissing(path.text());
  TRY(const auto facts, drive.stat(path));
  if (facts.isFolder()) return readFolder(drive, path, wish, largest);
  if (wish.type == "directory") return fail(Code::InvalidInput, "{} is not a directory", shown(path.text()));
  return readFile(drive, path, wish, largest);
}

Result<Model> describe(const Root& drive, const DrivePath& path, std::string message) {
  TRY(const auto facts, drive.stat(path));
  auto model = modelOf(path, facts, isWritable(drive, path));
  model.message = std::move(message);
  return finished(model);
}

Result<OpenFile> openForSending(const Root& drive, const DrivePath& path) {
  if (path.isHidden()) return failMissing(path.text());
  TRY(auto file, drive.openFile(path));
  const auto mimetype = jupyter::mediaTypeOf(path.name());
  return OpenFile{std::string(path.name()), std::string(mimetype.empty() ? "application/octet-stream" : mimetype), file.facts.modified,
      net::makeFileBody(file.fd.release(), 0, file.facts.size)};
}

Result<Bytes> readBytes(const Root& drive, const DrivePath& path, std::size_t largest) {
  if (path.isHidden()) return failMissing(path.text());
  TRY(const auto file, drive.openFile(path));
  TRY(auto bytes, readWhole(file, path, largest));
  auto hash = sha256Of(bytes);
  return Bytes{path.text(), std::move(bytes), std::move(hash)};
}

Result<std::string> readWhole(const OpenedFile& file, const DrivePath& path, std::size_t largest) {
  const auto tooLarge = [&](std::uint64_t size) {
    return fail(Code::OverLimit, "'{}' has {}; up to {} can be opened here. Download it instead", shown(path.text()), inMegabytes(size),
        inMegabytes(largest));
  };
  if (file.facts.size > largest) return tooLarge(file.facts.size);
  std::string bytes;
  for (;;) {
    const auto before = bytes.size();
    bytes.resize(before == 0 ? file.facts.size + 1 : before + kPiece);  // one more, to see the end at once
    TRY(const auto count, readSome(file.fd.get(), bytes.data() + before, bytes.size() - before, path));
    bytes.resize(before + count);
    if (count == 0) return bytes;
    if (bytes.size() > largest) return tooLarge(bytes.size());
  }
}

std::string inMegabytes(std::uint64_t bytes) {
  constexpr std::uint64_t kMegabyte = 1U << 20U;
  return bytes < kMegabyte ? fmt::format("{} bytes", bytes) : fmt::format("{} MB", (bytes + kMegabyte / 2) / kMegabyte);
}

std::optional<Facts> listedFacts(const Root& drive, int folder, const DrivePath& path) {
  auto facts = findFacts(folder, std::string(path.name()).c_str());
  if (facts && facts->kind == Facts::Kind::Link) {
    auto target = drive.stat(path);
    facts = target ? std::optional(*target) : std::nullopt;
  }
  if (!facts || (!facts->isFile() && !facts->isFolder())) return std::nullopt;
  return facts;
}

}  // namespace allmende::contents
