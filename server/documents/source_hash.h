#pragma once
// What a page says a cell's source was when its button was pressed. Behind the door of server/documents.

#include <string>
#include <string_view>

namespace allmende::documents {

// MurmurHash2, 32 bits, seed 0, of the bytes, as a decimal number: what clients of jupyter-server-documents send. (Austin Appleby, public
// domain; the version of 2008.)
std::string sourceHashOf(std::string_view source);

}  // namespace allmende::documents
