#include "lib/config/config.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <fstream>

namespace allmende::config {

struct Sample {
  std::string listen = "127.0.0.1:8080";
  Duration idle_timeout = 90min;
  ByteSize memory{2LL << 30};
  bool open = false;
  std::vector<std::string> hosts;
  bool operator==(const Sample&) const = default;
};
constexpr auto fieldsOf(Type<Sample>) {
  return record("sample", field("listen", &Sample::listen, "Where to listen."), field("idle_timeout", &Sample::idle_timeout, "Until idle."),
      field("memory", &Sample::memory), field("open", &Sample::open), field("hosts", &Sample::hosts));
}

}  // namespace allmende::config

namespace allmende {
// Found by argument-dependent lookup on Type<T>, whose template lives here.
using config::fieldsOf;
}  // namespace allmende

namespace allmende::config {
namespace {

class Config : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/allmende-config-XXXXXX";
    directory_ = ::mkdtemp(name);
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }
  std::filesystem::path file(std::string_view text) {
    const auto path = directory_ / "allmende.toml";
    std::ofstream(path) << text;
    return path;
  }
  std::string messageOf(const Sources& sources) {
    Sample sample;
    const auto result = load(sample, sources);
    return result ? "" : result.error().message;
  }
  std::filesystem::path directory_;
};

TEST_F(Config, aFlagWinsOverTheEnvironmentAndThatOverTheFile) {
  Sample sample;
  const auto rest = load(sample, {.file = file("listen = \"a\"\nmemory = \"1 GB\"\nopen = true\nhosts = [\"x\", \"y\"]\n"),
                                     .environment = {{"ALLMENDE_LISTEN", "b"}, {"ALLMENDE_IDLE_TIMEOUT", "15m"}},
                                     .arguments = {"go", "--listen=c", "--", "--listen"}});
  ASSERT_TRUE(rest) << rest.error().message;
  EXPECT_EQ(*rest, (std::vector<std::string>{"go", "--listen"}));
  EXPECT_EQ(sample, (Sample{"c", 15min, {1LL << 30}, true, {"x", "y"}}));
}

TEST_F(Config, namesFileAndLineOfAnUnknownKeyOrABadValue) {
  EXPECT_NE(messageOf({.file = file("listen = \"a\"\nlisten_port = 5\n")})
                .find("allmende.toml:2: unknown setting 'listen_port'; known are listen,"),
      std::string::npos);
  EXPECT_NE(messageOf({.file = file("idle_timeout = \"45x\"\n")})
                .find("allmende.toml:1: idle_timeout: '45x' is no duration; write 90s, 15m, 12h or 7d"),
      std::string::npos);
  EXPECT_NE(messageOf({.file = file("listen = [\n")}).find("allmende.toml:"), std::string::npos);
}

TEST_F(Config, namesTheVariableOrFlagOfABadValue) {
  EXPECT_EQ(messageOf({.environment = {{"ALLMENDE_OPEN", "yes"}}}), "ALLMENDE_OPEN: 'yes' is neither true nor false");
  EXPECT_EQ(messageOf({.arguments = {"--memory", "much"}}), "--memory: 'much' is no size; write 512 MB, 2 GB or a number of bytes");
  EXPECT_EQ(messageOf({.arguments = {"--listen"}}), "--listen needs a value (text)");
  EXPECT_NE(messageOf({.arguments = {"--nosuch", "1"}}).find("unknown flag '--nosuch'"), std::string::npos);
}

TEST_F(Config, aMissingFileIsNoError) { EXPECT_EQ(messageOf({.file = directory_ / "none.toml"}), ""); }

TEST_F(Config, writesEveryValueSoThatItReadsBack) {
  for (const auto value : {Duration{0}, Duration{90min}, Duration{1500ms}, Duration{48h}}) {
    Duration back{};
    ASSERT_TRUE(parse(format(value), back)) << format(value);
    EXPECT_EQ(back, value);
  }
  for (const auto bytes : {0LL, 1LL, 1024LL, 5LL << 30, 1500LL}) {
    ByteSize back;
    ASSERT_TRUE(parse(format(ByteSize{bytes}), back));
    EXPECT_EQ(back.bytes, bytes);
  }
}

TEST_F(Config, refusesNumbersThatDoNotFit) {
  Duration time;
  EXPECT_FALSE(parse("1e300d", time));
  EXPECT_FALSE(parse("-5m", time));
  ByteSize size;
  EXPECT_FALSE(parse("-1", size));
  EXPECT_FALSE(parse("99999999999 TB", size));
}

}  // namespace
}  // namespace allmende::config
