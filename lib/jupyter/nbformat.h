#pragma once
// Notebooks as nbformat 4 has them. Part of the door lib/jupyter/jupyter.h.

#include <optional>
#include <string>
#include <string_view>

#include "lib/base/json.h"
#include "lib/base/result.h"

namespace allmende::jupyter {

inline constexpr int kNewestMinor = 5;  // of nbformat 4
inline constexpr std::size_t kNotebookDepth = 128;

// Reads a notebook file. Fails with InvalidInput: empty file, no JSON (with line and column), no notebook, a format that is too old
// (before 4) or newer than we know.
Result<json::object> readNotebook(std::string_view text);

// Whether an object is a notebook of a format we know; the failures of readNotebook.
Result<> checkNotebookFormat(const json::object& notebook);

// What is wrong with a notebook, naming the cell: "cell 3: source must be a string or a list of strings"; nullopt when it is valid.
// Unknown members are allowed where nbformat allows them.
std::optional<std::string> findNotebookFault(const json::object& notebook);

// The file that stock Jupyter writes: one space of indent, keys sorted within cells and metadata, source and text as lists of lines,
// a newline at the end.
std::string writeNotebook(const json::object& notebook);

// Joins lists of lines to texts, wherever writeNotebook splits them: the form that clients of the contents API are given.
void joinNotebookLines(json::object& notebook);

// A notebook without cells for a kernelspec, nbformat 4.5.
json::object makeNotebook();

}  // namespace allmende::jupyter
