#pragma once
// Behind the door: what a kernel's process is started with.

#include "agent/kernels/kernels.h"

namespace allmende::kernels {

// The variable that marks a kernel's processes, whatever they started.
inline constexpr std::string_view kMark = "ALLMENDE_KERNEL_ID";

// The program for a kernelspec: placeholders filled in, environment put together, folder chosen.
processes::Program programOf(
    const KernelsSettings& settings, const jupyter::Kernelspec& spec, const KernelDemand& demand, const std::string& connectionFile);

// Writes the connection file, readable by the kernel's user alone; one that is there is replaced.
Result<> writeConnectionFile(const std::filesystem::path& file, std::string_view text, const processes::User& user);

}  // namespace allmende::kernels
