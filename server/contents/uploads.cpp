#include "server/contents/uploads.h"

#include <algorithm>
#include <functional>

#include "server/contents/failures.h"
#include "server/contents/models.h"
#include "server/contents/reading.h"

namespace allmende::contents {
namespace {

constexpr Duration kClaim = 30s;         // so long after a piece a path belongs to its upload
constexpr Duration kLoneAfter = 60s;     // a first piece without a second is the whole file
constexpr Duration kGivenUpAfter = 24h;  // then the pieces are dropped
constexpr std::ptrdiff_t kMostOfAccount = 200;

// Whether a client that cuts files would cut one so.
bool isRound(std::size_t size) { return size > 0 && (size % 1024 == 0 || size % 1000 == 0); }

bool isSame(const Facts& one, const Facts& other) {
  return one.inode == other.inode && one.size == other.size && one.modified == other.modified;
}

std::int64_t inSeconds(Duration time) { return std::chrono::ceil<std::chrono::seconds>(time).count(); }

}  // namespace

Result<Saved> Uploads::take(const Space& space, const Key& key, const SaveWish& wish, std::string_view bytes, Duration now) {
  if (*wish.chunk == 1) return begin(space, key, bytes, now);
  auto saved = goOn(space, key, *wish.chunk, bytes, now);
  // After a full disk the pieces are of no use: the next try begins with chunk 1 and needs the room.
  if (!saved && saved.error().code != Code::Conflict) drop(space, key);
  return saved;
}

std::optional<Uploads::Upload> Uploads::find(const Key& key) const {
  const std::scoped_lock lock(mutex_);
  const auto found = uploads_.find(key);
  return found == uploads_.end() ? std::nullopt : std::optional(found->second);
}

Result<> Uploads::checkBegin(const Key& key, const std::optional<Upload>& earlier, Duration now) const {
  if (earlier && !earlier->draft.empty() && now - earlier->lastAt < kClaim)
    return fail(Code::Conflict, "another upload to '{}' is under way; wait for its end, or {} seconds if it was given up",
        shown(key.second.text()), inSeconds(kClaim - (now - earlier->lastAt)));
  const std::scoped_lock lock(mutex_);
  const auto count = std::ranges::count_if(uploads_, [&](const auto& entry) { return entry.first.first == key.first; });
  if (!earlier && count >= kMostOfAccount)
    return fail(Code::OverLimit, "{} uploads are under way; wait until some have ended", kMostOfAccount);
  return {};
}

Result<Saved> Uploads::begin(const Space& space, const Key& key, std::string_view bytes, Duration now) {
  const auto& path = key.second;
  const auto earlier = find(key);
  TRY(checkBegin(key, earlier, now));
  drop(space, key);
  TRY(const auto target, findTarget(space.drive, path));
  TRY(auto draft, draftFor(space, target));
  TRY(draft.write(bytes));
  Upload upload{.place = target.place, .draft = {}, .standing = {}, .fingerprint = std::hash<std::string_view>{}(bytes), .lastAt = now};
  TRY(const auto facts, draft.facts());
  if (isRound(bytes.size())) {
    upload.draft = draft.leave();
  } else {
    upload.contested = earlier && now - earlier->lastAt < kClaim && earlier->fingerprint != upload.fingerprint;
    TRY(draft.replace());
    TRY(upload.standing, space.drive.find(target.place));
  }
  const std::scoped_lock lock(mutex_);
  uploads_.insert_or_assign(key, std::move(upload));
  return Saved{.model = finished(modelOf(path, facts)), .created = !target.there, .hash = {}};
}

Result<Saved> Uploads::goOn(const Space& space, const Key& key, std::int64_t chunk, std::string_view bytes, Duration now) {
  const auto& path = key.second;
  auto upload = find(key);
  if (!upload)
    return fail(
        Code::Conflict, "no upload to '{}' is under way, or the server was started anew; begin again with chunk 1", shown(path.text()));
  if (upload->contested)
    return fail(Code::Conflict, "two uploads to '{}' began at once; wait {} seconds and begin again with chunk 1", shown(path.text()),
        inSeconds(kClaim));
  if (chunk != -1 && chunk != upload->next)
    return fail(Code::Conflict, "chunk {} of '{}' does not follow: {} was expected. Begin again with chunk 1", chunk, shown(path.text()),
        upload->next);
  TRY(auto draft,
      upload->draft.empty() ? Draft::make(space, Draft::In::Drive, upload->place) : Draft::reopen(space, upload->place, upload->draft));
  if (upload->draft.empty()) {
    TRY(const auto standing, space.drive.openFile(upload->place));
    if (!isSame(*upload->standing, standing.facts))
      return fail(Code::Conflict, "'{}' was changed during its upload; begin again with chunk 1", shown(path.text()));
    TRY(draft.copyFrom(standing));
    TRY(draft.takeAfter(standing.facts));
  }
  TRY(draft.write(bytes));
  TRY(const auto facts, draft.facts());
  if (chunk == -1) {
    TRY(draft.replace());
  } else {
    upload->draft = draft.leave();
  }
  ++upload->next;
  upload->lastAt = now;
  const std::scoped_lock lock(mutex_);
  if (chunk == -1) {
    uploads_.erase(key);
  } else {
    uploads_.insert_or_assign(key, *std::move(upload));
  }
  return Saved{.model = finished(modelOf(path, facts)), .created = false, .hash = {}};
}

bool Uploads::isLone(const Key& key, Duration now) const {
  const std::scoped_lock lock(mutex_);
  const auto found = uploads_.find(key);
  return found != uploads_.end() && found->second.next == 2 && !found->second.draft.empty() && now - found->second.lastAt >= kLoneAfter;
}

Result<> Uploads::finishLone(const Space& space, const Key& key) {
  auto upload = find(key);
  if (!upload || upload->next != 2 || upload->draft.empty()) return {};
  {
    const std::scoped_lock lock(mutex_);
    uploads_.erase(key);
  }
  TRY(auto draft, Draft::reopen(space, upload->place, upload->draft));
  return draft.replace();
}

bool Uploads::isSilent(const Upload& upload, Duration now) {
  return now - upload.lastAt >= (upload.next == 2 ? kLoneAfter : kGivenUpAfter);
}

std::vector<Uploads::Key> Uploads::listSilent(Duration now) const {
  const std::scoped_lock lock(mutex_);
  std::vector<Key> silent;
  for (const auto& [key, upload] : uploads_)
    if (isSilent(upload, now)) silent.push_back(key);
  return silent;
}

Result<> Uploads::endSilent(const Space& space, const Key& key, Duration now) {
  if (isLone(key, now)) return finishLone(space, key);
  if (const auto upload = find(key); upload && isSilent(*upload, now)) drop(space, key);
  return {};
}

void Uploads::drop(const Space& space, const Key& key) {
  const auto upload = find(key);
  if (!upload) return;
  {
    const std::scoped_lock lock(mutex_);
    uploads_.erase(key);
  }
  if (!upload->draft.empty()) static_cast<void>(Draft::reopen(space, upload->place, upload->draft));  // goes with the object
}

}  // namespace allmende::contents
