#include "node/observe/rounding.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <string>
#include <vector>

namespace allmende::observe {
namespace {

// How many pid namespaces lie above this process's: the ids of a process in all of them stand in NSpid.
unsigned ownLevel() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (!line.starts_with("NSpid:")) continue;
    unsigned fields = 0;
    for (std::size_t at = line.find_first_of("0123456789"); at != std::string::npos; at = line.find_first_of("0123456789", at)) {
      ++fields;
      at = line.find_first_not_of("0123456789", at);
      if (at == std::string::npos) break;
    }
    return fields > 0 ? fields - 1 : 0;
  }
  return 0;
}

std::unexpected<Error> unavailable(std::string_view doing, int error) {
  return fail(Code::Unavailable, "{}: {}", doing, std::strerror(error));
}

}  // namespace

struct Rounding::Loaded {
  bpf_object* object = nullptr;
  bpf_link* link = nullptr;
  int counts = -1;
  ~Loaded() {
    bpf_link__destroy(link);
    bpf_object__close(object);
  }
};

Rounding::Rounding(std::unique_ptr<Loaded> loaded) : loaded_(std::move(loaded)) {}
Rounding::~Rounding() = default;

Result<std::unique_ptr<Rounding>> Rounding::open() {
  const auto program = roundingProgram();
  if (program.empty()) return fail(Code::Unavailable, "this processor has no register MXCSR");
  if (::access("/sys/kernel/btf/vmlinux", R_OK) != 0)
    return fail(Code::Unavailable, "this kernel does not describe its types in /sys/kernel/btf/vmlinux");
  libbpf_set_print(nullptr);
  auto loaded = std::make_unique<Loaded>();
  loaded->object = bpf_object__open_mem(program.data(), program.size(), nullptr);
  if (loaded->object == nullptr) return unavailable("reading the counter of roundings", errno);
  auto* constants = bpf_object__find_map_by_name(loaded->object, ".rodata");
  const unsigned level = ownLevel();
  if (constants == nullptr || bpf_map__set_initial_value(constants, &level, sizeof level) != 0)
    return fail(Code::Unavailable, "the counter of roundings does not take its setting");
  if (const auto error = bpf_object__load(loaded->object); error != 0)
    return unavailable("loading the counter of roundings into the kernel", -error);
  loaded->link = bpf_program__attach(bpf_object__find_program_by_name(loaded->object, "on_switch"));
  if (loaded->link == nullptr) return unavailable("attaching the counter of roundings", errno);
  loaded->counts = bpf_object__find_map_fd_by_name(loaded->object, "by_namespace");
  return std::unique_ptr<Rounding>(new Rounding(std::move(loaded)));
}

RoundingCounts Rounding::of(std::uint32_t space) const {
  RoundingCounts all{};
  std::vector<RoundingCounts> ofProcessors(static_cast<std::size_t>(std::max(1, libbpf_num_possible_cpus())));
  if (bpf_map_lookup_elem(loaded_->counts, &space, ofProcessors.data()) != 0) return all;
  for (const auto& counts : ofProcessors) {
    for (std::size_t mode = 0; mode < all.size(); ++mode) all.at(mode) += counts.at(mode);
  }
  return all;
}

std::uint32_t pidNamespaceOf(int pid) {
  struct stat status{};
  if (::stat(fmt::format("/proc/{}/ns/pid", pid).c_str(), &status) != 0) return 0;
  return static_cast<std::uint32_t>(status.st_ino);
}

}  // namespace allmende::observe
