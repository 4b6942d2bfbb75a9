#include "agent/packages/packages.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>

namespace allmende::packages {
namespace {

std::string_view wordOf(Deed deed) {
  switch (deed) {
    case Deed::List: return "list";
    case Deed::Keep: return "keep";
    case Deed::Forget: return "forget";
  }
  return "list";
}

// Says that it is done, however that comes about.
struct WhileBusy {
  explicit WhileBusy(bool& flag) : busy(flag) { busy = true; }
  ~WhileBusy() { busy = false; }
  WhileBusy(const WhileBusy&) = delete;
  WhileBusy& operator=(const WhileBusy&) = delete;
  bool& busy;
};

}  // namespace

Task<Result<std::string>> Packages::listen(processes::Process& process, int output) {  // NOLINT: lives in the caller, who waits
  using asio::experimental::awaitable_operators::operator||;
  asio::posix::stream_descriptor descriptor(executor_, output);
  asio::steady_timer end(executor_, settings_.patience);
  std::string said;
  std::array<char, 4096> piece{};
  for (;;) {
    const auto which = co_await (descriptor.async_read_some(asio::buffer(piece), asio::as_tuple(asio::use_awaitable)) ||
                                 end.async_wait(asio::as_tuple(asio::use_awaitable)));
    if (which.index() == 1) {
      process.signalGroup(SIGKILL);
      co_return fail(Code::TimedOut, "the packages took longer than {} s", settings_.patience.count() / 1000);
    }
    const auto& [error, size] = std::get<0>(which);
    if (error) break;
    if (said.size() < kMostSaid) said.append(piece.data(), size);
  }
  co_await process.wait();
  co_return said;
}

Task<Result<json::object>> Packages::carryOut(Deed deed) {
  if (busy_) co_return fail(Code::Conflict, "the packages are just being looked at; try again in a moment");
  const WhileBusy busy(busy_);
  std::array<int, 2> ends{-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) co_return fail(Code::Unavailable, "no descriptors are left");
  ::fcntl(ends[1], F_SETFL, 0);
  auto started =
      processes_.start({.argv = {(settings_.python / "bin/python").string(), "-m", "allmende_packages", std::string(wordOf(deed))},
          .environment = processes::personsEnvironment(settings_.python),
          .directory = "/",
          .output = ends[1]});
  ::close(ends[1]);
  if (!started) {
    ::close(ends[0]);
    co_return std::unexpected(std::move(started).error());
  }
  CO_TRY(const auto said, co_await listen(**started, ends[0]));
  // The last line is the answer; what stands before it is Python's own words.
  auto line = std::string_view(said);
  while (line.ends_with('\n')) line.remove_suffix(1);
  line.remove_prefix(line.rfind('\n') + 1);
  auto answer = parseJsonObject(line);
  if (!answer) co_return fail(Code::Unavailable, "the packages could not be looked at: {}", line.substr(0, 300));
  if (const auto* refusal = findString(*answer, "refusal")) co_return fail(Code::Conflict, "{}", std::string_view(*refusal));
  co_return *std::move(answer);
}

}  // namespace allmende::packages
