#include "agent/kernels/death.h"

#include <gtest/gtest.h>

#include <csignal>
#include <fstream>

#include "lib/base/testing.h"

namespace allmende::kernels {
namespace {

class WhatAKernelWroteOfItsVariables : public ::testing::Test {
 protected:
  std::string read(std::string_view text) {
    std::ofstream(file_) << text;
    return readBiggest(file_);
  }

  testing::TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.path() / "kernel-1.memory";
};

TEST_F(WhatAKernelWroteOfItsVariables, isNamedWithItsSizes) {
  EXPECT_EQ(read(R"([{"name": "table", "bytes": 1288490188}, {"name": "größe", "bytes": 838860800}])"), "table (1.2 GB), größe (800 MB)");
  EXPECT_EQ(
      read(R"([{"name":"a","bytes":1048576},{"name":"b","bytes":1048576},{"name":"c","bytes":1048576},{"name":"d","bytes":1048576}])"),
      "a (1 MB), b (1 MB), c (1 MB)");
}

TEST_F(WhatAKernelWroteOfItsVariables, isNothingWhenItIsOfAnotherForm) {
  for (const auto* text : {"", "[]", "{}", "[1, null, {}]", "[[[[", R"([{"name": "two words", "bytes": 1}])",
           R"([{"name": 1, "bytes": 1}])", R"([{"name": "x", "bytes": "1"}])", R"([{"name": "", "bytes": 1}])"})
    EXPECT_EQ(read(text), "") << text;
  EXPECT_EQ(read(R"([{"name": ")" + std::string(10'000, 'x') + R"(", "bytes": 1}])"), "");
  EXPECT_EQ(readBiggest(folder_.path() / "missing"), "");
  EXPECT_EQ(readBiggest(folder_.path()), "") << "a folder";
  std::ofstream(folder_.path() / "real") << R"([{"name": "x", "bytes": 1}])";
  std::filesystem::create_symlink(folder_.path() / "real", folder_.path() / "link");
  EXPECT_EQ(readBiggest(folder_.path() / "link"), "") << "it may lead anywhere";
}

TEST(ADeath, namesTheBiggestVariablesOnlyWhenMemoryRanOut) {
  const processes::Ended killed{.exitStatus = 0, .signal = SIGKILL};
  const auto explained = [&](std::optional<std::int64_t> before, std::optional<std::int64_t> after) {
    return explain(
        {.ended = killed, .oomKillsBefore = before, .oomKillsAfter = after, .lastWords = {}, .fault = {}, .biggest = "x (1 GB)"});
  };
  EXPECT_EQ(explained(1, 2),
      "The kernel was ended because the runtime's memory ran out. The biggest variables after the last cell that ended: x (1 GB).");
  EXPECT_EQ(explained(1, 1), "The kernel was killed by signal 9 (SIGKILL).");
  EXPECT_NE(explained({}, 2).find("most likely"), std::string::npos) << "what cannot be compared is not said for certain";
  EXPECT_NE(explained({}, {}).find("most likely because the runtime's memory ran out. The biggest"), std::string::npos);
}

}  // namespace
}  // namespace allmende::kernels
