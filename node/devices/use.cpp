// What an accelerator is used for, as its maker's own library tells: for NVIDIA's processors NVML, whose functions and structures are those
// of its published C interface. It is loaded where a driver has brought it, and nothing is lost where none has.

#include <dlfcn.h>

#include <charconv>

#include "node/devices/devices.h"

namespace allmende::devices {
namespace {

constexpr std::string_view kMaker = "nvidia.com/";

struct Memory {
  unsigned long long total;
  unsigned long long free;
  unsigned long long used;
};
struct Rates {
  unsigned processor;  // in percent
  unsigned memory;
};

template <class Function>
bool find(void* library, const char* name, Function*& function) {
  function = reinterpret_cast<Function*>(::dlsym(library, name));
  return function != nullptr;
}

// Loaded once, and never given back: the driver's threads live on.
class Nvml {
 public:
  static const Nvml& get() {
    static const Nvml loaded;
    return loaded;
  }

  std::optional<DeviceUse> read(const std::string& called) const {
    void* handle = nullptr;
    Memory memory{};
    Rates rates{};
    if (!works_ || !findDevice(called, handle) || getMemory_(handle, &memory) != 0) return std::nullopt;
    DeviceUse use{.memoryBytes = static_cast<std::int64_t>(memory.used), .memoryLimitBytes = static_cast<std::int64_t>(memory.total)};
    if (getRates_(handle, &rates) == 0) use.busy = std::min(rates.processor, 100U) / 100.0;
    return use;
  }

 private:
  Nvml() {
    void* library = ::dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL);
    int (*begin)() = nullptr;
    works_ = library != nullptr && find(library, "nvmlInit_v2", begin) && find(library, "nvmlDeviceGetHandleByIndex_v2", byNumber_) &&
             find(library, "nvmlDeviceGetHandleByUUID", byUuid_) && find(library, "nvmlDeviceGetMemoryInfo", getMemory_) &&
             find(library, "nvmlDeviceGetUtilizationRates", getRates_) && begin() == 0;
  }

  // By the names that specs give: a number, or a UUID such as GPU-5c9e… and MIG-5c9e….
  bool findDevice(const std::string& called, void*& handle) const {
    unsigned number = 0;
    const auto [end, error] = std::from_chars(called.data(), called.data() + called.size(), number);
    if (error == std::errc() && end == called.data() + called.size()) return byNumber_(number, &handle) == 0;
    return byUuid_(called.c_str(), &handle) == 0;
  }

  bool works_ = false;
  int (*byNumber_)(unsigned, void**) = nullptr;
  int (*byUuid_)(const char*, void**) = nullptr;
  int (*getMemory_)(void*, Memory*) = nullptr;
  int (*getRates_)(void*, Rates*) = nullptr;
};

}  // namespace

std::optional<DeviceUse> readUse(const std::string& device) {
  if (!device.starts_with(kMaker)) return std::nullopt;
  return Nvml::get().read(device.substr(device.find('=') + 1));
}

}  // namespace allmende::devices
