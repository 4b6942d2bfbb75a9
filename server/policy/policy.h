#pragma once
// May it: the rules of the commons, what was seen, and what follows. Facts and time come in, decisions go out; of the world it knows its
// own tables alone.

#include "server/policy/book.h"
#include "server/policy/decisions.h"
#include "server/policy/engine.h"
#include "server/policy/facts.h"
#include "server/policy/rules.h"
#include "server/policy/scanner.h"
#include "server/policy/scenario.h"
