#pragma once
// What runs: the runtime of each account, its kernels and sessions, and the way to them.
//
// A runtime is anything that speaks the Jupyter Server protocol at an address. Agents are untrusted: what they say is read within limits of
// time and size, rebuilt field by field, and counts for their own account only. A restart of the server finds again what runs.

#include "server/runtimes/agent.h"
#include "server/runtimes/care.h"
#include "server/runtimes/idle_clock.h"
#include "server/runtimes/kernels.h"
#include "server/runtimes/kernelspecs.h"
#include "server/runtimes/lifecycle.h"
#include "server/runtimes/relay.h"
#include "server/runtimes/runtime.h"
#include "server/runtimes/sessions.h"
