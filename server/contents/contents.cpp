#include "server/contents/contents.h"

#include "lib/base/json.h"
#include "lib/base/log.h"
#include "server/contents/checkpoints.h"
#include "server/contents/contents_impl.h"
#include "server/contents/failures.h"
#include "server/contents/finding.h"
#include "server/contents/free_name.h"
#include "server/contents/reading.h"
#include "server/contents/tree.h"
#include "server/contents/writing.h"

namespace allmende::contents {
namespace {

bool isBlank(std::string_view body) {
  const auto first = body.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return true;
  body = body.substr(first, body.find_last_not_of(" \t\r\n") + 1 - first);
  return body == "null" || body == "{}";
}

// A member that is a string; empty when absent or null.
Result<std::string> readText(const json::object& body, std::string_view name) {
  const auto* value = body.if_contains(name);
  if (value == nullptr || value->is_null()) return std::string();
  if (!value->is_string()) return fail(Code::InvalidInput, "{} must be a string, not {}", name, kindOf(*value));
  return std::string(value->get_string());
}

Result<DrivePath> createIn(const Space& space, const DrivePath& folder, std::string_view body) {
  if (folder.isHidden())
    return fail(Code::InvalidInput, "Cannot create file or directory '{}': hidden names begin with a dot", shown(folder.text()));
  if (const auto there = space.drive.stat(folder); there && !there->isFolder())
    return fail(Code::InvalidInput, "Cannot POST to files, use PUT instead.");
  TRY(const auto wish, parseJsonObject(isBlank(body) ? "" : body, kBodyDepth));
  TRY(const auto source, readText(wish, "copy_from"));
  TRY(const auto type, readText(wish, "type"));
  TRY(const auto ext, readText(wish, "ext"));
  if (source.empty()) return makeUntitled(space, folder, type, ext);
  TRY(const auto from, DrivePath::parse(source));
  return copyInto(space, from, folder);
}

Result<DrivePath> renameTo(const Space& space, const DrivePath& from, std::string_view body) {
  if (body.find_first_not_of(" \t\r\n") == std::string_view::npos) return fail(Code::InvalidInput, "JSON body missing");
  TRY(const auto wish, parseJsonObject(body, kBodyDepth));
  TRY(const auto text, readText(wish, "path"));
  if (!wish.contains("path")) return from;
  TRY(auto to, DrivePath::parse(text));
  if (to == from) return from;
  TRY(renamePath(space, from, to));
  return to;
}

}  // namespace

Contents::Contents(store::Database& database, journal::Journal& journal, const Clock& clock, ContentsSettings settings)
    : impl_(std::make_unique<Impl>(database, journal, clock, std::move(settings))) {}
Contents::~Contents() = default;

Result<> Contents::begin() {
  TRY(auto places, Places::open(impl_->settings.dataDirectory));
  impl_->places.emplace(std::move(places));
  return {};
}

Result<Space> Contents::Impl::space(const AccountId& of) const {
  check(places.has_value(), "begin() comes before anything else");
  return places->space(of);
}

void Contents::Impl::finishLone(const Space& space, const PathLocks::Key& key, Duration now) {
  if (!uploads.isLone(key, now)) return;
  const PathLocks::Held lock(locks, key);
  if (const auto done = uploads.finishLone(space, key); !done)
    log::warning("upload.not_finished", {{"account", key.first.text()}, {"path", key.second.text()}, {"error", done.error().message}});
}

Task<Result<Model>> Contents::get(AccountId of, std::string path, GetWish wish) {
  const auto now = impl_->clock.sinceStart();
  co_return co_await impl_->on(of, std::move(path), [this, of, wish, now](const Space& space, const DrivePath& place) {
    impl_->finishLone(space, {of, place}, now);
    return readModel(space.drive, place, wish, impl_->settings.largestInJson);
  });
}

Task<Result<OpenFile>> Contents::open(AccountId of, std::string path) {
  const auto now = impl_->clock.sinceStart();
  co_return co_await impl_->on(of, std::move(path), [this, of, now](const Space& space, const DrivePath& place) {
    impl_->finishLone(space, {of, place}, now);
    return openForSending(space.drive, place);
  });
}

Task<Result<Bytes>> Contents::read(AccountId of, std::string path) {
  co_return co_await impl_->on(std::move(of), std::move(path),
      [this](const Space& space, const DrivePath& place) { return readBytes(space.drive, place, impl_->settings.largestInJson); });
}

Task<Result<>> Contents::replace(AccountId of, std::string path, std::string bytes, std::string hash) {
  co_return co_await impl_->on(
      of, std::move(path), [this, of, bytes = std::move(bytes), hash](const Space& space, const DrivePath& place) -> Result<> {
        const PathLocks::Held lock(impl_->locks, {of, place});
        if (hash.empty()) return writeNewFile(space, place, bytes);
        TRY(const auto there, readBytes(space.drive, place, impl_->settings.largestInJson));
        if (there.hash != hash) return fail(Code::Conflict, "'{}' was changed by somebody else in the meantime", shown(place.text()));
        return writeFile(space, place, bytes);
      });
}

Task<Result<std::shared_ptr<Descriptor>>> Contents::openFolderOf(AccountId of, std::string path) {
  co_return co_await impl_->on(
      std::move(of), std::move(path), [](const Space& space, const DrivePath& place) -> Result<std::shared_ptr<Descriptor>> {
        TRY(auto folder, space.drive.openFolder(place.folder()));
        return std::make_shared<Descriptor>(std::move(folder));
      });
}

Task<Result<Model>> Contents::add(AccountId of, std::string path, std::string bytes) {
  co_return co_await impl_->onWriting(
      std::move(of), std::move(path), [bytes = std::move(bytes)](const Space& space, const DrivePath& place) -> Result<Model> {
        TRY(const auto made, takeFreeName(space.drive, place.folder(), {.name = std::string(place.name()), .insert = "-Copy"},
                                 [&](const DrivePath& free) { return writeNewFile(space, free, bytes); }));
        return describe(space.drive, made);
      });
}

Task<Result<Model>> Contents::create(AccountId of, std::string path, std::string body) {
  co_return co_await impl_->onWriting(
      std::move(of), std::move(path), [body = std::move(body)](const Space& space, const DrivePath& folder) -> Result<Model> {
        TRY(const auto made, createIn(space, folder, body));
        return describe(space.drive, made);
      });
}

Task<Result<Saved>> Contents::save(AccountId of, std::string path, std::string body, std::string over) {
  const auto now = impl_->clock.sinceStart();
  co_return co_await impl_->onWriting(of, std::move(path),
      [this, of, now, body = std::move(body), over = std::move(over)](const Space& space, const DrivePath& place) -> Result<Saved> {
        if (!isBlank(body)) return impl_->save(space, {of, place}, body, over, now);
        TRY(const auto made, createIn(space, place, ""));
        TRY(auto model, describe(space.drive, made));
        return Saved{.model = std::move(model), .created = true, .hash = {}};
      });
}

Result<Saved> Contents::Impl::save(
    const Space& space, const PathLocks::Key& key, std::string_view body, const std::string& over, Duration now) {
  const auto& path = key.second;
  const PathLocks::Held lock(locks, key);
  const auto before = space.drive.stat(path);
  TRY(const auto wish, readSaveWish(path, body, before && before->isFile()));
  if (!over.empty()) {
    if (wish.chunk) return fail(Code::InvalidInput, "a chunk replaces nothing by itself; save in one piece to replace what you have read");
    TRY(const auto there, readBytes(space.drive, path, settings.largestInJson));
    if (there.hash != over) return fail(Code::Conflict, "'{}' was changed by somebody else in the meantime", shown(path.text()));
  }
  if (!wish.chunk) {
    TRY(auto message, saveWhole(space, path, wish, settings.largestInJson));
    TRY(auto model, describe(space.drive, path, std::move(message)));
    Saved saved{.model = std::move(model), .created = !before, .hash = {}};
    if (!over.empty()) {
      TRY(auto written, readBytes(space.drive, path, settings.largestInJson));
      saved.hash = std::move(written.hash);
    }
    return saved;
  }
  if (wish.type != jupyter::ContentsType::File)
    return fail(Code::InvalidInput, "File type \"{}\" is not supported for large file transfer", nameOf(wish.type));
  TRY(const auto bytes, decodeContent(path, wish, settings.largestInJson));
  return uploads.take(space, key, wish, bytes, now);
}

Task<Result<Model>> Contents::rename(AccountId of, std::string path, std::string body) {
  co_return co_await impl_->on(
      std::move(of), std::move(path), [body = std::move(body)](const Space& space, const DrivePath& from) -> Result<Model> {
        TRY(const auto to, renameTo(space, from, body));
        if (to.isHidden()) return failMissing(to.text());
        return describe(space.drive, to);
      });
}

// ---- checkpoints ----

Task<Result<std::vector<Checkpoint>>> Contents::listCheckpoints(AccountId of, std::string path) {
  co_return co_await impl_->on(std::move(of), std::move(path),
      [](const Space& space, const DrivePath& place) -> Result<std::vector<Checkpoint>> { return listCheckpointsOf(space, place); });
}

Task<Result<Checkpoint>> Contents::makeCheckpoint(AccountId of, std::string path) {
  co_return co_await impl_->on(of, std::move(path), [this, of](const Space& space, const DrivePath& place) {
    const PathLocks::Held lock(impl_->locks, {of, place});
    return makeCheckpointOf(space, place);
  });
}

Task<Result<>> Contents::restoreCheckpoint(AccountId of, std::string path, std::string id) {
  co_return co_await impl_->onWriting(of, std::move(path), [this, of, id](const Space& space, const DrivePath& place) {
    const PathLocks::Held lock(impl_->locks, {of, place});
    return restoreCheckpointOf(space, place, id);
  });
}

Task<Result<>> Contents::removeCheckpoint(AccountId of, std::string path, std::string id) {
  co_return co_await impl_->on(
      std::move(of), std::move(path), [id](const Space& space, const DrivePath& place) { return removeCheckpointOf(space, place, id); });
}

// ---- finding ----

Task<Result<std::vector<Model>>> Contents::recent(AccountId of, std::size_t limit) {
  co_return co_await impl_->on(std::move(of), "",
      [limit](const Space& space, const DrivePath&) -> Result<std::vector<Model>> { return findRecent(space.drive, limit); });
}

Task<Result<std::vector<Model>>> Contents::search(AccountId of, std::string query, std::size_t limit) {
  co_return co_await impl_->on(std::move(of), "", [query, limit](const Space& space, const DrivePath&) -> Result<std::vector<Model>> {
    return findByWords(space.drive, query, limit);
  });
}

}  // namespace allmende::contents
