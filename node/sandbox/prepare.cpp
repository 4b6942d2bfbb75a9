// Makes a machine ready to hold sandboxes, and leaves it as it was.

#include <pwd.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "lib/base/id.h"
#include "lib/base/log.h"
#include "node/sandbox/adopt.h"
#include "node/sandbox/disk.h"
#include "node/sandbox/mounts.h"
#include "node/sandbox/rootfs.h"
#include "node/sandbox/site.h"

namespace allmende::sandbox {
namespace {

namespace fs = std::filesystem;

Result<> findServerUser(Places& places) {
  const auto& name = places.demand.serverUser;
  if (name.empty()) return {};
  const auto* user = ::getpwnam(name.c_str());
  if (user == nullptr)
    return fail(Code::InvalidInput, "there is no user '{}' on this machine; create it, or name another with --server-user", name);
  places.serverUser = user->pw_uid;
  places.serverGroup = user->pw_gid;
  return {};
}

Result<> findAgent(const Places& places) {
  if (::access(places.demand.agent.c_str(), X_OK) == 0) return {};
  return fail(Code::InvalidInput, "the agent's program {} is missing or not executable; build it, or name another with --agent",
      places.demand.agent);
}

// The longest path a Unix socket may have is 107 characters; the server dials agents by theirs.
Result<> nameThings(Places& places) {
  std::error_code error;
  const auto data = fs::canonical(places.demand.data, error);
  if (error) return fail(Code::InvalidInput, "data directory {}: {}", places.demand.data, error.message());
  places.runtimes = (data / "runtimes").string();
  places.name = fmt::format("allmende-{:08x}", machine::shortHashOf(data.string()));
  places.work = fmt::format("/run/{}", places.name);
  places.skeleton = "skeleton-" + randomHex(4);
  const auto longest = places.runtimes.size() + std::string_view("/rt_0123456789abcdef0123/agent.sock").size();
  if (longest > 107)
    return fail(Code::InvalidInput,
        "the data directory's path {} is {} characters too long for Unix sockets; choose a shorter one with --data", data.string(),
        longest - 107);
  return {};
}

// The server's user owns the directory above and could put anything in place of runtimes/: it is opened without following links, must be
// root's, and is from then on reached by a mount that user cannot move.
Result<> takeUpDirectory(Places& places) {
  if (::mkdir(places.runtimes.c_str(), 0711) != 0 && errno != EEXIST) return failErrno("making {}", places.runtimes);
  const Fd directory(::open(places.runtimes.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!directory.open()) return failErrno("opening {}", places.runtimes);
  struct stat status{};
  if (::fstat(directory.get(), &status) != 0) return failErrno("reading {}", places.runtimes);
  if (status.st_uid != 0)
    return fail(Code::Denied, "{} belongs to user {}, not to root; remove it, the node makes its own", places.runtimes, status.st_uid);
  if (::fchmod(directory.get(), 0711) != 0) return failErrno("setting the mode of {}", places.runtimes);
  if (::mkdir(places.work.c_str(), 0700) != 0 && errno != EEXIST) return failErrno("making {}", places.work);
  return bindMount(fmt::format("/proc/self/fd/{}", directory.get()), places.work);
}

Result<> lockDirectory(Places& places) {
  const auto own = places.work + "/.node";
  if (::mkdir(own.c_str(), 0700) != 0 && errno != EEXIST) return failErrno("making {}", own);
  Fd lock(::open(places.own("lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!lock.open()) return failErrno("opening {}", places.own("lock"));
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) == 0) {
    places.lock = std::move(lock);
    return {};
  }
  return fail(Code::Conflict, "another allmende-node serves {}; stop that one first", places.runtimes);
}

Result<> readCgroups(Places& places) {
  TRY(const auto mounts, readFile("/proc/self/mountinfo"));
  TRY(places.cgroups, readCgroupLayout(mounts));
  places.swapIsCounted =
      places.cgroups.unified || ::access(places.cgroups.directory("memory", "/memory.memsw.limit_in_bytes").c_str(), F_OK) == 0;
  return {};
}

// Groups in which something of ours may still run though nothing else is left of it.
Result<> removeStrayGroups(const Places& places, const std::vector<Adopted>& adopted) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(places.cgroups.directory("pids", "/" + places.name), error)) {
    const auto name = entry.path().filename().string();
    const bool ours = std::ranges::any_of(adopted, [&](const Adopted& one) { return one.sandbox->id.text() == name; });
    if (!entry.is_directory(error) || ours) continue;
    TRY(killGroup(places.cgroups, fmt::format("/{}/{}", places.name, name), 10s));
    TRY(removeGroup(places.cgroups, fmt::format("/{}/{}", places.name, name)));
  }
  return {};
}

// What a node that was killed left goes, but what still runs whole and is wanted.
Result<std::vector<Adopted>> clearAway(Places& places, bool adopting) {
  std::vector<Adopted> adopted;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(places.work, error)) {
    const auto id = RuntimeId::parse(entry.path().filename().string());
    if (!id) continue;
    auto one = adopting ? adopt(places, *id) : Result<Adopted>(fail(Code::NotFound, "it is not wanted"));
    if (one) {
      adopted.push_back(*std::move(one));
      continue;
    }
    log::warning("sandbox.left_over", {{"runtime", id->text()}, {"message", one.error().message}});
    const auto removed = removeTraces(places, *id);
    if (!removed) log::error("sandbox.left_traces", {{"runtime", id->text()}, {"message", removed.error().message}});
  }
  TRY(removeStrayGroups(places, adopted));
  if (adopted.empty()) {
    TRY(removeGroup(places.cgroups, "/" + places.name));
  }
  for (const auto& entry : fs::directory_iterator(places.work + "/.node", error)) {
    const auto name = entry.path().filename().string();
    const bool used = std::ranges::any_of(adopted, [&](const Adopted& one) { return one.skeleton == name; });
    if (name != "lock" && !used && (name != "crun" || adopted.empty())) fs::remove_all(entry.path(), error);
  }
  return adopted;
}

Result<> makeTemplates(const Places& places) {
  if (places.rootless) return {};
  const auto skeleton = places.own(places.skeleton);
  if (::mkdir(skeleton.c_str(), 0755) != 0) return failErrno("making the skeleton of runtimes");
  TRY(makeSkeleton(skeleton));
  TRY(makeDiskContent(places.own("disk"), places.demand.sampleData));
  return makeDiskTemplate(places.own(fmt::format("disk-{}.ext4", Limits{}.diskBytes)), Limits{}.diskBytes, places.own("disk"));
}

}  // namespace

