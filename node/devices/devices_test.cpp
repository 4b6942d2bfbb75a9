#include "node/devices/devices.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "lib/base/testing.h"

namespace allmende::devices {
namespace {

using ::testing::HasSubstr;

class Described : public ::testing::Test {
 protected:
  void write(const std::string& name, const std::string& text, mode_t mode = 0644) const {
    std::ofstream(folder_.path() / name) << text;
    ::chmod((folder_.path() / name).c_str(), mode);
  }
  Found found() const { return find(std::vector{folder_.path()}); }
  std::string fault(const std::string& text) const {
    write("one.json", text);
    const auto all = found();
    EXPECT_TRUE(all.devices.empty()) << text;
    return all.faults.empty() ? "" : all.faults.front();
  }

  testing::TemporaryFolder folder_;
};

// As nvidia-ctk lists two processors: by number, by serial number, and both together.
constexpr const char* kTwo = R"(cdiVersion: "0.5.0"
kind: nvidia.com/gpu
containerEdits:
  env:
    - NVIDIA_VISIBLE_DEVICES=void
  deviceNodes:
    - path: /dev/nvidiactl
      hostPath: /dev/null
  mounts:
    - hostPath: /usr/bin/nvidia-smi
      containerPath: /usr/bin/nvidia-smi
      options: [ro, nosuid, nodev, bind]
  hooks:
    - hookName: createContainer
      path: /usr/bin/nvidia-cdi-hook
      args: [nvidia-cdi-hook, update-ldcache]
devices:
  - name: "0"
    containerEdits: {deviceNodes: [{path: /dev/nvidia0, hostPath: /dev/full}]}
  - name: GPU-5c9e
    containerEdits: {deviceNodes: [{path: /dev/nvidia0, hostPath: /dev/full}]}
  - name: "1"
    containerEdits: {deviceNodes: [{path: /dev/nvidia1, hostPath: /dev/zero, permissions: rw}]}
  - name: all
    containerEdits: {deviceNodes: [{path: /dev/nvidia0, hostPath: /dev/full}, {path: /dev/nvidia1, hostPath: /dev/zero}]}
)";

TEST_F(Described, devicesAreCountedOnceWhateverTheyAreCalled) {
  write("nvidia.yaml", kTwo);
  const auto all = found();
  EXPECT_TRUE(all.faults.empty()) << all.faults.front();
  ASSERT_EQ(all.devices.size(), 2U);
  EXPECT_EQ(countKinds(all.devices), (std::vector<link::DeviceKind>{{.kind = "nvidia.com/gpu", .count = 2}}));
  const auto& second = all.devices[1];
  EXPECT_EQ(second.name, "nvidia.com/gpu=1");
  EXPECT_EQ(second.edits.environment, std::vector<std::string>{"NVIDIA_VISIBLE_DEVICES=void"});
  const Edits::Node zero{.outside = "/dev/zero", .inside = "/dev/nvidia1", .block = false, .major = 1, .minor = 5, .access = "rw"};
  const Edits::Node null{.outside = "/dev/null", .inside = "/dev/nvidiactl", .block = false, .major = 1, .minor = 3, .access = "rwm"};
  EXPECT_EQ(second.edits.nodes, (std::vector{zero, null}));
  EXPECT_EQ(second.edits.mounts.front().options, (std::vector<std::string>{"ro", "nosuid", "nodev", "bind"}));
  EXPECT_EQ(
      second.edits.hooks.front(), (Edits::Hook{"createContainer", "/usr/bin/nvidia-cdi-hook", {"nvidia-cdi-hook", "update-ldcache"}, {}}));
}

TEST_F(Described, devicesInALaterFolderCountBeforeThoseOfAnEarlierOne) {
  write("a.json", R"({"cdiVersion": "0.6.0", "kind": "x.example/y", "devices": [{"name": "0", "containerEdits": {"env": ["A=1"]}}]})");
  const testing::TemporaryFolder later;
  std::ofstream(later.path() / "b.json")
      << R"({"cdiVersion": "0.6.0", "kind": "x.example/y", "devices": [{"name": "0", "containerEdits": {"env": ["A=2"]}}]})";
  const auto all = find(std::vector{folder_.path(), later.path(), folder_.path() / "missing"});
  ASSERT_EQ(all.devices.size(), 1U);
  EXPECT_EQ(all.devices.front().edits.environment.front(), "A=2");
}

TEST_F(Described, devicesAreHandedOutOnceEach) {
  write("nvidia.yaml", kTwo);
  const auto all = found().devices;
  EXPECT_EQ(choose(all, {"nvidia.com/gpu"}, {})->front().name, "nvidia.com/gpu=0");
  EXPECT_EQ(choose(all, {"nvidia.com/gpu"}, {"nvidia.com/gpu=0"})->front().name, "nvidia.com/gpu=1");
  EXPECT_EQ(choose(all, {"nvidia.com/gpu", "nvidia.com/gpu"}, {})->size(), 2U);
  EXPECT_EQ(choose(all, {"nvidia.com/gpu"}, {"nvidia.com/gpu=0", "nvidia.com/gpu=1"}).error().code, Code::OverLimit);
  const auto none = choose(all, {"amd.com/gpu"}, {}).error();
  EXPECT_EQ(none.code, Code::InvalidInput);
  EXPECT_THAT(none.message, HasSubstr("no amd.com/gpu"));
}

TEST_F(Described, aFileThatCannotBeUsedIsNamedWithWhatIsWrong) {
  const auto with = [](const std::string& edits) {
    return R"({"cdiVersion": "0.6.0", "kind": "x.example/y", "devices": [{"name": "0", "containerEdits": )" + edits + "}]}";
  };
  EXPECT_THAT(fault("{"), HasSubstr("one.json is not used"));
  EXPECT_THAT(fault("[1, 2]"), HasSubstr("one.json is not used"));
  EXPECT_THAT(fault(R"({"cdiVersion": "2.0", "kind": "x.example/y"})"), HasSubstr("cdiVersion is '2.0'"));
  EXPECT_THAT(fault(R"({"cdiVersion": "0.6.0", "kind": "../x"})"), HasSubstr("kind is '../x'"));
  EXPECT_THAT(fault(R"({"cdiVersion": "0.6.0", "kind": "x.example/y", "devices": [{"name": "a b"}]})"), HasSubstr("'a b'"));
  EXPECT_THAT(fault(with(R"({"deviceNodes": [{"path": "/dev/none-such"}]})")), HasSubstr("/dev/none-such is no device"));
  EXPECT_THAT(fault(with(R"({"deviceNodes": [{"path": "/etc/passwd"}]})")), HasSubstr("is no device"));
  EXPECT_THAT(fault(with(R"({"deviceNodes": [{"path": "dev/null"}]})")), HasSubstr("absolute"));
  EXPECT_THAT(fault(with(R"({"deviceNodes": [{"path": "/dev/null", "permissions": "x"}]})")), HasSubstr("permissions"));
  EXPECT_THAT(fault(with(R"({"mounts": [{"hostPath": "/usr/../etc", "containerPath": "/x"}]})")), HasSubstr("absolute"));
  EXPECT_THAT(fault(with(R"({"hooks": [{"hookName": "now", "path": "/bin/true"}]})")), HasSubstr("no hook 'now'"));
  EXPECT_THAT(fault(with(R"({"env": ["=1"]})")), HasSubstr("NAME=value"));
  write("one.json", kTwo, 0666);
  EXPECT_THAT(found().faults.front(), HasSubstr("others than root can write"));
  write("ignored.txt", "{");
  EXPECT_EQ(found().faults.size(), 1U);
}

}  // namespace
}  // namespace allmende::devices
