#pragma once
// Accelerators of this machine, as the operator's tools describe them by the Container Device Interface (specification 0.x, YAML or JSON in
// /etc/cdi and /var/run/cdi; `nvidia-ctk cdi generate` writes one): what a sandbox is to be given so that what runs in it can use a device.
//
// The specs are the machine's own and may have root run programs, so a file that others can write to is not read.

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lib/base/json.h"
#include "lib/base/result.h"
#include "lib/link/link.h"

namespace allmende::devices {

// What is added to a sandbox.
struct Edits {
  struct Node {
    std::string outside;
    std::string inside;
    bool block = false;
    std::int64_t major = 0;
    std::int64_t minor = 0;
    std::string access = "rwm";
    bool operator==(const Node&) const = default;
  };
  struct Mount {
    std::string outside;
    std::string inside;
    std::vector<std::string> options;
    bool operator==(const Mount&) const = default;
  };
  struct Hook {
    std::string when;  // the OCI runtime's name for it, such as createContainer
    std::string path;
    std::vector<std::string> arguments;
    std::vector<std::string> environment;
    bool operator==(const Hook&) const = default;
  };
  std::vector<std::string> environment;  // "NAME=value"
  std::vector<Node> nodes;
  std::vector<Mount> mounts;
  std::vector<Hook> hooks;

  void add(const Edits& more);
  bool operator==(const Edits&) const = default;
};

struct Device {
  std::string kind;  // "nvidia.com/gpu"
  std::string name;  // "nvidia.com/gpu=0"
  Edits edits;       // with those of all devices of its file
};

struct Found {
  std::vector<Device> devices;      // by name; one of several names for the same device, and none that stands for several
  std::vector<std::string> faults;  // sentences about what was left out
};

// What the files in those folders describe; a later folder's description of a device counts before an earlier one's. Blocks.
Found find(std::span<const std::filesystem::path> folders);
// The same of this machine.
Found find();

// How many there are of each kind.
std::vector<link::DeviceKind> countKinds(const std::vector<Device>& devices);

// One device of each of those kinds that is not among `used`. Fails with InvalidInput when the machine has none of a kind, OverLimit when
// all of it are in use.
Result<std::vector<Device>> choose(
    const std::vector<Device>& devices, const std::vector<std::string>& kinds, const std::vector<std::string>& used);

struct DeviceUse {
  double busy = 0;  // of the last moments, 0 to 1
  std::int64_t memoryBytes = 0;
  std::int64_t memoryLimitBytes = 0;
};

// What a device of that name is used for at the moment; nothing where its maker's library does not tell. Asks the driver: blocks.
std::optional<DeviceUse> readUse(const std::string& device);

}  // namespace allmende::devices
