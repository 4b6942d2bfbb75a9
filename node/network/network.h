#pragma once
// A way out for runtimes, and answers to their questions for names.

#include "node/network/first_packets.h"
#include "node/network/gateway.h"
#include "node/network/name_relay.h"
