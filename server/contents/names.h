#pragma once
// Names that are made up: untitled, copied, restored; and which names are listed. Behind the door of server/contents.

#include <optional>
#include <string>
#include <string_view>

#include "lib/base/result.h"

namespace allmende::contents {

// A name with room for a number: before the whole suffix (".tar.gz"), of a notebook before ".ipynb".
struct NumberedName {
  std::string name;
  std::string insert;  // before the number: "-Copy"
};
// "a.ipynb", "a-Copy1.ipynb", "a-Copy2.ipynb" for 0, 1, 2.
std::string numberedName(const NumberedName& of, int number);

// For a copy: a mark that the name has already does not grow.
NumberedName copiedName(std::string_view name);

// "a (restored).ipynb", then "a (restored 2).ipynb"; `number` begins with 1.
std::string restoredName(std::string_view name, int number);

// What a new thing is called; `type` is "directory", "notebook" or "file".
struct Untitled {
  std::string_view type;
  NumberedName name;
};
// Of a POST's type and ext (".txt"), each empty when not said; a type that nobody knows means file.
// Fails with InvalidInput for an extension that is no part of a name.
Result<Untitled> makeUntitledName(std::string_view type, std::string_view ext);

// What Jupyter's hide_globs and dots leave out of a listing.
bool isListed(std::string_view name);

// "notebook" or "file", by the name of a file.
std::string_view typeOfFile(std::string_view name);

// As Python's mimetypes has it, and what notebooks' neighbours are besides.
std::optional<std::string_view> mimetypeOf(std::string_view name);

}  // namespace allmende::contents
