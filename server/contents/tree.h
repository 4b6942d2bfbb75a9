#pragma once
// Whole trees: walked, copied, removed. Behind the door of server/contents.

#include <functional>
#include <string>

#include "server/contents/draft.h"

namespace allmende::contents {

enum class Onward : std::uint8_t { Into, Past, Stop };  // into a folder, past it, or no further at all

// Calls `visit` for everything below a folder, shallow before deep; links are not followed. What cannot be opened is left out.
void walk(const Root& root, const DrivePath& from, const std::function<Onward(const DrivePath&, const Facts&)>& visit);

// Moves what is called `name` in the folder `from`, whatever rights its person took away from it. False, with errno, when it fails.
bool moveAway(int from, const std::string& name, int to, const std::string& as);

// Removes a file, or a folder with all in it, however deep. It vanishes from `parent` at once; what takes time happens in the trash.
Result<> removeTree(int trash, int parent, const std::string& name);

// A copy of a file or folder under the first free name in `into`: "a-Copy1.ipynb". Whole or not at all. Returns its path.
Result<DrivePath> copyInto(const Space& space, const DrivePath& from, const DrivePath& into);

// Bytes of all files at and below a path.
std::uint64_t sizeOf(const Root& root, const DrivePath& path);

}  // namespace allmende::contents
