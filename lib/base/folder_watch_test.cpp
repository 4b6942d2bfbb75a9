#include "lib/base/folder_watch.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace allmende {
namespace {

namespace fs = std::filesystem;

class AFolderWatch : public ::testing::Test {
 protected:
  AFolderWatch() : folder_(fs::temp_directory_path() / fmt::format("watch-{}", ::getpid())) { fs::create_directories(folder_ / "in"); }
  ~AFolderWatch() override { fs::remove_all(folder_); }

  Descriptor open() const { return Descriptor(::open((folder_ / "in").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)); }
  void write(const std::string& name) const { std::ofstream(folder_ / "in" / name) << "x"; }
  // Until what is to be heard was heard, or the patience of a test is over.
  void run(const std::function<bool()>& holds) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!holds() && std::chrono::steady_clock::now() < end) loop_.run_one_for(std::chrono::milliseconds(100));
  }

  fs::path folder_;
  asio::io_context loop_;
  FolderWatch watch_{loop_.get_executor()};
};

TEST_F(AFolderWatch, tellsOfAFileThatIsWrittenReplacedOrRemovedAndOfNoOther) {
  int heard = 0;
  int other = 0;
  const auto ticket = watch_.watch(open(), "a", [&] { ++heard; });
  const auto second = watch_.watch(open(), "b", [&] { ++other; });
  ASSERT_TRUE(ticket && second);
  write("a");
  run([&] { return heard == 1; });
  write("c");
  fs::rename(folder_ / "in" / "c", folder_ / "in" / "a");
  run([&] { return heard == 2; });
  fs::remove(folder_ / "in" / "a");
  run([&] { return heard == 3; });
  EXPECT_EQ(heard, 3);
  EXPECT_EQ(other, 0);
}

TEST_F(AFolderWatch, tellsNothingOfWhatWasDropped) {
  int heard = 0;
  int kept = 0;
  auto ticket = watch_.watch(open(), "a", [&] { ++heard; });
  const auto second = watch_.watch(open(), "a", [&] { ++kept; });
  ASSERT_TRUE(ticket && second);
  *ticket = {};
  write("a");
  run([&] { return kept == 1; });
  EXPECT_EQ(heard, 0);
}

TEST_F(AFolderWatch, saysThatItsFolderIsGone) {
  int heard = 0;
  const auto ticket = watch_.watch(open(), "a", [&] { ++heard; });
  ASSERT_TRUE(ticket);
  EXPECT_TRUE(*ticket);
  fs::remove_all(folder_ / "in");
  run([&] { return !*ticket; });
  EXPECT_FALSE(*ticket);
  EXPECT_GE(heard, 1);
}

}  // namespace
}  // namespace allmende
