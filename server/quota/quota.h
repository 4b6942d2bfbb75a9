#pragma once
// How much: tiers, compute units, and who is next when the machine is full.
//
// Tiers are data (policies/tiers.toml). What somebody has used is an append-only ledger. The queue is fair by weight, by what was used
// lately, and by how long somebody waits. Nothing here starts or stops a runtime.

#include "server/quota/admission.h"
#include "server/quota/fair_queue.h"
#include "server/quota/ledger.h"
#include "server/quota/tiers.h"
