#include "node/sandbox/bundle.h"

#include <algorithm>
#include <cmath>

#include "node/sandbox/syscalls.h"
#include "node/sandbox/users.h"

namespace allmende::sandbox {
namespace {

constexpr std::int64_t kCpuPeriod = 100'000;

// The machine has 4096 for everybody.
constexpr const char* kMostTerminals = "max=128";

// What the agent needs to be the one who starts, ends and tidies up after kernels of another user. All of it counts only inside the user
// namespace, and kernels have none of it.
constexpr const char* kCapabilities[] = {
    "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_SETGID", "CAP_SETPCAP", "CAP_SETUID"};

json::object process(const BundleDemand& demand) {
  const auto threads = std::max<std::int64_t>(1, std::llround(std::ceil(demand.limits.cpus)));
  json::array environment;
  const auto set = [&](std::string_view name, std::string_view value) { environment.emplace_back(fmt::format("{}={}", name, value)); };
  set("PATH", demand.python + "/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
  set("HOME", kKernelHome);
  set("USER", kKernelUserName);
  set("LOGNAME", kKernelUserName);
  set("SHELL", "/bin/bash");
  set("LANG", "C.UTF-8");
  set("VIRTUAL_ENV", demand.python);
  // Numeric libraries count the machine's processors, not ours, and then fight for them.
  for (const auto* name : {"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_MAX_THREADS", "ARROW_DEFAULT_THREADS"})
    set(name, std::to_string(threads));
  set("ALLMENDE_RUNTIME", demand.id.text());
  set("ALLMENDE_PYTHON", demand.python);
  set("ALLMENDE_KERNEL_UID", std::to_string(kKernelUser));
  set("ALLMENDE_KERNEL_GID", std::to_string(kKernelUser));
  set("ALLMENDE_MEMORY_LIMIT", std::to_string(demand.limits.memoryBytes));
  set("ALLMENDE_DISK_LIMIT", std::to_string(demand.limits.diskBytes));
  if (demand.waits) set("ALLMENDE_READY_KERNEL", "python3");
  for (const auto& line : demand.devices.environment) environment.emplace_back(line);
  set("LISTEN_FDS", "1");
  set("LISTEN_PID", "1");

  json::array capabilities;
  for (const auto* name : kCapabilities) capabilities.emplace_back(name);
  const auto limit = [](std::string_view type, std::int64_t value) {
    return json::object{{"type", type}, {"soft", value}, {"hard", value}};
  };
  return {{"terminal", false}, {"user", json::object{{"uid", 0}, {"gid", 0}, {"umask", 022}}}, {"args", json::array{"/run/allmende/agent"}},
      {"cwd", "/content"}, {"noNewPrivileges", true}, {"env", std::move(environment)},
      {"capabilities", json::object{{"bounding", capabilities}, {"effective", capabilities}, {"permitted", capabilities},
                           {"inheritable", json::array()}, {"ambient", json::array()}}},
      {"rlimits", json::array{limit("RLIMIT_NOFILE", 4096), limit("RLIMIT_CORE", 0), limit("RLIMIT_MEMLOCK", 64 << 10)}}};
}

json::object mount(std::string_view destination, std::string_view type, std::string_view source, json::array options) {
  return {{"destination", destination}, {"type", type}, {"source", source}, {"options", std::move(options)}};
}

json::object readOnlyBind(std::string_view destination, std::string_view source, bool withMountsBelow) {
  return mount(destination, "bind", source, {withMountsBelow ? "rbind" : "bind", "ro", "nosuid", "nodev"});
}

// Pages of a tmpfs count as the runtime's memory, so each may be a quarter of it.
json::object memoryFiles(std::string_view destination, std::int64_t bytes) {
  return mount(destination, "tmpfs", "tmpfs", {"nosuid", "nodev", "mode=1777", fmt::format("size={}", bytes)});
}

json::object pythonMount(const BundleDemand& demand) {
  if (demand.pythonIsItsOwn) return mount(demand.python, "bind", demand.pythonOutside, {"bind", "nosuid", "nodev"});
  return readOnlyBind(demand.python, demand.pythonOutside, demand.withMountsBelow);
}

// A device is bound from outside, as nobody can make one in a user namespace.
void mountDevices(json::array& mounts, const devices::Edits& devices) {
  for (const auto& node : devices.nodes) mounts.push_back(mount(node.inside, "bind", node.outside, {"bind", "nosuid", "noexec"}));
  for (const auto& one : devices.mounts) {
    json::array options;
    for (const auto& option : one.options) options.emplace_back(option);
    mounts.push_back(mount(one.inside, "bind", one.outside, std::move(options)));
  }
}

json::array mounts(const BundleDemand& demand) {
  const auto quarter = demand.limits.memoryBytes / 4;
  json::array mounts{
      // hidepid: a kernel sees its own processes, not the agent.
      mount("/proc", "proc", "proc", {"nosuid", "noexec", "nodev", "hidepid=2"}),
      mount("/dev", "tmpfs", "tmpfs", {"nosuid", "strictatime", "mode=755", "size=1m"}),
      mount("/dev/pts", "devpts", "devpts", {"nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5", kMostTerminals}),
      memoryFiles("/dev/shm", quarter),
      mount("/dev/mqueue", "mqueue", "mqueue", {"nosuid", "noexec", "nodev"}),
      memoryFiles("/tmp", quarter),
      mount("/run", "tmpfs", "tmpfs", {"nosuid", "nodev", "mode=755", "size=16m"}),
      mount("/sys", "sysfs", "sysfs", {"nosuid", "noexec", "nodev", "ro"}),
      readOnlyBind("/usr", "/usr", demand.withMountsBelow),
      pythonMount(demand),
      readOnlyBind("/run/allmende/agent", demand.agent, false),
      mount("/content", "bind", demand.content, {"bind", "nosuid", "nodev"}),
  };
  mountDevices(mounts, demand.devices);
  return mounts;
}

json::array deviceRules(const devices::Edits& devices) {
  json::array rules{json::object{{"allow", false}, {"access", "rwm"}}};
  for (const auto& node : devices.nodes) {
    rules.push_back(json::object{
        {"allow", true}, {"type", node.block ? "b" : "c"}, {"major", node.major}, {"minor", node.minor}, {"access", node.access}});
  }
  return rules;
}

json::object hooks(const devices::Edits& devices) {
  json::object hooks;
  for (const auto& hook : devices.hooks) {
    json::object one{{"path", hook.path}};
    if (!hook.arguments.empty()) one["args"] = json::value_from(hook.arguments);
    if (!hook.environment.empty()) one["env"] = json::value_from(hook.environment);
    auto& list = hooks[hook.when];
    if (!list.is_array()) list = json::array();
    list.get_array().push_back(std::move(one));
  }
  return hooks;
}

json::object resources(const BundleDemand& demand) {
  json::object memory{{"limit", demand.limits.memoryBytes}};
  if (demand.swapIsCounted) memory["swap"] = demand.limits.memoryBytes;  // memory and swap together: no swap
  if (demand.socketsAreCountedApart) memory["kernelTCP"] = demand.limits.memoryBytes / 4;
  const auto quota = std::llround(demand.limits.cpus * static_cast<double>(kCpuPeriod));
  return {{"devices", deviceRules(demand.devices)}, {"memory", std::move(memory)},
      {"cpu", json::object{{"quota", quota}, {"period", kCpuPeriod}, {"shares", cpuSharesOf(demand.limits)}}},
      {"pids", json::object{{"limit", demand.limits.pids}}}};
}

json::array paths(std::initializer_list<const char*> names) {
  json::array list;
  for (const auto* name : names) list.emplace_back(name);
  return list;
}

}  // namespace

std::int64_t cpuSharesOf(const Limits& limits) { return std::max<std::int64_t>(2, std::llround(limits.cpus * 1024)); }

json::object makeBundle(const BundleDemand& demand) {
  json::array namespaces;
  namespaces.push_back(json::object{{"type", "user"}, {"path", demand.userNamespace}});
  for (const auto* type : {"pid", "ipc", "uts", "mount", "cgroup"}) namespaces.push_back(json::object{{"type", type}});
  json::object network{{"type", "network"}};
  if (!demand.networkNamespace.empty()) network["path"] = demand.networkNamespace;
  namespaces.push_back(std::move(network));
  json::array ids;
  for (const auto& [inside, outside, size] : demand.ids.pieces)
    ids.push_back(json::object{{"containerID", inside}, {"hostID", outside}, {"size", size}});
  json::object linux{{"namespaces", std::move(namespaces)}, {"uidMappings", ids}, {"gidMappings", ids}, {"cgroupsPath", demand.cgroup},
      {"resources", resources(demand)}, {"seccomp", seccompProfile()},
      {"maskedPaths", paths({"/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
                          "/proc/sched_debug", "/proc/scsi", "/sys/firmware", "/sys/devices/virtual/powercap", "/sys/fs/selinux"})},
      {"readonlyPaths", paths({"/proc/bus", "/proc/fs", "/proc/irq", "/proc/pressure", "/proc/sys", "/proc/sysrq-trigger"})}};
  return {{"ociVersion", "1.0.0"}, {"process", process(demand)}, {"root", json::object{{"path", demand.root}, {"readonly", false}}},
      {"hostname", "runtime"}, {"mounts", mounts(demand)}, {"hooks", hooks(demand.devices)}, {"linux", std::move(linux)}};
}

}  // namespace allmende::sandbox
