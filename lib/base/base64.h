#pragma once
// Bytes as text: base64 (RFC 4648), as JSON carries them, and hexadecimal digits.

#include <optional>
#include <string>
#include <string_view>

namespace allmende {

std::string toBase64(std::string_view bytes);

// Line breaks and spaces are skipped, as stock Jupyter does; nullopt for anything else that is no base64.
std::optional<std::string> fromBase64(std::string_view text);

// Two digits a byte, lower case.
std::string toHex(std::string_view bytes);

}  // namespace allmende
