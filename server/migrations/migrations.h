#pragma once
// The server's tables, step by step: NNNN_what.sql in this folder, forward only, compiled in. A released file is never edited.

#include <span>

#include "lib/store/store.h"

namespace allmende {

std::span<const store::Migration> migrations();

}  // namespace allmende
