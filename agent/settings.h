#pragma once
// What the node tells an agent, by environment, and what a developer gives it by flags.

#include <string>

#include "lib/config/config.h"

namespace allmende::agent {

struct AgentSettings {
  std::string socket;
  std::string python;
  std::string content = "/content";
  std::string run = "/run/allmende/kernels";
  std::string spool = "/var/tmp";
  std::int64_t kernelUid = 1000;
  std::int64_t kernelGid = 1000;
  std::string readyKernel;
  config::ByteSize memoryLimit;
  config::ByteSize diskLimit;
};

constexpr auto fieldsOf(Type<AgentSettings>) {
  return record("agent", field("socket", &AgentSettings::socket, "Unix socket to listen on, when none is handed in (LISTEN_FDS)."),
      field("python", &AgentSettings::python, "Python environment whose kernelspecs are offered."),
      field("content", &AgentSettings::content, "Folder that files, notebooks' paths and shells begin in."),
      field("run", &AgentSettings::run, "Folder for kernels' sockets; made when it is not there."),
      field("spool", &AgentSettings::spool, "Folder on a disk for output that nobody has read yet."),
      field("kernel_uid", &AgentSettings::kernelUid, "User of kernels and shells, when the agent is root."),
      field("kernel_gid", &AgentSettings::kernelGid, "Group of kernels and shells, when the agent is root."),
      field("ready_kernel", &AgentSettings::readyKernel, "Kernelspec of a kernel that is started at once, for whoever asks first."),
      field("memory_limit", &AgentSettings::memoryLimit, "What the runtime may use, for display; 0 = ask the cgroup."),
      field("disk_limit", &AgentSettings::diskLimit, "Size of the runtime's disk, for display; 0 = ask the file system."));
}

}  // namespace allmende::agent
