#include "node/devices/devices.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <set>

#include <yaml-cpp/yaml.h>

namespace allmende::devices {
namespace {

namespace fs = std::filesystem;

constexpr off_t kLargest = 4 << 20;  // bytes of one file
constexpr std::size_t kMostDevices = 1'000;
constexpr std::string_view kHooks[] = {"prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"};

// What is wrong with a file, thrown as yaml-cpp throws what it finds; both end in readFile().
[[noreturn]] void refuse(const std::string& what) { throw std::runtime_error(what); }

bool isPart(std::string_view text, std::string_view beside) {
  const auto isPlain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); };
  return !text.empty() && text.size() <= 128 && isPlain(text.front()) &&
         std::ranges::all_of(text, [&](char c) { return isPlain(c) || beside.contains(c); });
}

bool isKind(std::string_view kind) {
  const auto slash = kind.find('/');
  return slash != std::string_view::npos && isPart(kind.substr(0, slash), "-_.") && isPart(kind.substr(slash + 1), "-_.");
}

std::string pathIn(const YAML::Node& map, const char* key) {
  auto path = map[key].as<std::string>("");
  if (!path.starts_with('/') || path.contains("/../") || path.ends_with("/..")) refuse(fmt::format("{} must be an absolute path", key));
  return path;
}

std::vector<std::string> textsIn(const YAML::Node& map, const char* key) {
  return map[key] ? map[key].as<std::vector<std::string>>() : std::vector<std::string>();
}

Edits::Node readNode(const YAML::Node& from) {
  Edits::Node node{.outside = {}, .inside = pathIn(from, "path")};
  node.outside = from["hostPath"] ? pathIn(from, "hostPath") : node.inside;
  node.access = from["permissions"].as<std::string>(node.access);
  if (node.access.empty() || node.access.find_first_not_of("rwm") != std::string::npos) refuse("permissions must be of r, w and m");
  struct stat about{};
  if (::stat(node.outside.c_str(), &about) != 0 || (!S_ISCHR(about.st_mode) && !S_ISBLK(about.st_mode)))
    refuse(fmt::format("{} is no device of this machine", node.outside));
  node.block = S_ISBLK(about.st_mode);
  node.major = ::gnu_dev_major(about.st_rdev);
  node.minor = ::gnu_dev_minor(about.st_rdev);
  return node;
}

Edits::Hook readHook(const YAML::Node& from) {
  Edits::Hook hook{.when = from["hookName"].as<std::string>(""),
      .path = pathIn(from, "path"),
      .arguments = textsIn(from, "args"),
      .environment = textsIn(from, "env")};
  if (std::ranges::find(kHooks, hook.when) == std::end(kHooks)) refuse(fmt::format("there is no hook '{}'", hook.when.substr(0, 40)));
  return hook;
}

Edits readEdits(const YAML::Node& from) {
  Edits edits;
  edits.environment = textsIn(from, "env");
  if (!std::ranges::all_of(edits.environment, [](const auto& one) { return one.find('=') + 1 > 1; }))
    refuse("env must have lines of the form NAME=value");
  for (const auto& node : from["deviceNodes"]) edits.nodes.push_back(readNode(node));
  for (const auto& mount : from["mounts"])
    edits.mounts.push_back({pathIn(mount, "hostPath"), pathIn(mount, "containerPath"), textsIn(mount, "options")});
  for (const auto& hook : from["hooks"]) edits.hooks.push_back(readHook(hook));
  return edits;
}

