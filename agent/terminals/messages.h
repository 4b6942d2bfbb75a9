#pragma once
// Behind the door: terminado's messages, JSON arrays whose first element names their kind.

#include <string>
#include <string_view>
#include <variant>

#include "lib/base/result.h"

namespace allmende::terminals {

struct Size {
  unsigned short rows = 0;
  unsigned short columns = 0;
  bool operator==(const Size&) const = default;
};

struct Typed {
  std::string text;
  bool operator==(const Typed&) const = default;
};
// A client that has no size yet, or an impossible one, says so with zeros.
struct Resized {
  Size size;
  bool operator==(const Resized&) const = default;
};
// A kind that we do not know: to be ignored.
struct Unknown {
  bool operator==(const Unknown&) const = default;
};
using FromClient = std::variant<Typed, Resized, Unknown>;

// ["stdin", "ls\r"] or ["set_size", rows, columns, …]. Fails with InvalidInput for what is no such message.
Result<FromClient> readMessage(std::string_view frame);

std::string setupMessage();
std::string outputMessage(std::string_view text);  // UTF-8
std::string endMessage();

}  // namespace allmende::terminals
