#pragma once
// Bytes as base64 text (RFC 4648) and back, as JSON carries them.

#include <optional>
#include <string>
#include <string_view>

namespace allmende {

std::string toBase64(std::string_view bytes);

// Line breaks and spaces are skipped, as stock Jupyter does; nullopt for anything else that is no base64.
std::optional<std::string> fromBase64(std::string_view text);

}  // namespace allmende
