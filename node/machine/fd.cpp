#include "node/machine/fd.h"

namespace allmende::machine {

Result<std::string> readFile(const std::string& path) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.open()) return failErrno("opening {}", path);
  std::string text;
  char piece[4096];
  for (;;) {
    const auto got = ::read(file.get(), piece, sizeof piece);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failErrno("reading {}", path);
    if (got == 0) return text;
    text.append(piece, static_cast<std::size_t>(got));
  }
}

Result<> writeFile(const std::string& path, std::string_view text) {
  const Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.open()) return failErrno("opening {} to write", path);
  while (!text.empty()) {
    const auto done = ::write(file.get(), text.data(), text.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return failErrno("writing {}", path);
    text.remove_prefix(static_cast<std::size_t>(done));
  }
  return {};
}

}  // namespace allmende::machine
