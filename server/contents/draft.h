#pragma once
// Atomic writing. Behind the door of server/contents.

#include <string>
#include <string_view>
#include <utility>

#include "server/contents/places.h"

namespace allmende::contents {

// A name for what is not finished yet: hidden, so that no path of a person reaches it.
std::string makeDraftName();
bool isDraftName(std::string_view name);

// Something unfinished beside its place, under such a name; gone with the object. A note of it lets begin() remove it after a crash.
class Unfinished {
 public:
  enum class In : char { Drive = 'd', Checkpoints = 'c' };  // which of the account's trees

  static Result<Unfinished> make(const Space& space, In tree, DrivePath place);
  // What an earlier one was left as, in the drive.
  static Result<Unfinished> reopen(const Space& space, DrivePath place, std::string name);
  Unfinished(Unfinished&& other) noexcept
      : space_(other.space_), place_(std::move(other.place_)), name_(std::exchange(other.name_, {})), folder_(std::move(other.folder_)) {}
  Unfinished& operator=(Unfinished&&) = delete;
  ~Unfinished();

  const DrivePath& place() const { return place_; }
  const std::string& name() const { return name_; }
  int folder() const { return folder_.get(); }
  // Fails with OverLimit when the account may not keep so much more.
  Result<> takeRoom(std::int64_t bytes);
  // Puts it at its place in one step. `flags` are renameat2's.
  Result<> put(unsigned flags);
  // Keeps it for reopen(); returns its name.
  std::string leave() { return std::exchange(name_, {}); }

 private:
  Unfinished(const Space& space, DrivePath place) : space_(space), place_(std::move(place)) {}

  const Space& space_;
  DrivePath place_;
  std::string name_;  // empty once it is nothing unfinished any more
  Descriptor folder_;
};

// A file that is not there yet: written, then put there in one step.
class Draft {
 public:
  using In = Unfinished::In;

  static Result<Draft> make(const Space& space, In tree, DrivePath place);
  static Result<Draft> reopen(const Space& space, DrivePath place, std::string name);

  // To the end.
  Result<> write(std::string_view bytes);
  // The rest of an open file.
  Result<> copyFrom(const OpenedFile& file);
  // Gives it the mode, and where that is possible the owner, of what it replaces or copies.
  Result<> takeAfter(const Facts& facts);
  Result<Facts> facts() const;
  // Puts it at its place, replacing what is there. On failure that is untouched.
  Result<> replace();
  // Puts it there, or fails with Conflict when something is there already.
  Result<> claim();
  // Keeps it unfinished for reopen(); returns its name.
  std::string leave() { return unfinished_.leave(); }

 private:
  explicit Draft(Unfinished unfinished) : unfinished_(std::move(unfinished)) {}
  Unfinished unfinished_;
  Descriptor file_;
};

// A folder that is not there yet.
class FolderDraft {
 public:
  static Result<FolderDraft> make(const Space& space, DrivePath place);
  int fd() const { return folder_.get(); }
  Result<> claim();

 private:
  explicit FolderDraft(Unfinished unfinished) : unfinished_(std::move(unfinished)) {}
  Unfinished unfinished_;
  Descriptor folder_;
};

// From where `from` stands to its end. `name` is for messages.
Result<> copyBytes(int from, int to, std::string_view name);

}  // namespace allmende::contents
