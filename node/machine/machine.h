#pragma once
// What the rooms of a node share to handle the machine: descriptors and files whose failures are sentences, other programs, and namespaces
// of the network.

#include "node/machine/fd.h"
#include "node/machine/holder.h"
#include "node/machine/network_namespace.h"
#include "node/machine/program.h"
#include "node/machine/short_hash.h"
