#pragma once
// A cgroup of our own where we are not root.

namespace allmende::cli {

// Without root, limits hold only in a cgroup that its user may divide. Where ours is none and systemd runs for this user, starts this very
// command again in a scope that systemd hands over ("delegates"), and does not return. Otherwise returns; the node then says what is
// missing.
void enterOwnScope();

}  // namespace allmende::cli
