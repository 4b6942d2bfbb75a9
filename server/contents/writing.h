#pragma once
// What a PUT, POST and PATCH change. Behind the door of server/contents.

#include "lib/jupyter/jupyter.h"
#include "server/contents/draft.h"
#include "server/contents/model.h"

namespace allmende::contents {

inline constexpr std::size_t kBodyDepth = 8 + 128;  // of the JSON of a body; a notebook in it may have its own depth

// What a PUT brings: Jupyter's model as sent, checked as far as every type needs it.
struct SaveWish {
  jupyter::ContentsType type = jupyter::ContentsType::File;
  std::string format;  // empty when not said
  json::value content;
  std::optional<std::int64_t> chunk;
};

// `body` is no empty one. Says what stock servers say of what is missing; a new file's type and content may be left out, as with them.
Result<SaveWish> readSaveWish(const DrivePath& path, std::string_view body, bool exists);

// The bytes that a file's `content` stands for; OverLimit when they are more than `largest`.
Result<std::string> decodeContent(const DrivePath& path, const SaveWish& wish, std::size_t largest);

// Writes a file or notebook, or makes a folder. Returns what is wrong with a notebook that was saved all the same.
Result<std::string> saveWhole(const Space& space, const DrivePath& path, const SaveWish& wish, std::size_t largest);

// Where a file that is written to a path goes.
struct Target {
  DrivePath place;             // behind links
  std::optional<Facts> there;  // the file that is replaced
};
// Fails when a folder, or what is no file, stands there.
Result<Target> findTarget(const Root& drive, const DrivePath& path);

// A draft for it, with the mode of what it replaces.
Result<Draft> draftFor(const Space& space, const Target& target);

// Writes `bytes` to a path in one step.
Result<> writeFile(const Space& space, const DrivePath& path, std::string_view bytes);

// The same where nothing is; Conflict when something is.
Result<> writeNewFile(const Space& space, const DrivePath& path, std::string_view bytes);

// An empty file, notebook or folder under the first free name; returns its path.
Result<DrivePath> makeUntitled(const Space& space, const DrivePath& folder, std::string_view type, std::string_view ext);

Result<> renamePath(const Space& space, const DrivePath& from, const DrivePath& to);

}  // namespace allmende::contents
