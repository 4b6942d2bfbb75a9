#include "lib/base/result.h"

namespace allmende {

std::string_view nameOf(Code code) {
  switch (code) {
    case Code::InvalidInput: return "invalid_input";
    case Code::Unauthenticated: return "unauthenticated";
    case Code::Denied: return "denied";
    case Code::NotFound: return "not_found";
    case Code::Conflict: return "conflict";
    case Code::OverLimit: return "over_limit";
    case Code::DiskFull: return "disk_full";
    case Code::Unavailable: return "unavailable";
    case Code::TimedOut: return "timed_out";
    case Code::Cancelled: return "cancelled";
    case Code::Internal: return "internal";
  }
  return "internal";
}

std::optional<Code> codeNamed(std::string_view name) {
  for (auto code = Code::InvalidInput; code <= Code::Internal; code = static_cast<Code>(static_cast<int>(code) + 1)) {
    if (nameOf(code) == name) return code;
  }
  return std::nullopt;
}

}  // namespace allmende
