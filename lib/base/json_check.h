#pragma once
// Whether a text is JSON, for who passes it on and does not look inside.

#include <string_view>

#include "lib/base/result.h"

namespace allmende {

// Whether a text is one JSON object, without keeping it. Fails as parseJson does.
Result<> checkJsonObject(std::string_view text, std::size_t depth = 64);

}  // namespace allmende
