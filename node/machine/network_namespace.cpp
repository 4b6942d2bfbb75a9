#include "node/machine/network_namespace.h"

#include <sched.h>

#include <cstdlib>

#include "node/machine/holder.h"

namespace allmende::machine {
namespace {

constexpr const char* kOwn = "/proc/thread-self/ns/net";

Result<Fd> openOwn() {
  Fd own(::open(kOwn, O_RDONLY | O_CLOEXEC));
  if (!own.open()) return failErrno("opening a network namespace");
  return own;
}

}  // namespace

Result<Fd> makeNetworkNamespace() {
  TRY(const auto home, openOwn());
  if (::unshare(CLONE_NEWNET) != 0) return failErrno("making a network namespace");
  auto made = openOwn();
  if (::setns(home.get(), CLONE_NEWNET) != 0) std::abort();
  return made;
}

Result<Fd> makeNetworkNamespaceIn(const Fd& space) {
  TRY(const auto holder, Holder::start([&] { return ::setns(space.get(), CLONE_NEWUSER) == 0 && ::unshare(CLONE_NEWNET) == 0; }));
  if (!holder.went())
    return fail(Code::Unavailable, "the kernel refuses network namespaces; allow them with sysctl user.max_net_namespaces=10000");
  Fd made(::open(fmt::format("/proc/{}/ns/net", holder.pid()).c_str(), O_RDONLY | O_CLOEXEC));
  if (!made.open()) return failErrno("opening a network namespace");
  return made;
}

std::string pathOf(const Fd& held) { return fmt::format("/proc/{}/fd/{}", ::getpid(), held.get()); }

Result<NetworkVisit> NetworkVisit::enter(const Fd& space) {
  TRY(auto home, openOwn());
  if (::setns(space.get(), CLONE_NEWNET) != 0) return failErrno("entering a network namespace");
  return NetworkVisit(std::move(home));
}

NetworkVisit::~NetworkVisit() {
  if (home_.open() && ::setns(home_.get(), CLONE_NEWNET) != 0) std::abort();
}

}  // namespace allmende::machine
