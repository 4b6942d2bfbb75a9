#pragma once
// What a system call's failure means to the person who asked. Behind the door of server/contents.

#include <string_view>

#include "lib/base/result.h"

namespace allmende::contents {

// failSystem(errno, "save", path.text()): "Cannot save 'a.ipynb': the disk is full; …"
std::unexpected<Error> failSystem(int error, std::string_view doing, std::string_view path);

std::unexpected<Error> failMissing(std::string_view path);

}  // namespace allmende::contents
