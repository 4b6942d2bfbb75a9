#pragma once
// Jupyter's contents API as values: what is said about a file, what a save brings, how new files are named.
// Part of the door lib/jupyter/jupyter.h.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lib/base/clock.h"
#include "lib/base/result.h"

namespace allmende::jupyter {

enum class ContentsType : std::uint8_t { File, Notebook, Directory };
std::string_view nameOf(ContentsType type);  // "file", "notebook", "directory"

// A file, notebook or folder. Every member of Jupyter's model is always present; what is empty here is null there.
struct ContentsModel {
  std::string path;  // "folder/a.ipynb"; empty for the root
  ContentsType type = ContentsType::File;
  bool writable = true;
  Instant created;
  Instant lastModified;
  std::optional<std::uint64_t> size;
  std::string mimetype;
  std::string format;   // "text", "base64", "json"
  std::string content;  // as JSON
  std::string hash;     // sha256 as hex; left out unless asked for
  std::string message;  // what is wrong with a notebook; left out when nothing is
};
std::string toText(const ContentsModel& model);

// A PUT's body. `chunk` numbers the pieces of an upload from 1; the last one has -1.
struct SaveDemand {
  ContentsType type = ContentsType::File;
  std::string bytes;  // of the file
  std::optional<std::int64_t> chunk;
  std::string fault;  // of a notebook that is saved all the same
};
// nullopt for an empty body, which asks for a new untitled file. Fails with InvalidInput in Jupyter's sentences.
Result<std::optional<SaveDemand>> readSave(std::string body);

// By the name's ending; empty when it says nothing.
std::string_view mediaTypeOf(std::string_view name);

// "Untitled.ipynb", "Untitled1.ipynb", …; `insert` stands before the number: " " or "-Copy". The 0th is the name itself.
std::string numberedName(std::string_view name, std::string_view insert, std::size_t number);
// "a-Copy3.ipynb" is a copy of "a.ipynb".
std::string withoutCopyMark(std::string_view name);

}  // namespace allmende::jupyter
