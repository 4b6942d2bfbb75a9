#pragma once
// Models as Jupyter's contents API writes them. Behind the door of server/contents.

#include <optional>
#include <string>
#include <string_view>

#include "server/contents/model.h"
#include "server/contents/root.h"

namespace allmende::contents {

// What a model says besides what the disk knows; unset = null.
struct ModelParts {
  std::string_view type;
  bool writable = true;
  std::optional<std::string_view> mimetype;
  std::optional<std::string_view> format;
  std::string contentJson = "null";
  std::optional<std::string> hash;
  std::optional<std::string> message;  // what is wrong with a notebook; the member is absent when unset
};

// Every key that stock clients look for is there, whatever its value.
Model makeModel(const DrivePath& path, const Facts& facts, const ModelParts& parts);

// Without content, of what a folder holds under a name.
Model makeListedModel(const DrivePath& path, const Facts& facts, bool writable);

// A string as JSON.
void appendQuoted(std::string& to, std::string_view text);

}  // namespace allmende::contents