Site::Site(std::unique_ptr<Places> places) : places_(std::move(places)) {}

Result<std::unique_ptr<Site>> Site::prepare(SiteDemand demand) {
  auto made = std::make_unique<Places>(std::move(demand));
  auto& places = *made;
  std::unique_ptr<Site> site(new Site(std::move(made)));  // from here on its destructor undoes what was done
  if (::geteuid() != 0) TRY(becomeRootOfOwn());
  TRY(findServerUser(places));
  TRY(findAgent(places));
  TRY(nameThings(places));
  TRY(enterMountNamespace());   // from here on no mount of ours is seen outside
  TRY(hideUnifiedHierarchy());  // for crun on hybrid machines
  TRY(takeUpDirectory(places));
  TRY(lockDirectory(places));  // from here on everything that carries our name is ours
  TRY(readCgroups(places));
  if (!places.rootless) network::removeTraces(places.name);
  TRY(site->adopted_, clearAway(places, !places.rootless));
  TRY(makeParentGroup(places.cgroups, "/" + places.name));
  TRY(makeTemplates(places));
  // Agents outlive the crun that made them and become our children, so that we learn how they ended.
  if (::prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) return failErrno("adopting agents");
  site->prepared_ = true;
  return site;
}

void Site::letGo() { letGo_ = true; }

std::vector<Adopted> Site::takeAdopted() { return std::exchange(adopted_, {}); }

Site::~Site() {
  // A node that could not be made ready touches nothing: the next one may adopt what runs.
  if (!prepared_ || letGo_) return;
  const auto removed = clearAway(*places_, false);
  if (!removed) log::error("site.left_traces", {{"message", removed.error().message}});
  std::error_code error;
  fs::remove_all(places_->work + "/.node", error);
  unmount(places_->work);
  ::rmdir(places_->work.c_str());
}

bool Site::rootless() const { return places_->rootless; }

const std::string& Site::name() const { return places_->name; }

const CgroupLayout& Site::cgroups() const { return places_->cgroups; }

}  // namespace allmende::sandbox
