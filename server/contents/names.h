#pragma once
// Names that are made up: untitled, copied, restored; and which names are listed. Behind the door of server/contents.

#include <string>
#include <string_view>

#include "lib/base/result.h"
#include "lib/jupyter/jupyter.h"

namespace allmende::contents {

// A name that jupyter::numberedName() counts up.
struct NumberedName {
  std::string name;
  std::string insert;  // before the number: "-Copy"
};

// For a copy: "a-Copy2.ipynb" is copied as "a.ipynb" is.
NumberedName copiedName(std::string_view name);

// "a (restored).ipynb", then "a (restored 2).ipynb"; `number` begins with 1.
std::string restoredName(std::string_view name, int number);

struct Untitled {
  jupyter::ContentsType type = jupyter::ContentsType::File;
  NumberedName name;
};
// Of a POST's type and ext (".txt"), each empty when not said; a type that nobody knows means file.
// Fails with InvalidInput for an extension that is no part of a name.
Result<Untitled> makeUntitledName(std::string_view type, std::string_view ext);

// What Jupyter's hide_globs and dots leave out of a listing.
bool isListed(std::string_view name);

// Whether a file is a notebook, by its name.
jupyter::ContentsType typeOfFile(std::string_view name);

}  // namespace allmende::contents
