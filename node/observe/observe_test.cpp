#include "node/observe/observe.h"

#include <gtest/gtest.h>

#include <fstream>

#include "lib/base/testing.h"

namespace allmende::observe {
namespace {

const link::Limits kLimits{.memoryBytes = 1000, .cpus = 0.5, .diskBytes = 5000, .pids = 99};

// A folder with files as a cgroup has them.
class Usage : public ::testing::Test {
 protected:
  void write(const std::string& name, std::string_view text) const { std::ofstream(folder.path() / name) << text; }
  Places placesOf(bool unified) const {
    const auto here = folder.path().string();
    return {.unified = unified, .memory = here, .cpu = here, .cpuAccounting = here, .pids = here, .disk = here};
  }
  testing::TemporaryFolder folder;
};

TEST_F(Usage, isReadFromCgroupVersion1WithoutTheCacheThatCanBeDropped) {
  write("memory.usage_in_bytes", "900\n");
  write("memory.stat", "cache 400\ninactive_file 1\ntotal_inactive_file 300\n");
  write("memory.max_usage_in_bytes", "950\n");
  write("memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n");
  write("cpuacct.usage", "1500000000\n");
  write("cpu.stat", "nr_periods 3\nnr_throttled 1\nthrottled_time 250000000\n");
  write("pids.current", "7\n");
  const auto usage = readUsage(placesOf(false), kLimits);
  ASSERT_TRUE(usage) << usage.error().message;
  EXPECT_EQ(usage->memoryBytes, 600);
  EXPECT_EQ(usage->memoryPeakBytes, 950);
  EXPECT_EQ(usage->memoryLimitBytes, 1000);
  EXPECT_EQ(usage->memoryKills, 2);
  EXPECT_DOUBLE_EQ(usage->cpuSeconds, 1.5);
  EXPECT_DOUBLE_EQ(usage->cpuThrottledSeconds, 0.25);
  EXPECT_EQ(usage->pids, 7);
  EXPECT_EQ(usage->pidsLimit, 99);
  EXPECT_GT(usage->diskBytes, 0);
  EXPECT_EQ(usage->diskLimitBytes, 5000);
}

TEST_F(Usage, isReadFromCgroupVersion2) {
  write("memory.current", "800\n");
  write("memory.stat", "anon 100\ninactive_file 200\n");
  write("memory.peak", "850\n");
  write("memory.events", "low 0\nhigh 0\nmax 4\noom 3\noom_kill 3\noom_group_kill 0\n");
  write("cpu.stat", "usage_usec 2500000\nuser_usec 1\nthrottled_usec 500000\n");
  write("pids.current", "3\n");
  const auto usage = readUsage(placesOf(true), kLimits);
  ASSERT_TRUE(usage) << usage.error().message;
  EXPECT_EQ(usage->memoryBytes, 600);
  EXPECT_EQ(usage->memoryPeakBytes, 850);
  EXPECT_EQ(usage->memoryKills, 3);
  EXPECT_DOUBLE_EQ(usage->cpuSeconds, 2.5);
  EXPECT_DOUBLE_EQ(usage->cpuThrottledSeconds, 0.5);
  EXPECT_EQ(usage->pids, 3);
}

TEST_F(Usage, takesWhatIsUsedForThePeakWhereTheKernelKeepsNone) {
  write("memory.current", "800\n");
  write("pids.current", "1\n");
  EXPECT_EQ(readUsage(placesOf(true), kLimits)->memoryPeakBytes, 800);
}

TEST_F(Usage, ofAGroupThatIsGoneIsNotFound) {
  EXPECT_EQ(readUsage(placesOf(true), kLimits).error().code, Code::NotFound);
  EXPECT_EQ(readMemoryKills(placesOf(true)), 0);
}

}  // namespace
}  // namespace allmende::observe
