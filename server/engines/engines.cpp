#include "server/engines/engines.h"

namespace allmende::engines {

std::string_view nameOf(EndReason reason) {
  switch (reason) {
    case EndReason::Stopped: return "stopped";
    case EndReason::Lifetime: return "lifetime";
    case EndReason::OutOfMemory: return "out_of_memory";
    case EndReason::Exited: return "exited";
    case EndReason::Killed: return "killed";
    case EndReason::EngineGone: return "engine_gone";
  }
  return "engine_gone";
}

}  // namespace allmende::engines
