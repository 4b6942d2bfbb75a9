#include "node/sandbox/sandbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/nsfs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include "lib/base/testing.h"
#include "node/sandbox/bundle.h"
#include "node/sandbox/disk.h"
#include "node/sandbox/drive.h"
#include "node/sandbox/syscalls.h"
#include "node/sandbox/users.h"
#include "node/sandbox/uses.h"

namespace allmende::sandbox {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr std::string_view kHybrid =
    "30 25 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - tmpfs tmpfs rw,mode=755\n"
    "31 30 0:27 / /sys/fs/cgroup/unified rw shared:10 - cgroup2 cgroup2 rw,nsdelegate\n"
    "32 30 0:28 / /sys/fs/cgroup/memory rw shared:11 - cgroup cgroup rw,memory\n"
    "33 30 0:29 / /sys/fs/cgroup/cpu,cpuacct rw shared:12 - cgroup cgroup rw,cpu,cpuacct\n"
    "34 30 0:30 / /sys/fs/cgroup/pids rw shared:13 - cgroup cgroup rw,pids\n"
    "35 30 0:31 / /sys/fs/cgroup/systemd rw shared:14 - cgroup cgroup rw,xattr,name=systemd\n";

TEST(CgroupLayout, findsEveryControllerOfAHybridMachineAndLeavesVersion2Out) {
  const auto layout = readCgroupLayout(kHybrid);
  ASSERT_TRUE(layout) << layout.error().message;
  EXPECT_FALSE(layout->unified);
  EXPECT_EQ(layout->directory("memory", "/a/rt_1"), "/sys/fs/cgroup/memory/a/rt_1");
  EXPECT_EQ(layout->directory("cpuacct", "/a"), "/sys/fs/cgroup/cpu,cpuacct/a");
  EXPECT_EQ(layout->directory("pids", "/a"), "/sys/fs/cgroup/pids/a");
  EXPECT_EQ(layout->hierarchies.size(), 4U);
}

TEST(CgroupLayout, hasOneDirectoryForAllControllersOfAVersion2Machine) {
  const auto layout = readCgroupLayout("31 25 0:27 / /sys/fs/cgroup rw shared:10 - cgroup2 cgroup2 rw,nsdelegate\n");
  ASSERT_TRUE(layout) << layout.error().message;
  EXPECT_TRUE(layout->unified);
  EXPECT_EQ(layout->directory("memory", "/a/rt_1"), "/sys/fs/cgroup/a/rt_1");
  EXPECT_EQ(layout->directory("pids", "/a/rt_1"), "/sys/fs/cgroup/a/rt_1");
}

TEST(CgroupLayout, refusesAMachineThatCouldNotLimitMemory) {
  const auto layout = readCgroupLayout("33 30 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n");
  ASSERT_FALSE(layout);
  EXPECT_EQ(layout.error().code, Code::Unavailable);
  EXPECT_THAT(layout.error().message, HasSubstr("'memory' is not mounted"));
}

TEST(Limits, outsideWhatASandboxCanHoldAreRefusedWithValueAndRange) {
  EXPECT_TRUE(checkLimits(Limits{}));
  EXPECT_EQ(checkLimits(Limits{.memoryBytes = 1 << 20}).error().message, "memory is 1 MiB; allowed are 64 to 16777216");
  EXPECT_EQ(checkLimits(Limits{.cpus = 0}).error().message, "cpus is 0 processors; allowed are 0.05 to 1024");
  EXPECT_EQ(checkLimits(Limits{.pids = 3}).error().code, Code::InvalidInput);
  EXPECT_EQ(checkLimits(Limits{.lifetimeSeconds = 0}).error().code, Code::InvalidInput);
}

TEST(UserRanges, giveNobodyTheIdsOfAnother) {
  UserRanges ranges;
  const auto first = *ranges.take();
  const auto second = *ranges.take();
  EXPECT_EQ(first.first(), kFirstId);
  EXPECT_EQ(second.first(), kFirstId + kIdsPerRuntime);
  ranges.giveBack(first);
  EXPECT_EQ(ranges.take()->first(), kFirstId);
}

TEST(UserRanges, giveOnlyWhatSomethingInsideBelongsToWhereThereAreFew) {
  UserRanges ranges(true);
  const auto first = *ranges.take();
  const auto second = *ranges.take();
  EXPECT_EQ(first.text(), "0 1 1\n5 2 1\n1000 3 1\n65534 4 1\n");
  EXPECT_EQ(second.outsideOf(kKernelUser), 7U);
  EXPECT_EQ(second.outsideOf(33), second.outsideOf(65534)) << "who has no id there is nobody";
  ranges.giveBack(second);
  EXPECT_EQ(ranges.take()->first(), second.first());
}

TEST(UserRanges, giveNobodyWhatAnEarlierNodeGave) {
  UserRanges ranges;
  const auto third = kFirstId + 2 * kIdsPerRuntime;
  EXPECT_EQ(ranges.takeAgain(third)->first(), third);
  EXPECT_FALSE(ranges.takeAgain(third)) << "it is taken";
  EXPECT_FALSE(ranges.takeAgain(third + 1)) << "no range begins there";
  EXPECT_FALSE(ranges.takeAgain(7));
  EXPECT_EQ(ranges.take()->first(), kFirstId);
  EXPECT_EQ(ranges.take()->first(), kFirstId + kIdsPerRuntime);
  EXPECT_EQ(ranges.take()->first(), kFirstId + 3 * kIdsPerRuntime);
}

TEST(UserRanges, sayWhenAllAreTaken) {
  UserRanges ranges;
  for (std::uint32_t slot = 0; slot < ranges.most(); ++slot) ASSERT_TRUE(ranges.take());
  EXPECT_EQ(ranges.take().error().code, Code::OverLimit);
}

BundleDemand demandOfBundle() {
  return {.id = *RuntimeId::parse("rt_0123456789abcdef0123"),
      .limits = {.memoryBytes = 1 << 30, .cpus = 0.5, .pids = 99},
      .python = "/opt/python",
      .pythonOutside = "/opt/python",
      .agent = "/srv/agent",
      .root = "/run/x/root",
      .content = "/run/x/content",
      .cgroup = "/x/rt_1",
      .ids = {{{0, kFirstId, kIdsPerRuntime}}},
      .userNamespace = "/proc/7/fd/9"};
}

const json::value& at(const json::object& bundle, std::string_view pointer) {
  static const json::value absent;
  const json::value* found = nullptr;
  static json::value root;
  root = bundle;
  boost::system::error_code error;
  found = root.find_pointer(pointer, error);
  return found == nullptr ? absent : *found;
}

TEST(Bundle, limitsWhatTheDemandLimits) {
  const auto bundle = makeBundle(demandOfBundle());
  EXPECT_EQ(at(bundle, "/linux/resources/memory"), (json::value{{"limit", 1 << 30}, {"swap", 1 << 30}}));
  EXPECT_EQ(at(bundle, "/linux/resources/cpu/quota"), json::value(50'000));
  EXPECT_EQ(at(bundle, "/linux/resources/pids/limit"), json::value(99));
  EXPECT_EQ(at(bundle, "/linux/cgroupsPath"), json::value("/x/rt_1"));
}

TEST(Bundle, leavesSwapOutWhereItIsNotCounted) {
  auto demand = demandOfBundle();
  demand.swapIsCounted = false;
  EXPECT_EQ(at(makeBundle(demand), "/linux/resources/memory"), (json::value{{"limit", 1 << 30}}));
}

TEST(Bundle, givesTheRuntimeIdsOfItsOwnAndNoWayToGainRights) {
  const auto bundle = makeBundle(demandOfBundle());
  EXPECT_EQ(at(bundle, "/process/noNewPrivileges"), json::value(true));
  EXPECT_EQ(at(bundle, "/linux/uidMappings/0"), (json::value{{"containerID", 0}, {"hostID", kFirstId}, {"size", kIdsPerRuntime}}));
  std::vector<std::string> types;
  for (const auto& space : at(bundle, "/linux/namespaces").as_array()) types.emplace_back(space.at("type").as_string());
  EXPECT_THAT(types, ::testing::UnorderedElementsAre("pid", "ipc", "uts", "mount", "cgroup", "user", "network"));
  EXPECT_EQ(at(bundle, "/linux/namespaces/0"), (json::value{{"type", "user"}, {"path", "/proc/7/fd/9"}}));
}

TEST(Bundle, joinsThePreparedNetworkAndWritesToAPythonOfItsOwnOnly) {
  auto demand = demandOfBundle();
  const auto pythonOptions = [&] {
    for (const auto& one : makeBundle(demand).at("mounts").as_array()) {
      if (one.at("destination") == "/opt/python") return json::serialize(one.at("options"));
    }
    return std::string("none");
  };
  EXPECT_EQ(at(makeBundle(demand), "/linux/namespaces/6"), (json::value{{"type", "network"}}));
  EXPECT_THAT(pythonOptions(), HasSubstr("\"ro\""));
  demand.networkNamespace = "/proc/7/fd/10";
  demand.pythonIsItsOwn = true;
  EXPECT_EQ(at(makeBundle(demand), "/linux/namespaces/6"), (json::value{{"type", "network"}, {"path", "/proc/7/fd/10"}}));
  EXPECT_THAT(pythonOptions(), Not(HasSubstr("\"ro\"")));
}

TEST(Bundle, boundsWhatWaitsInSocketsWhereTheGroupsMemoryDoesNot) {
  auto demand = demandOfBundle();
  demand.socketsAreCountedApart = true;
  EXPECT_EQ(at(makeBundle(demand), "/linux/resources/memory/kernelTCP"), json::value((1 << 30) / 4));
}

TEST(Trees, areMeasuredByWhatTheirFilesSayAndEachCountsAPage) {
  const testing::TemporaryFolder folder;
  const auto at = [&](const char* name) { return folder.path() / name; };
  fs::create_directories(at("a/b"));
  std::ofstream(at("a/holes")).close();
  fs::resize_file(at("a/holes"), 1 << 20);
  std::ofstream(at("a/b/small")) << "x";
  fs::create_symlink("/usr", at("a/out"));
  const auto measured = [&] { return measureTree(Fd(::open(folder.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC))); };
  EXPECT_EQ(measured(), (1 << 20) + 4 * 4096);
  const Fd here(::open(".", O_PATH | O_DIRECTORY | O_CLOEXEC));
  fs::current_path(folder.path());
  for (int depth = 0; depth < 300; ++depth) {
    fs::create_directory("d");
    fs::current_path("d");
  }
  EXPECT_EQ(::fchdir(here.get()), 0);
  EXPECT_GT(measured(), std::int64_t{1} << 60);
}

TEST(UserNamespace, belongsToTheFirstUserOfItsRangeAndNotToRoot) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root may give a namespace to another user";
  const auto space = makeUserNamespace({{{0, kFirstId + kIdsPerRuntime, kIdsPerRuntime}}});
  ASSERT_TRUE(space) << space.error().message;
  uid_t owner = 0;
  ASSERT_EQ(::ioctl(space->get(), NS_GET_OWNER_UID, &owner), 0);
  EXPECT_EQ(owner, kFirstId + kIdsPerRuntime);
}

TEST(Bundle, leavesNothingOfTheMachinesOwnInProcToBeWritten) {
  const auto bundle = makeBundle(demandOfBundle());
  const auto& readOnly = at(bundle, "/linux/readonlyPaths").as_array();
  for (const auto* path : {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/pressure", "/proc/sys", "/proc/sysrq-trigger"})
    EXPECT_THAT(readOnly, Contains(json::value(path)));
}

// What the profile answers to a call with that first argument; "" where only the default is left.
std::string answerOf(const json::object& profile, std::string_view call, std::uint64_t argument) {
  for (const auto& rule : profile.at("syscalls").as_array()) {
    const auto& names = rule.at("names").as_array();
    if (std::ranges::find(names, json::value(call)) == names.end()) continue;
    const auto* compared = rule.as_object().if_contains("args");
    if (compared == nullptr) return std::string(rule.at("action").as_string());
    const auto& first = compared->at(0);
    const bool equal = first.at("value").to_number<std::uint64_t>() == argument;
    if (equal == (first.at("op").as_string() == "SCMP_CMP_EQ")) return std::string(rule.at("action").as_string());
  }
  return "";
}

TEST(Syscalls, openSocketsOfFourFamiliesAndPairsOfOne) {
  const auto profile = seccompProfile();
  const std::set<std::uint64_t> open{1, 2, 10, 16};
  for (std::uint64_t family = 0; family < 64; ++family) {
    EXPECT_EQ(answerOf(profile, "socket", family), open.contains(family) ? "SCMP_ACT_ALLOW" : "SCMP_ACT_ERRNO") << family;
    EXPECT_EQ(answerOf(profile, "socketpair", family), family == 1 ? "SCMP_ACT_ALLOW" : "SCMP_ACT_ERRNO") << family;
  }
}

TEST(Syscalls, openOfNetlinkRoutingAlone) {
  int rules = 0;
  for (const auto& rule : seccompProfile().at("syscalls").as_array()) {
    const auto* compared = rule.as_object().if_contains("args");
    if (compared == nullptr || compared->as_array().size() != 2) continue;
    ++rules;
    const bool allowed = rule.at("action").as_string() == "SCMP_ACT_ALLOW";
    EXPECT_EQ(compared->at(1).at("index"), json::value(2));
    EXPECT_EQ(compared->at(1).at("op"), json::value(allowed ? "SCMP_CMP_EQ" : "SCMP_CMP_NE"));
  }
  EXPECT_EQ(rules, 2);
}

TEST(Syscalls, areNamesThatExist) {
  // Names newer than this machine's libseccomp are left out of its filter; a name nobody knows is a mistake in the list.
  const std::vector<std::string> newer{"fchmodat2", "cachestat", "map_shadow_stack", "futex_wake", "futex_wait", "futex_requeue"};
  for (const auto& name : unknownSyscalls()) EXPECT_THAT(newer, Contains(name));
}

TEST(Program, endsWithItsStatusAndOutput) {
  const auto ended = runProgram({.arguments = {"sh", "-c", "echo said; exit 3"}});
  ASSERT_TRUE(ended) << ended.error().message;
  EXPECT_EQ(ended->status, 3);
  EXPECT_EQ(ended->output, "said\n");
}

TEST(Program, thatOutlastsItsPatienceIsKilledAndSaysSo) {
  const auto ended = runProgram({.arguments = {"sleep", "1000"}, .patience = Duration{20}});
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, Code::TimedOut);
}

TEST(Program, thatIsNotInstalledIsNamed) {
  EXPECT_EQ(runProgram({.arguments = {"no-such-program"}}).error().message, "program 'no-such-program' is not installed");
}

class DiskTest : public ::testing::Test {
 protected:
  DiskTest() {
    char name[] = "/tmp/allmende-disk-XXXXXX";
    directory_ = ::mkdtemp(name);
  }
  ~DiskTest() override { fs::remove_all(directory_); }
  std::string directory_;
};

TEST_F(DiskTest, aCopyIsEqualAndTakesOnlyWhatWasWritten) {
  const auto from = directory_ + "/from";
  const auto to = directory_ + "/to";
  ASSERT_TRUE(makeDiskTemplate(from, std::int64_t{256} << 20, ""));
  ASSERT_TRUE(copySparse(from, to));
  EXPECT_TRUE(runToSuccess({.arguments = {"cmp", from, to}, .patience = 60s}));
  struct stat status{};
  ASSERT_EQ(::stat(to.c_str(), &status), 0);
  EXPECT_EQ(status.st_size, std::int64_t{256} << 20);
  EXPECT_LT(status.st_blocks * 512, std::int64_t{16} << 20);
}

TEST_F(DiskTest, aCopyNeverReplacesAFile) {
  ASSERT_TRUE(writeFile(directory_ + "/from", "a"));
  ASSERT_TRUE(writeFile(directory_ + "/to", "b"));
  EXPECT_FALSE(copySparse(directory_ + "/from", directory_ + "/to"));
  EXPECT_EQ(*readFile(directory_ + "/to"), "b");
}

TEST(Site, isRefusedWithoutRootWhereNothingWouldLimitRuntimes) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can become somebody with no cgroup";
  const auto tryAsNobody = [] {
    const bool nobody = ::setresuid(65534, 65534, 65534) == 0;
    const auto site = Site::prepare({.data = "/tmp"});
    std::fputs(site ? "prepared" : site.error().message.c_str(), stderr);
    ::_exit(nobody && !site && site.error().code == Code::Unavailable ? 0 : 1);
  };
  EXPECT_EXIT(tryAsNobody(), ::testing::ExitedWithCode(0), "without root nothing would limit runtimes here");
}

}  // namespace
}  // namespace allmende::sandbox
