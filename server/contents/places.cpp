#include "server/contents/places.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "lib/base/log.h"
#include "server/contents/draft.h"
#include "server/contents/failures.h"
#include "server/contents/tree.h"

namespace allmende::contents {
namespace {

std::unexpected<Error> failDirectory(const std::string& path, int error) {
  return fail(Code::Unavailable, "the data directory '{}' is not usable: {}; it must be a folder that this user can write", shown(path),
      std::strerror(error));
}

void removeDraft(const Space& space, const Root& tree, std::string_view place) {
  const auto path = DrivePath::parse(place);
  if (!path || !isDraftName(path->name())) return;
  const auto folder = tree.openFolder(path->folder());
  if (folder && removeTree(space.trash.get(), folder->get(), std::string(path->name())))
    log::info("draft.removed", {{"path", path->text()}});
}

// A note's target says what is unfinished: "d/folder/.~allmende-…" in the drive.
void removeNoted(const Space& space, const std::string& note) {
  std::array<char, kLongestPath + 2 * kLongestName> target{};
  const auto length = ::readlinkat(space.uploads.get(), note.c_str(), target.data(), target.size());
  if (length > 2) {
    const std::string_view text(target.data(), static_cast<std::size_t>(length));
    removeDraft(space, text[0] == static_cast<char>(Unfinished::In::Checkpoints) ? space.checkpoints : space.drive, text.substr(2));
  }
  ::unlinkat(space.uploads.get(), note.c_str(), 0);
}

}  // namespace

Result<Places> Places::open(const std::string& dataDirectory) {
  TRY(checkConfinement());
  std::error_code error;
  std::filesystem::create_directories(dataDirectory, error);
  const Descriptor data(::open(dataDirectory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!data) return failDirectory(dataDirectory, errno);
  Places places;
  constexpr unsigned kOwnerOnly = 0700;
  for (auto& [name, folder] : {std::pair{"drives", &places.drives_}, {"checkpoints", &places.checkpoints_}, {"uploads", &places.uploads_},
           {"trash", &places.trash_}}) {
    auto opened = openOrMakeFolder(data.get(), name, kOwnerOnly);
    if (!opened) return fail(Code::Unavailable, "the data directory '{}' is not usable: {}", shown(dataDirectory), opened.error().message);
    if (::faccessat(data.get(), name, W_OK, AT_EACCESS) != 0) return failDirectory(dataDirectory + "/" + name, errno);
    *folder = *std::move(opened);
  }
  TRY(places.removeLeftovers());
  return places;
}

Result<Space> Places::space(const AccountId& of) const {
  constexpr unsigned kOwnerOnly = 0700;
  check(!of.text().empty(), "an account's folder has a name");
  TRY(auto drive, openOrMakeFolder(drives_.get(), of.text(), kOwnerOnly));
  TRY(auto checkpoints, openOrMakeFolder(checkpoints_.get(), of.text(), kOwnerOnly));
  TRY(auto uploads, openOrMakeFolder(uploads_.get(), of.text(), kOwnerOnly));
  TRY(auto trash, openOrMakeFolder(trash_.get(), of.text(), kOwnerOnly));
  return Space{
      Root(std::move(drive)), Root(std::move(checkpoints)), std::move(uploads), std::move(trash), std::numeric_limits<std::int64_t>::max()};
}

Result<> Places::removeLeftovers() const {
  TRY(const auto accounts, namesIn(uploads_.get()));
  for (const auto& name : accounts) {
    const auto account = AccountId::parse(name);
    if (!account) continue;
    TRY(const auto own, space(*account));
    TRY(const auto notes, namesIn(own.uploads.get()));
    for (const auto& note : notes) removeNoted(own, note);
    TRY(const auto trashed, namesIn(own.trash.get()));
    for (const auto& entry : trashed) {
      if (!isDraftName(entry)) continue;  // what a purge was still emptying
      TRY(removeTree(own.trash.get(), own.trash.get(), entry));
    }
  }
  return {};
}

}  // namespace allmende::contents