// Throws.
std::vector<Device> readSpec(const fs::path& file) {
  const auto spec = YAML::LoadFile(file.string());
  const auto version = spec["cdiVersion"].as<std::string>("");
  if (!version.starts_with("0.") && !version.starts_with("1.")) refuse(fmt::format("cdiVersion is '{}'; known are 0.x and 1.x", version));
  const auto kind = spec["kind"].as<std::string>("");
  if (!isKind(kind)) refuse(fmt::format("kind is '{}'; it has the form vendor.com/class", kind.substr(0, 128)));
  const auto common = spec["containerEdits"] ? readEdits(spec["containerEdits"]) : Edits{};
  std::vector<Device> devices;
  std::set<std::vector<std::string>> seen;
  for (const auto& one : spec["devices"]) {
    const auto name = one["name"].as<std::string>("");
    if (!isPart(name, "-_.:")) refuse(fmt::format("a device is called '{}'; allowed are letters, digits and _ . : -", name.substr(0, 128)));
    auto edits = readEdits(one["containerEdits"]);
    // Tools list a device by its number and by its serial number, and all of them together.
    std::vector<std::string> nodes;
    for (const auto& node : edits.nodes) nodes.push_back(node.outside);
    if (name == "all" || (!nodes.empty() && !seen.insert(nodes).second)) continue;
    if (devices.size() >= kMostDevices) refuse(fmt::format("it has more than {} devices", kMostDevices));
    edits.add(common);
    devices.push_back({.kind = kind, .name = fmt::format("{}={}", kind, name), .edits = std::move(edits)});
  }
  return devices;
}

Result<std::vector<Device>> readFile(const fs::path& file) {
  struct stat about{};
  if (::stat(file.c_str(), &about) != 0) return fail(Code::NotFound, "{} cannot be read", file.string());
  if ((about.st_uid != 0 && about.st_uid != ::geteuid()) || (about.st_mode & 022) != 0)
    return fail(Code::Denied, "{} is not used: others than root can write to it", file.string());
  if (about.st_size > kLargest) return fail(Code::InvalidInput, "{} is not used: it is larger than {} MB", file.string(), kLargest >> 20);
  try {
    return readSpec(file);
  } catch (const std::exception& fault) {
    return fail(Code::InvalidInput, "{} is not used: {}", file.string(), fault.what());
  }
}

}  // namespace

void Edits::add(const Edits& more) {
  environment.insert(environment.end(), more.environment.begin(), more.environment.end());
  nodes.insert(nodes.end(), more.nodes.begin(), more.nodes.end());
  mounts.insert(mounts.end(), more.mounts.begin(), more.mounts.end());
  hooks.insert(hooks.end(), more.hooks.begin(), more.hooks.end());
}

Found find(std::span<const fs::path> folders) {
  Found found;
  std::map<std::string, Device> devices;
  for (const auto& folder : folders) {
    std::error_code error;
    std::set<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
      const auto ending = entry.path().extension();
      if (ending == ".json" || ending == ".yaml" || ending == ".yml") files.insert(entry.path());
    }
    for (const auto& file : files) {
      auto read = readFile(file);
      if (!read) found.faults.push_back(read.error().message);
      for (auto& device : read.value_or(std::vector<Device>())) {
        const auto name = device.name;
        devices.insert_or_assign(name, std::move(device));
      }
    }
  }
  for (auto& [name, device] : devices) found.devices.push_back(std::move(device));
  return found;
}

Found find() {
  static const fs::path kFolders[] = {"/etc/cdi", "/var/run/cdi"};
  return find(kFolders);
}

std::vector<link::DeviceKind> countKinds(const std::vector<Device>& devices) {
  std::vector<link::DeviceKind> kinds;
  for (const auto& device : devices) {
    auto known = std::ranges::find(kinds, device.kind, &link::DeviceKind::kind);
    if (known == kinds.end()) known = kinds.insert(kinds.end(), {.kind = device.kind});
    ++known->count;
  }
  return kinds;
}

Result<std::vector<Device>> choose(
    const std::vector<Device>& devices, const std::vector<std::string>& kinds, const std::vector<std::string>& used) {
  std::vector<Device> chosen;
  for (const auto& kind : kinds) {
    if (std::ranges::find(devices, kind, &Device::kind) == devices.end()) return fail(Code::InvalidInput, "this machine has no {}", kind);
    const auto isFree = [&](const Device& one) {
      return one.kind == kind && std::ranges::find(used, one.name) == used.end() &&
             std::ranges::find(chosen, one.name, &Device::name) == chosen.end();
    };
    const auto free = std::ranges::find_if(devices, isFree);
    if (free == devices.end()) return fail(Code::OverLimit, "every {} of this machine is in use", kind);
    chosen.push_back(*free);
  }
  return chosen;
}

}  // namespace allmende::devices
